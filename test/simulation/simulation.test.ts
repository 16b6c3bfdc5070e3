import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { delimiter, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FAULTS, STEPS } from '../../src/testing/faults.ts'
import { REGRESSIONS } from './regressions.ts'
import { emptyTally, merge, tallyText, type Tally } from './tally.ts'

const RUNS = 10_000
const PROCESSES = 2
/** Of what runs beside other tests: they wait for each other's processes, this only for the machine. */
const PRIORITY = 10
/** Most of what a run makes is garbage at its end: young memory large enough that little of it is ever marked or moved. */
const MEMORY = ['--min-semi-space-size=64', '--max-semi-space-size=64']
/** How long a slow machine may take. */
const TIMEOUT = 60 * 60_000

/** Seeds of each of the pipelines. */
const TRACED = [7, 20_011, 30_042]
/** Programs of other versions of Node, separated as in PATH; none by default. */
const NODES = (process.env.MILLRACE_TEST_NODES ?? '').split(delimiter).filter((each) => each !== '')

const script = resolve(import.meta.dirname, '../../scripts/simulate.ts')

/** Runs the simulator as a person does. Rejects with what it says when a run comes to something else than without faults. */
function simulated(args: readonly string[], node: string = process.execPath): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(node, [...MEMORY, script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (child.pid !== undefined) setPriority(child.pid, PRIORITY)
    let said = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    child.once('error', failed)
    child.once('close', (code) => (code === 0 ? done(said) : failed(new Error(complaint))))
  })
}

describe('the simulated engine', () => {
  it.each(REGRESSIONS)(
    'comes to the same with seed $seed, which found: $found',
    { timeout: TIMEOUT },
    async ({ seed }) => {
      expect(await simulated(['--seed', String(seed)])).toContain('all came out as without faults')
    },
  )

  it('goes the same way twice with one seed', { timeout: TIMEOUT }, async () => {
    for (const seed of TRACED) {
      const once = await simulated(['--seed', String(seed), '--trace'])
      expect(once.split('\n').length).toBeGreaterThan(200)
      const again = await simulated(['--seed', String(seed), '--trace'])
      expect(again.replace(/in [\d.]+ s/, '')).toBe(once.replace(/in [\d.]+ s/, ''))
    }
  })

  // What nobody asks for is no test that was skipped.
  it.each(NODES)('goes the same way on %s', { timeout: TIMEOUT }, async (node) => {
    const told = (text: string): string | undefined => /^trace \S+$/m.exec(text)?.[0]
    for (const seed of TRACED) {
      const here = told(await simulated(['--seed', String(seed)]))
      expect(here).toBeDefined()
      expect(told(await simulated(['--seed', String(seed)], node))).toBe(here)
    }
  })

  it('goes another way with another seed', { timeout: TIMEOUT }, async () => {
    const [one, other] = await Promise.all(
      ['41', '42'].map((seed) => simulated(['--seed', seed, '--trace'])),
    )
    expect(one.split('\n').slice(0, 200)).not.toEqual(other.split('\n').slice(0, 200))
  })

  it(
    'comes under 10,000 seeds of faults to the outputs, state, labels and counts of the oracle and of a run without faults',
    { timeout: TIMEOUT },
    async () => {
      const each = RUNS / PROCESSES
      const tallies = await Promise.all(
        Array.from({ length: PROCESSES }, async (_, i) => {
          const range = `${i * each}-${(i + 1) * each - 1}`
          return JSON.parse(await simulated(['--seeds', range, '--json'])) as Tally
        }),
      )
      const all = emptyTally()
      for (const tally of tallies) merge(all, tally)
      process.stdout.write(`${tallyText(all)}\n`)
      expect(all.runs).toBe(RUNS)
      expect(all.events).toBeGreaterThanOrEqual(200)
      expect(all.faults).toBeGreaterThanOrEqual(1)
      expect(all.copiesTaken).toBeGreaterThan(RUNS)
      expect(FAULTS.filter((fault) => all.fired[fault] === undefined)).toEqual([])
      // A new step must be in the list, and each of the list be died at.
      expect(Object.keys(all.steps).filter((step) => !STEPS.has(step))).toEqual([])
      expect([...STEPS.keys()].filter((step) => all.deaths[step] === undefined)).toEqual([])
    },
  )
})
