// Many more keys than fit: each event has a key of its own, on a real run of the command line under a memory limit.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog, producer } from '../../src/index.ts'
import { root } from '../test/tools.ts'
import { withinMemory } from './within-memory.ts'

/** Of all processes of the run, which two workers are of. */
export const RUN_BYTES = 512 << 20
const PARTITIONS = 2
const START = Date.UTC(2026, 0, 1)
const BATCH = 20_000

export interface KeyExplosion {
  /** Of events, each of which has one. */
  readonly keys: number
  readonly predictions: number
  /** By set: how many it has at the end, and how many it let go. */
  readonly sets: readonly {
    readonly set: string
    readonly keys: number
    readonly expired: number
    readonly evicted: number
  }[]
  readonly restarts: number
  /** The sum of the peaks of all processes; what they share counts for each. */
  readonly peakMemoryBytes: number
  readonly wallSeconds: number
  /** As of `withinMemory`. */
  readonly killed: number | undefined
}

/** @throws Error where the run fails, with what it said. */
export async function keyExplosion(keys: number): Promise<KeyExplosion> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-keys-'))
  const log = join(folder, 'log')
  const report = join(folder, 'report.json')
  try {
    await visit(log, keys)
    const main = [process.execPath, join(root, 'src/cli/main.ts')]
    const file = join(root, 'test/limits/pipelines/visits.ts')
    const run = ['run', file, '--log', log, '--until-end', '--report', report]
    const more = ['--partitions', String(PARTITIONS), '--workers', String(PARTITIONS)]
    const { code, said, killed } = await withinMemory(RUN_BYTES, {
      command: [...main, ...run, ...more],
    })
    if (code !== 0) throw new Error(`the run ended with ${code}, ${killed} killed: ${said}`)
    const status = await withinMemory(RUN_BYTES, {
      command: [...main, 'status', '--log', log, '--file', file, '--json'],
    })
    const { sets } = JSON.parse(status.said) as Pick<KeyExplosion, 'sets'>
    const told = JSON.parse(readFileSync(report, 'utf8')) as KeyExplosion
    const { predictions, restarts, peakMemoryBytes, wallSeconds } = told
    return { keys, predictions, sets, restarts, peakMemoryBytes, wallSeconds, killed }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is wrong with what came out; nothing where all is as it must be. */
export function faultsOf({
  keys,
  predictions,
  sets,
  restarts,
  peakMemoryBytes,
  killed,
}: KeyExplosion): string[] {
  const all = sets.map((each) => each.keys + each.expired + each.evicted)
  return [
    ...(predictions === keys ? [] : [`${keys} visits gave ${predictions} predictions`]),
    ...(all.length === 2 && all.every((sum) => sum === keys)
      ? []
      : [`${keys} keys are ${JSON.stringify(sets)}`]),
    ...(restarts === 0 && (killed ?? 0) === 0
      ? []
      : [`${restarts} restarts, ${killed} killed for their memory`]),
    // Without a limit that the system holds: the program itself lies in each process, and is counted three times.
    ...(killed !== undefined || peakMemoryBytes <= 1.25 * RUN_BYTES
      ? []
      : [`the processes took ${peakMemoryBytes} bytes of memory`]),
  ]
}

async function visit(folder: string, visitors: number): Promise<void> {
  const { log } = await openLog(folder)
  const out = await producer(log, { topic: 'visits', id: 'visits', partitions: PARTITIONS })
  for (let i = 0; i < visitors; i++) {
    const at = START + i
    out.send({ key: String(i), value: `{"visitor":${i},"at":${at}}`, time: at })
    if (i % BATCH === BATCH - 1) await out.flush()
  }
  await out.end()
  await out.close()
  await log.close()
}
