import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Origin } from '../../src/contracts/origin.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { MAIN } from '../built/built.ts'
import { askChild } from './ask-child.ts'
import { OrderFolders } from './order-folders.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LOADER = pathToFileURL(join(ROOT, 'src/runner/load-definition.ts')).href
const SOURCES = pathToFileURL(join(ROOT, 'src/index.ts')).href
const folders = new OrderFolders()
const root = mkdtempSync(join(tmpdir(), 'millrace-origin-'))
afterAll(() => {
  folders.remove()
  rmSync(root, { recursive: true, force: true })
})

/** A folder with a definition of three files of its own and a package. */
function definitionFolder(name: string): string {
  const folder = join(root, name)
  mkdirSync(join(folder, 'prices'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const library = pathToFileURL(join(ROOT, 'test/e2e/pipelines/orders.ts')).href
  writeFileSync(
    join(folder, 'scoring.ts'),
    `import * as v from 'valibot'
import { ordersPipeline } from '${library}'
import { rated } from './prices/rated.ts'
v.parse(v.number(), 1)
export default ordersPipeline(({ amount, orders1h }) => ({ score: rated(amount) * orders1h }), {})
`,
  )
  writeFileSync(
    join(folder, 'prices/rated.ts'),
    `import { RATE } from './rate.ts'
export const rated = (amount: number): number => amount * RATE
`,
  )
  writeRate(folder, '2')
  return folder
}

function writeRate(folder: string, text: string): void {
  writeFileSync(join(folder, 'prices/rate.ts'), `export const RATE = ${text}\n`)
}

interface Loaded {
  readonly digest: string
  readonly origin: Origin
}

/** A process that loads the definition. @param before code that runs first. */
function loaded(folder: string, before = ''): Loaded {
  const file = join(folder, 'scoring.ts')
  const script = `${before}
const { loadDefinition } = await import(${JSON.stringify(LOADER)})
const { plan, origin } = await loadDefinition(${JSON.stringify(file)})
console.log(JSON.stringify({ digest: plan.digest, origin }))`
  const args = ['--input-type=module', '--eval', script]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

describe('the digest of a plan', () => {
  const folder = definitionFolder('one')
  const first = loaded(folder)

  it('stands for all files of the definition, the packages they import, and what runs them', () => {
    const { files, packages, versions } = first.origin
    const own = Object.keys(files).filter((name) => !name.startsWith('..'))
    expect(own).toEqual(['prices/rate.ts', 'prices/rated.ts', 'scoring.ts'])
    expect(packages).toMatchObject({ valibot: expect.any(String), zod: expect.any(String) })
    expect(versions).toEqual({ millrace: expect.any(String), node: process.versions.node })
  })

  it('is another when a constant is another that a file imports which the definition imports', () => {
    writeRate(folder, '3')
    const second = loaded(folder)
    writeRate(folder, '2')
    expect(second.digest).not.toBe(first.digest)
    expect(loaded(folder).digest).toBe(first.digest)
  })

  it('is the same in another folder', () => {
    const other = join(root, 'other')
    cpSync(folder, other, { recursive: true, verbatimSymlinks: true })
    expect(loaded(other).digest).toBe(first.digest)
  })

  it.each([
    ['the definition', 'scoring.ts'],
    ['a part of it', 'prices/rate.ts'],
  ])('is the same in a process that had imported %s before', (_, name) => {
    const url = pathToFileURL(join(folder, name)).href
    // As where Millrace is installed: in a clone its name stands for a build.
    const installed = `const { registerHooks } = await import('node:module')
const hooks = registerHooks({ resolve: (name, context, next) =>
  name === 'millrace' ? { url: ${JSON.stringify(SOURCES)}, shortCircuit: true } : next(name, context) })
await import(${JSON.stringify(url)})
hooks.deregister()`
    expect(loaded(folder, installed)).toEqual(first)
  })
})

describe('a definition, read by the package and by the sources that it is built of', () => {
  const digestBy = (main: string, file: string): string => {
    const args = [main, 'plan', join(ROOT, file), '--json']
    const told: { digest: string } = JSON.parse(
      execFileSync(process.execPath, args, { encoding: 'utf8' }),
    )
    return told.digest
  }

  it.each(['examples/flights/flights.ts', 'test/e2e/pipelines/spending.ts'])(
    'has one plan: %s',
    (file) => {
      expect(digestBy(MAIN, file)).toMatch(/^[0-9a-f]{64}$/)
      expect(digestBy(MAIN, file)).toBe(digestBy(join(ROOT, 'src/cli/main.ts'), file))
    },
  )
})

describe('a definition that imports millrace by name', () => {
  it('gets the one that runs it, whatever lies beside it', () => {
    const folder = join(root, 'named')
    const decoy = join(folder, 'node_modules/millrace')
    mkdirSync(decoy, { recursive: true })
    symlinkSync(join(ROOT, 'node_modules/zod'), join(folder, 'node_modules/zod'))
    writeFileSync(join(decoy, 'package.json'), '{ "name": "millrace", "version": "9.9.9" }')
    writeFileSync(join(decoy, 'index.js'), "throw new Error('not this one')\n")
    cpSync(join(ROOT, 'examples/payments/payments.ts'), join(folder, 'scoring.ts'))
    const { origin } = loaded(folder)
    expect(Object.keys(origin.packages)).toEqual(['zod'])
    expect(origin.versions.millrace).not.toBe('9.9.9')
  })
})

describe('a run whose definition imports a constant', () => {
  it('has one plan in all its processes, and a replay with another constant says so', async () => {
    const folder = definitionFolder('run')
    const log = await folders.of(200, [])
    const place = { file: join(folder, 'scoring.ts'), log }
    const status = await askChild({ kind: 'run', ...place, untilEnd: true, workers: 2 })
    expect((status as RunStatus).ended).toBe(true)
    const replays = async (): Promise<Replay[]> =>
      (await askChild({ kind: 'replay', ...place, ids: ['shop-5'] })) as Replay[]
    const same = await replays()
    expect(same.length).toBeGreaterThan(0)
    expect(
      same.filter(({ equal, planDifferences }) => !equal || planDifferences.length > 0),
    ).toEqual([])
    writeRate(folder, '2.5')
    for (const { equal, planDifferences } of await replays()) {
      expect(planDifferences).toEqual(['prices/rate.ts is another'])
      expect(equal).toBe(false)
    }
  })
})
