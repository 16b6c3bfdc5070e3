// The tree keeps its own rules. The second half shows that each rule can fail.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entries } from '../scripts/build/entries.ts'
import { errorCodeFaults } from './tidy/error-codes.ts'
import { rules } from './tidy/rules.ts'
import { codeOf, importsOf, type Source } from './tidy/source.ts'
import { walls } from './tidy/walls.ts'

const root = join(import.meta.dirname, '..')
const FOLDERS = ['src', 'test', 'scripts', 'bench', 'examples', 'docs']
const TEXT = /\.(m?ts|md|json|jsonc|mjs|py|sh)$/

function read(path: string): Source {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

function sources(): Source[] {
  const top = readdirSync(root).filter((name) => TEXT.test(name))
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .filter((path) => TEXT.test(path) && !/node_modules|\/fixtures\//.test(path)),
  )
  return [...top, ...below].map(read)
}

describe('the tree', () => {
  const all = sources()

  it.each(Object.entries(rules))('%s', (_, rule) => {
    expect(all.flatMap((source) => rule(source))).toEqual([])
  })

  it('has cause and cure of every error code in docs/errors.md, no other, and a test that expects it', () => {
    const errors = read('src/base/errors.ts').text
    const docs = read('docs/errors.md').text
    expect(errorCodeFaults({ errors, docs, tests: all })).toEqual([])
  })

  it('builds every module that is started or loaded by its name', () => {
    const named = all
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap(({ text }) =>
        Array.from(text.matchAll(/\bownModule\('([^']+)'\)/g), ([, name]) => name),
      )
    expect(named.length).toBeGreaterThan(1)
    expect(entries(join(root, 'src'))).toEqual(expect.arrayContaining(named))
  })

  it('was really read: the rules saw every folder of src/', () => {
    const seen = new Set(all.map(({ path }) => path.split('/').slice(0, 2).join('/')))
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    for (const folder of folders)
      if (folder.isDirectory()) expect(seen).toContain(`src/${folder.name}`)
  })

  it('has walls that make no circle', () => {
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
      if (seen.has(from)) return false
      seen.add(from)
      return walls[from].some((next) => next === to || reaches(next, to, seen))
    }
    for (const folder of Object.keys(walls))
      expect([folder, reaches(folder, folder)]).toEqual([folder, false])
  })
})

describe('a rule', () => {
  const bad: readonly [rule: keyof typeof rules, path: string, text: string][] = [
    [
      'imports respect the walls between folders',
      'src/engine/task.ts',
      "import { x } from '../log/a.ts'",
    ],
    [
      'imports respect the walls between folders',
      'src/base/a.ts',
      "import type { X } from '../contracts/a.ts'",
    ],
    [
      'imports respect the walls between folders',
      'src/features/a.ts',
      "export { x } from '../schema/a.ts'",
    ],
    [
      'imports respect the walls between folders',
      'src/models/a.ts',
      "const x = await import('../engine/a.ts')",
    ],
    ['imports respect the walls between folders', 'src/engine/a.ts', "import fs from 'node:fs'"],
    [
      'imports respect the walls between folders',
      'src/log/a.ts',
      "import { X } from 'onnxruntime-node'",
    ],
    ['imports respect the walls between folders', 'src/pipeline/a.ts', "import { z } from 'zod'"],
    ['imports respect the walls between folders', 'src/runner/a.ts', "import '../../scripts/a.ts'"],
    ['imports respect the walls between folders', 'src/misc/a.ts', 'const x = 1'],
    ['exports are named, one by one', 'src/log/a.ts', 'export default class {}'],
    ['exports are named, one by one', 'src/log/a.ts', "export * from './b.ts'"],
    ['index.ts is only an entry point', 'src/log/index.ts', ''],
    [
      'what runs from the log reads no clock and no chance',
      'src/engine/a.ts',
      'const t = Date.now()',
    ],
    [
      'what runs from the log reads no clock and no chance',
      'src/schema/a.ts',
      'const t = `${new Date()}`',
    ],
    [
      'what runs from the log reads no clock and no chance',
      'src/learning/a.ts',
      'let x = Math.random()',
    ],
    ['what runs from the log reads no clock and no chance', 'src/engine/a.ts', 'setTimeout(f, 1)'],
    [
      'what runs from the log reads no clock and no chance',
      'src/engine/a.ts',
      'const id = randomUUID()',
    ],
    ['every file says first what it is for', 'src/log/a.ts', 'export const a = 1'],
    ['files are named in kebab-case', 'src/log/commitLoop.ts', '// A loop.'],
    ['nothing is marked unfinished', 'src/log/a.ts', ['// TO', 'DO: later'].join('')],
    [
      'no machine or host of one workplace is named',
      'README.md',
      ['see https://registry', '.npmjs.org/x'].join(''),
    ],
  ]
  it.each(bad)('"%s" finds a breach in %s: %s', (name, path, text) => {
    expect(rules[name]({ path, text })).toHaveLength(1)
  })

  const good: readonly [rule: keyof typeof rules, path: string, text: string][] = [
    [
      'imports respect the walls between folders',
      'src/engine/a.ts',
      "import { x } from '../pipeline/plan.ts'",
    ],
    [
      'imports respect the walls between folders',
      'src/engine/a.ts',
      "// import { x } from '../log/a.ts'",
    ],
    ['imports respect the walls between folders', 'src/log/a.ts', "import fs from 'node:fs'"],
    [
      'imports respect the walls between folders',
      'test/log/a.ts',
      "import { x } from '../../src/log/a.ts'",
    ],
    [
      'what runs from the log reads no clock and no chance',
      'src/engine/a.ts',
      "throw f('Date.now is not there')",
    ],
    [
      'what runs from the log reads no clock and no chance',
      'src/engine/a.ts',
      '// never Date.now()',
    ],
    [
      'what runs from the log reads no clock and no chance',
      'src/engine/a.ts',
      'new Date(row.time)',
    ],
    ['what runs from the log reads no clock and no chance', 'src/log/a.ts', 'const t = Date.now()'],
    [
      'every file says first what it is for',
      'src/log/a.ts',
      '// What a is for.\nexport const a = 1',
    ],
    ['files are named in kebab-case', 'src/log/commit-loop.ts', '// A loop.'],
  ]
  it.each(good)('"%s" lets %s be: %s', (name, path, text) => {
    expect(rules[name]({ path, text })).toEqual([])
  })

  it('about error codes finds what is missing, what is too much, and what no test expects', () => {
    const errors = "export type ErrorCode =\n  | 'ML_A' // a\n  | 'ML_B' // b\n\nclass X {}"
    const entry = (code: string): string =>
      `## ${code}\n\n**Cause.** It is.\n\n**Cure.** Mend it.\n\n`
    const tests = [{ path: 'test/x.test.ts', text: "'ML_A', 'ML_B'" }]
    const whole = { errors, docs: entry('ML_A') + entry('`ML_B`'), tests }
    expect(errorCodeFaults(whole)).toEqual([])
    expect(errorCodeFaults({ ...whole, docs: entry('ML_A') + entry('ML_C') })).toHaveLength(2)
    expect(errorCodeFaults({ ...whole, docs: '## ML_A\n\ntext\n\n## ML_B\n' })).toHaveLength(4)
    expect(
      errorCodeFaults({ ...whole, tests: [{ path: 'src/x.ts', text: "'ML_A'" }] }),
    ).toHaveLength(2)
    expect(errorCodeFaults({ ...whole, errors: '' })).toHaveLength(1)
  })
})

describe('the scanner under the rules', () => {
  it('blanks comments, strings and regular expressions, and keeps lines and expressions in templates', () => {
    const text = "a('x // y') // c\n/* d\n*/ b = /'[/']/.test(s); `t ${u('v')} w`"
    const code = codeOf(text)
    expect(code.split('\n')).toHaveLength(3)
    expect(code.replaceAll(/\s+/g, ' ')).toBe('a( ) b = .test(s); ` ${u( )} `')
  })

  it('finds imports that stand on several lines, and not those in comments', () => {
    const text =
      "import {\n  a,\n} from './a.ts'\n// from './b.ts'\nexport type { C } from './c.ts'\nimport './d.ts'\n"
    expect(importsOf(text)).toEqual(['./a.ts', './c.ts', './d.ts'])
  })
})
