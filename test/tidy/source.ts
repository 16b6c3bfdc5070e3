// Source text with comments and strings blanked, so that a rule about code does not trip over prose.
// A scanner, not a parser: it knows regular expressions only by what stands before them.

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string
  readonly text: string
}

/** The text with comments blanked, and strings too unless they are kept. Line numbers stay. */
export function codeOf(text: string, strings: 'blank' | 'keep' = 'blank'): string {
  let out = ''
  let i = 0
  const blank = (end: number): void => {
    out += text.slice(i, end).replaceAll(/[^\n]/g, ' ')
    i = end
  }
  while (i < text.length) {
    const two = text.slice(i, i + 2)
    const one = text[i]
    if (two === '//') blank(endOr(text, '\n', i))
    else if (two === '/*') blank(endOr(text, '*/', i) + 2)
    else if (one === "'" || one === '"' || one === '`') {
      const end = stringEnd(text, i)
      if (strings === 'keep') {
        out += text.slice(i, end)
        i = end
      } else if (one === '`') {
        out += '`'
        i++
        const body = templateCode(text.slice(i, end - 1))
        out += body + '`'
        i = end
      } else blank(end)
    } else if (one === '/' && /(^|[(,=:[!&|?{};\n]|\breturn|\bcase)\s*$/.test(out.slice(-20))) {
      blank(regexEnd(text, i))
    } else {
      out += one
      i++
    }
  }
  return out
}

/** The specifiers of all imports, static and dynamic, and of URLs beside the module. */
export function importsOf(text: string): string[] {
  const code = codeOf(text, 'keep')
  const found = code.matchAll(
    /(?:^\s*import\s+|\bfrom\s+|\bimport\(\s*|\bownModule\(\s*)'([^'\n]+)'/gm,
  )
  return Array.from(found, (match) => match[1])
}

export function linesMatching(code: string, pattern: RegExp): number[] {
  return code.split('\n').flatMap((line, i) => (pattern.test(line) ? [i + 1] : []))
}

function endOr(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  return found === -1 ? text.length : found
}

function stringEnd(text: string, start: number): number {
  const quote = text[start]
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i + 1
    else if (quote === '`' && text.startsWith('${', i)) i = expressionEnd(text, i + 2)
  }
  return text.length
}

/** The place of the brace that closes an expression in a template. */
function expressionEnd(text: string, start: number): number {
  let depth = 1
  for (let i = start; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i
    else if (text[i] === "'" || text[i] === '"' || text[i] === '`') i = stringEnd(text, i) - 1
  }
  return text.length
}

/** Of a template only its expressions are code. */
function templateCode(body: string): string {
  let out = ''
  for (let i = 0; i < body.length; i++) {
    if (body.startsWith('${', i)) {
      const end = expressionEnd(body, i + 2)
      out += `\${${codeOf(body.slice(i + 2, end))}}`
      i = end
    } else out += body[i] === '\n' ? '\n' : ' '
  }
  return out
}

function regexEnd(text: string, start: number): number {
  let inClass = false
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '[') inClass = true
    else if (text[i] === ']') inClass = false
    else if (text[i] === '/' && !inClass) return i + 1
    else if (text[i] === '\n') return i
  }
  return text.length
}
