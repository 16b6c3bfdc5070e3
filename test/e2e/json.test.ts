// `--json` of every command: it parses, and has no field that docs/cli.md does not name.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declare } from '../../src/cli/cli.ts'
import { isHidden } from '../../src/cli/completion/candidates.ts'
import { loadRunner } from '../../src/cli/load-runner.ts'
import { makePaymentsLog, millrace, PAYMENTS } from './payments-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-json-'))
afterAll(() => rmSync(root, { recursive: true }))
const log = join(root, 'log')
const at = (name: string): string => join(root, name)

const LEARNING = join(import.meta.dirname, '../cli/pipelines/watching.ts')
const READINGS = at('readings.csv')
writeFileSync(READINGS, 'heat,load,readings1h,failed\n9,1,2,1\n3,,1,0\n')

/** Every command but those that print what is for a shell, in an order in which each finds what it needs. */
const CALLS: readonly (readonly [command: string, ...args: string[]])[] = [
  ['run', PAYMENTS, '--until-end', '--log', log],
  ['plan', PAYMENTS, '--log', log],
  ['status', '--log', log],
  ['topics list', '--log', log],
  ['topics describe', 'payments', '--log', log],
  ['topics tail', 'scores', '--log', log],
  ['topics write', 'others', '--log', log],
  ['export', 'scores', at('scores.csv'), '--log', log],
  ['import', at('scores.csv'), '--to', 'copies', '--log', log],
  ['dead-letters list', '--log', log],
  ['dead-letters retry', '--dry-run', '--log', log],
  ['explain', 'p1', '--log', log],
  ['replay', 'p1', '--log', log],
  ['resume', 'fraud', '--log', log],
  ['dataset', PAYMENTS, '--out', at('train.parquet'), '--log', log],
  ['export-model', PAYMENTS, '--out', at('fraud.onnx'), '--log', log],
  ['evaluate', LEARNING, '--on', READINGS, '--label', 'failed', '--plot', at('curve.svg')],
  ['backup', '--to', at('backup'), '--log', log],
  ['verify', at('backup')],
  ['restore', at('backup'), '--log', at('restored')],
  ['rescale', PAYMENTS, 'by-card.card', '--partitions', '2', '--log', at('restored')],
]

beforeAll(() => makePaymentsLog(log), 120_000)

function commandsOf(command: Command, path: string): string[] {
  return command.commands.flatMap((each) => {
    const own = `${path} ${each.name()}`.trim()
    if (isHidden(each)) return []
    return each.commands.length > 0 ? commandsOf(each, own) : [own]
  })
}

function allCommands(): { readonly root: Command; readonly names: string[] } {
  const silent = { write: (): void => undefined }
  const around = {
    out: silent,
    err: silent,
    input: (async function* () {})(),
    env: {},
    signal: new AbortController().signal,
    monotonic: () => 0,
    load: loadRunner,
  }
  const command = new Command('millrace')
  declare({ root: command, around, outcome: { ok: true } })
  return { root: command, names: commandsOf(command, '') }
}

/** The example of a command in the document. */
function documented(command: string): unknown {
  const page = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
  const section = page.split(`### millrace ${command}\n`)[1]?.split('\n## ')[0].split('\n### ')[0]
  const json = /```json\n([\s\S]*?)```/.exec(section ?? '')?.[1]
  if (json === undefined) throw new Error(`docs/cli.md has no example of millrace ${command}`)
  return JSON.parse(json)
}

/** Places of fields that the example does not have. An empty object or list of the example stands for any. */
function unnamed(found: unknown, example: unknown, path = ''): string[] {
  if (Array.isArray(found)) {
    if (!Array.isArray(example) || example.length === 0) return []
    return [...new Set(found.flatMap((each) => unnamed(each, example[0], `${path}[]`)))]
  }
  if (typeof found !== 'object' || found === null) return []
  if (typeof example !== 'object' || example === null) return [path]
  if (Object.keys(example).length === 0 || OPEN.test(path)) return []
  return Object.entries(found).flatMap(([name, value]) =>
    name in example
      ? unnamed(value, (example as Record<string, unknown>)[name], `${path}.${name}`)
      : [`${path}.${name}`],
  )
}

/** Names in these are those of the definition, or counts. */
const OPEN = /\.(?:counts|events|features|outputs|models|labels)$/

describe('--json', () => {
  it('is called here of every command there is', () => {
    const called = CALLS.map(([command]) => command)
    expect([...called, 'completion'].sort()).toEqual(allCommands().names.sort())
  })

  it.each(CALLS)('gives what docs/cli.md says: %s', (command, ...args) => {
    const { out, code } = millrace([...command.split(' '), ...args, '--json'])
    const found: unknown =
      command === 'topics tail' ? JSON.parse(out.split('\n')[0]) : JSON.parse(out)
    if (command === 'resume' || command === 'export-model') {
      // Nothing is quarantined, nothing learns: the error is the answer.
      expect(found).toMatchObject({ error: { code: 'ML_USAGE' } })
      expect(documented(command)).toBeDefined()
      return
    }
    expect(unnamed(found, documented(command))).toEqual([])
    expect(code).toBe(0)
  })

  it('says what a plan means for a log, also of one that is given as a URL', () => {
    const changes = [log, pathToFileURL(log).href].map((url): unknown => {
      const { out } = millrace(['plan', PAYMENTS, '--log', url, '--json'])
      return JSON.parse(out).changes
    })
    expect(changes[0]).toMatchObject({ changes: false })
    expect(changes[1]).toEqual(changes[0])
  })

  it('gives an error of the command line as JSON, too', () => {
    const { out, code } = millrace(['backup', '--log', log, '--json'])
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'ML_USAGE', message: expect.stringContaining('--to <place>') },
    })
    expect(code).toBe(2)
  })
})
