// A transcript of a terminal: commands behind `$ `, each followed by what it said.

export interface Command {
  readonly command: string
  /** What must come out, line by line; empty when the page shows nothing. */
  readonly said: readonly string[]
}

/** The commands of a block; none where no line begins with `$ `, which makes it a script. A `\` at the end goes on on the next line. */
export function commandsOf(text: string): readonly Command[] {
  const commands: { command: string; said: string[] }[] = []
  let open = false
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1)
    if (open && last !== undefined) last.command += `\n${line}`
    else if (line.startsWith('$ ')) commands.push({ command: line.slice(2), said: [] })
    else if (last !== undefined) last.said.push(line)
    open = line.endsWith('\\') && (open || line.startsWith('$ '))
  }
  return commands
}

/**
 * The first difference between what a page shows and what came out; undefined when there is none. A line of `...` stands for any
 * lines, `...` within a line for anything in it; blanks at the end of a line do not count.
 */
export function difference(shown: readonly string[], real: string): string | undefined {
  const lines = real.split('\n').map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  const patterns = shown.map((line) => line.trimEnd())
  while (patterns.at(-1) === '') patterns.pop()
  return follow({ patterns, lines }, 0, 0)
}

interface Both {
  readonly patterns: readonly string[]
  readonly lines: readonly string[]
}

function follow(both: Both, pattern: number, line: number): string | undefined {
  const { patterns, lines } = both
  if (pattern === patterns.length)
    return line === lines.length ? undefined : `unexpected line: ${lines[line]}`
  if (patterns[pattern].trim() === '...') {
    let found: string | undefined = `nothing fits what follows '...': ${patterns[pattern + 1]}`
    for (let from = line; from <= lines.length && found !== undefined; from++)
      if (follow(both, pattern + 1, from) === undefined) found = undefined
    return found
  }
  if (line === lines.length) return `missing line: ${patterns[pattern]}`
  if (!fits(patterns[pattern], lines[line]))
    return `the page shows: ${patterns[pattern]}\n    came out: ${lines[line]}`
  return follow(both, pattern + 1, line + 1)
}

function fits(pattern: string, line: string): boolean {
  const parts = pattern.split('...').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'u').test(line)
}
