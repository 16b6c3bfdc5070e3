import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { flat, millrace } from './millrace.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('a command that reads', () => {
  const reading = [
    'status',
    'explain x',
    'replay x',
    'topics list',
    'topics tail scores',
    'dead-letters list',
  ]

  it.each(reading)('makes no log where there is none: %s', async (command) => {
    const none = join(folder, 'none')
    const { code, err } = await millrace([...command.split(' '), '--log', none])
    expect(code).toBe(2)
    expect(flat(err)).toContain('a log must be there to be read; found no folder')
    expect(existsSync(none)).toBe(false)
  })
})

describe('a folder of other files', () => {
  it('is not made a log, and nothing in it changes', async () => {
    const foreign = join(folder, 'foreign')
    mkdirSync(foreign)
    writeFileSync(join(foreign, 'thesis.txt'), 'years of work')
    const { code, err } = await millrace(['topics', 'write', 'x', '--log', foreign], ['{}'])
    expect(code).toBe(2)
    expect(flat(err)).toContain("such as 'thesis.txt'")
    expect(readdirSync(foreign)).toEqual(['thesis.txt'])
  })
})

describe('a definition that cannot be loaded', () => {
  it('is told with what was found and where', async () => {
    const broken = file('broken.js', '\nexport default nothing.at.all\n')
    const { code, err } = await millrace(['plan', broken])
    expect(code).toBe(1)
    expect(flat(err)).toContain('found ReferenceError: nothing is not defined')
    expect(err).toContain('ML_DEFINITION')
    expect(err).not.toContain('bug')
  })

  it('is told how it becomes a module where its package says it is none', () => {
    file('package.json', '{ "type": "commonjs" }')
    // Within this process Vitest would import it, and make a module of it.
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    const common = file('common.js', 'export default 1\n')
    const { status, stderr } = spawnSync(process.execPath, [main, 'plan', common])
    rmSync(join(folder, 'package.json'))
    expect(status).toBe(1)
    expect(flat(stderr.toString())).toContain('say "type": "module" in the package.json beside it')
  })

  it('names what it exports instead of a pipeline', async () => {
    const { code, err } = await millrace(['plan', file('other.js', 'export const pipeline = 1\n')])
    expect(code).toBe(1)
    expect(flat(err)).toContain('must export a pipeline by default; found only pipeline')
  })
})

describe('what cannot come to an end', () => {
  it('is refused before it begins: a report or a training set that could not be written', async () => {
    const nowhere = join(folder, 'no', 'such', 'file')
    for (const args of [
      ['run', 'x.ts', '--report', nowhere],
      ['dataset', 'x.ts', '--out', nowhere],
    ]) {
      const { code, err } = await millrace(args)
      expect(code).toBe(2)
      expect(err).toContain('found that there is no folder')
    }
  })

  it
    .runIf(process.platform === 'linux')
    .each([
      [['topics', 'write', 'payments', '--log', '/proc/millrace']],
      [['restore', '/nowhere', '--log', '/proc/millrace']],
    ])('is refused where no folder can be made: %s', async (args) => {
    const { code, err } = await millrace(args)
    expect(code).toBe(2)
    expect(err).not.toContain('bug')
  })

  it('is refused where a name promises another format than a training set or a model has', async () => {
    for (const command of ['dataset', 'export-model']) {
      const { code, err } = await millrace([command, 'x.ts', '--out', join(folder, 'set.csv')])
      expect(code).toBe(2)
      expect(flat(err)).toContain('must not end as one of another format')
    }
  })
})

describe('--json', () => {
  it('gives an error as JSON, too', async () => {
    const { code, out } = await millrace(['status', '--log', join(folder, 'none'), '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'ML_USAGE', retryable: false } })
  })
})
