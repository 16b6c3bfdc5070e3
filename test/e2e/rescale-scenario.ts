// A pipeline whose stage is rescaled in the middle of its data, on any log, with kills of the command that does it.
import { openLog } from '../../src/index.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import { askChild } from './ask-child.ts'
import { runUntil, FILE } from './gap-scenario.ts'
import { writeOrders } from './order-folders.ts'
import { countsOf, linesOf } from './read-outputs.ts'
import { runMain } from './run-main.ts'

const ROUND = 300
const STAGE = 'by-shop.shop'
/** Sooner than a process begins to do anything. */
const FIRST_KILL_MS = 20
const LATER = 1.5

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
  const said: string[] = []
  let kills = 0
  for (const [round, tasks] of [3, 2].entries()) {
    const ended = await rescaleUnderKills(log, tasks)
    kills += ended.kills
    said.push(ended.said)
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

/** Ends the command with kill -9, each time a good deal later than the last, until it is through before. */
async function rescaleUnderKills(
  log: string,
  tasks: number,
): Promise<{ readonly kills: number; readonly said: string }> {
  const args = ['rescale', FILE, STAGE, '--partitions', String(tasks), '--log', log]
  for (let kills = 0; ; kills++) {
    const ended = await runMain(args, '', { killAfterMs: FIRST_KILL_MS * LATER ** kills })
    if (ended.code !== null) return { kills, said: ended.code === 0 ? ended.out : ended.err }
  }
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
