// What runs the documents can fail: each way in which a page can be wrong is found.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readPage } from './read-page.ts'
import { compileTogether } from './compile-together.ts'
import { PageRun, stepsOf } from './run-page.ts'
import { commandsOf, difference } from './transcript.ts'

const runs: PageRun[] = []
afterEach(async () => {
  for (const run of runs.splice(0)) await run.end()
})

function begin(page: string): { run: PageRun; steps: ReturnType<typeof stepsOf> } {
  const steps = stepsOf(page)
  const run = new PageRun(steps)
  runs.push(run)
  return { run, steps }
}

/** What each block of a page does wrong. */
async function wrong(page: string): Promise<(string | undefined)[]> {
  const { run, steps } = begin(page)
  const found: (string | undefined)[] = []
  for (const step of steps) found.push(await run.run(step))
  return found
}

function fenced(language: string, text: string, ...before: string[]): string {
  return [...before, `\`\`\`${language}`, text, '```', ''].join('\n')
}

describe('a page', () => {
  it('tells its blocks with language, line and marks, also where they stand in a list', () => {
    const page = `# A\n\n${fenced('ts', 'const a = 1', '<!-- doc: compile -->')}\n- b:\n\n  \`\`\`sh\n  ls\n    -l\n  \`\`\`\n`
    expect(readPage(page)).toMatchObject([
      { language: 'ts', text: 'const a = 1\n', line: 5, marks: [{ word: 'compile' }] },
      { language: 'sh', text: 'ls\n  -l\n', line: 11, marks: [] },
    ])
  })

  it.each([
    ['an unknown mark', '<!-- doc: compiles -->\n', "found 'compiles'"],
    ['a mark before no block', '<!-- doc: compile -->\nText.\n', 'right before a block'],
    ['an open block', '```ts\nconst a = 1\n', 'must be closed'],
    ['an open comment', '<!-- doc: before\nconst a = 1\n', 'closed by -->'],
    ['a block of no known kind', fenced('', 'what is this'), "marked with 'doc: skip WHY'"],
    ['a skip without a reason', fenced('ts', 'a', '<!-- doc: skip -->'), 'must say why'],
    ['a block that goes on after none', fenced('ts', 'a', '<!-- doc: goes-on -->'), 'before it'],
  ])('with %s is refused', (_, page, message) => {
    expect(() => stepsOf(page)).toThrow(message)
  })
})

describe('a module of a page', () => {
  it('must compile strictly, and what is wrong is said of its page alone', async () => {
    const pages = [
      fenced('ts', 'import { topic } from "millrace"\nexport const a = topic("a").name'),
      fenced('ts', 'export const a: number = "b"'),
      fenced('ts', 'export const a: { b: number } = { b: "c" }'),
    ]
    const said = await compileTogether(pages.map((page) => begin(page).run.written()))
    expect(said).toEqual([
      '',
      expect.stringContaining('line-2.ts(1,14)'),
      expect.stringContaining('line-2.ts(1,35)'),
    ])
  })

  it('is not taken for one that compiles when the compiler says what is about no page', async () => {
    const { run } = begin(fenced('ts', 'const a = 1'))
    const folder = run.written()
    rmSync(join(folder.path, 'line-2.ts'))
    expect(await compileTogether([folder])).toEqual([expect.stringContaining('No inputs')])
  })

  it('must run', async () => {
    expect(await wrong(fenced('ts', 'throw new Error("on purpose")'))).toEqual([
      expect.stringContaining('on purpose'),
    ])
  })

  it('has what stands before it, what it goes on from, and what Millrace exports', async () => {
    const page =
      fenced(
        'ts',
        'console.log(topic(name).name)',
        '<!-- doc: before',
        'import { topic } from "millrace"',
        'const name = "x"',
        '-->',
      ) +
      fenced('ts', 'console.log(name + name)', '<!-- doc: goes-on -->') +
      fenced('', 'x\nxy', '<!-- doc: output -->')
    const [first, second, output] = await wrong(page)
    expect([first, second]).toEqual([undefined, undefined])
    expect(output).toBe('the page shows: xy\n    came out: xx')
  })

  it('that is a test of Vitest fails with it', async () => {
    const test = "import { expect, it } from 'vitest'\nit('adds', () => expect(1 + 1).toBe(3))"
    expect(await wrong(fenced('ts', test))).toEqual([expect.stringContaining('expected 2 to be 3')])
  })

  it('must be the file that it is said to be', async () => {
    const page = fenced('ts', 'const a = 1', '<!-- doc: equals scripts/tool.ts -->')
    expect(await wrong(page)).toEqual(['it must be scripts/tool.ts, letter by letter'])
  })
})

describe('a command of a page', () => {
  it('must succeed, unless the page says that it fails', async () => {
    expect(await wrong(fenced('sh', 'false && true\ntrue'))).toEqual(['it ended with 1:\n'])
    expect(await wrong(fenced('sh', 'exit 3'))).toEqual(['it ended with 3:\n'])
    expect(await wrong(fenced('', '$ false', '<!-- doc: fails -->'))).toEqual([undefined])
    expect(await wrong(fenced('', '$ true', '<!-- doc: fails -->'))).toEqual([
      expect.stringContaining('it must fail'),
    ])
  })

  it('must say what is shown', async () => {
    expect(await wrong(fenced('', '$ echo one\none\n$ echo two\nthree'))).toEqual([
      expect.stringContaining('the page shows: three\n    came out: two'),
    ])
  })

  it('finds the files of the page and of the repository', async () => {
    const page =
      fenced('', 'one', '<!-- doc: file one.txt -->') +
      '<!-- doc: file two.txt\ntwo\n-->\n<!-- doc: copy examples/payments/chargebacks.ndjson three.txt -->\n' +
      fenced(
        '',
        '$ cat one.txt two.txt\none\ntwo\n$ cmp three.txt examples/payments/chargebacks.ndjson',
      )
    expect(await wrong(page)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('in the background is there until the page ends, and must have said that it is ready', async () => {
    const behind = "trap 'exit 0' INT; echo ready; while :; do read -t 0.1 < <(:) || :; done"
    const page =
      fenced('sh', behind, '<!-- doc: background ready -->') +
      fenced('sh', 'echo gone', '<!-- doc: background ready -->')
    expect(await wrong(page)).toEqual([undefined, expect.stringContaining('never said: ready')])
  })
})

describe('a transcript', () => {
  it('is its commands with what they said; a command goes on behind a backslash', () => {
    expect(commandsOf('$ a \\\n  b\nc\n\n$ d\n')).toEqual([
      { command: 'a \\\n  b', said: ['c', ''] },
      { command: 'd', said: [] },
    ])
    expect(commandsOf('a\n')).toEqual([])
  })

  it('fits with ... for any lines, and for anything in a line', () => {
    expect(difference(['a', '...', 'd'], 'a\nb\nc\nd\n')).toBeUndefined()
    expect(difference(['  ...', 'd ...: (x)'], 'a\nd 12: (x)  \n')).toBeUndefined()
    expect(difference(['...'], '')).toBeUndefined()
  })

  it('differs by a line too few, too many, or another', () => {
    expect(difference(['a', 'b'], 'a\n')).toBe('missing line: b')
    expect(difference(['a'], 'a\nb\n')).toBe('unexpected line: b')
    expect(difference(['a.'], 'ab\n')).toBe('the page shows: a.\n    came out: ab')
    expect(difference(['...', 'x'], 'a\nb\n')).toContain("nothing fits what follows '...': x")
  })
})
