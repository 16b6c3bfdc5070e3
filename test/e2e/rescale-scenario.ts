// A pipeline whose stage is rescaled in the middle of its data, on any log, with kills of the command that does it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Prng } from '../../src/base/prng.ts'
import { openLog } from '../../src/index.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import { askChild } from './ask-child.ts'
import { runUntil, FILE } from './gap-scenario.ts'
import { writeOrders } from './order-folders.ts'
import { countsOf, linesOf } from './read-outputs.ts'
import { runMain } from './run-main.ts'

const ROUND = 300
const STAGE = 'by-shop.shop'
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface RescaleStory {
  /** By the id of the order, as an undisturbed run gives it, and as the log has it. */
  readonly expected: ReadonlyMap<string, string>
  readonly found: ReadonlyMap<string, string>
  readonly twice: readonly string[]
  /** What was said when the command came through. */
  readonly said: readonly string[]
  /** How often it was killed before. */
  readonly kills: number
  readonly replays: readonly Replay[]
}

/** @param undisturbed another log, empty as well. */
export async function rescaleStory(log: string, undisturbed: string): Promise<RescaleStory> {
  const run = { kind: 'run', file: FILE, untilEnd: true, workers: 1 } as const
  await write(undisturbed, 0, 3)
  await askChild({ ...run, log: undisturbed, partitions: 1 })

  await write(log, 0, 1)
  await askUntil(log, ROUND / 2, 1)
  const random = new Prng(7)
  const said: string[] = []
  let kills = 0
  for (const [round, tasks] of [3, 2].entries()) {
    kills += await killSome(log, tasks, random)
    const { code, out, err } = await rescale(log, tasks)
    said.push(code === 0 ? out : err)
    await write(log, round + 1, round + 2)
    if (round === 0) await askUntil(log, (round + 1.5) * ROUND)
  }
  await askChild({ ...run, log })
  const replays = (await askChild({ kind: 'replay', file: FILE, log, ids: ['shop-1'] })) as Replay[]
  const expected = await scoresOf(undisturbed)
  const { scores: found, twice } = await scoresOf(log)
  return { expected: expected.scores, found, twice, said, kills, replays }
}

function write(log: string, from: number, to: number): Promise<void> {
  const orders = { from: from * ROUND, to: to * ROUND, bad: [], partitions: 2 }
  return writeOrders(log, { ...orders, end: to === 3 })
}

function askUntil(log: string, predictions: number, partitions?: number): Promise<void> {
  const far = (rows: number): boolean => rows >= predictions
  return runUntil(log, (status) => far(countsOf(status, 'stage').predictions ?? 0), partitions)
}

function rescale(log: string, tasks: number): ReturnType<typeof runMain> {
  return runMain(['rescale', FILE, STAGE, '--partitions', String(tasks), '--log', log])
}

/** Begins it a few times, and ends it with kill -9 wherever it is. */
async function killSome(log: string, tasks: number, random: Prng): Promise<number> {
  let kills = 0
  for (let i = 0; i < 3; i++) {
    const args = ['rescale', FILE, STAGE, '--partitions', String(tasks), '--log', log]
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' })
    const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random.below(900))
    await once(child, 'close')
    clearTimeout(timer)
    if (child.signalCode === 'SIGKILL') kills++
  }
  return kills
}

async function scoresOf(
  url: string,
): Promise<{ readonly scores: ReadonlyMap<string, string>; readonly twice: readonly string[] }> {
  const { log } = await openLog(url)
  try {
    const scores = new Map<string, string>()
    const twice: string[] = []
    for (const line of await linesOf(log, 'watch-scores')) {
      const text = line.slice(line.indexOf('{'))
      const { id }: { id: string } = JSON.parse(text)
      if (scores.has(id)) twice.push(id)
      scores.set(id, text)
    }
    return { scores, twice }
  } finally {
    await log.close()
  }
}
