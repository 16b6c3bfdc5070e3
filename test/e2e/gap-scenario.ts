// A pipeline that stood still for longer than its topic is kept, on any log.
import { fileURLToPath } from 'node:url'
import { openLog } from '../../src/index.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import type { StatusReport } from '../../src/contracts/status.ts'
import type { Explanation } from '../../src/contracts/explanation.ts'
import { askChild, killTree, startChild, statusOf } from './ask-child.ts'
import { writeOrders } from './order-folders.ts'
import { countsOf } from './read-outputs.ts'

const ORDERS = 400
const BEHIND = 10
export const FILE = fileURLToPath(new URL('./pipelines/changes/watch.ts', import.meta.url))

export interface GapStory {
  /** What the run said that found the gap; empty where it ran. */
  readonly refused: string
  readonly status: StatusReport
  /** Records that were taken in all, and how many there had been. */
  readonly taken: number
  readonly written: number
  /** Of some keys. */
  readonly explained: readonly Explanation[]
  /** What a run says afterwards, without being told to accept anything. */
  readonly again: string
}

export async function gapStory(log: string): Promise<GapStory> {
  await writeOrders(log, { from: 0, to: ORDERS, bad: [], partitions: 2, end: false })
  // What a run has counted when it is killed may not be in the log yet.
  do await runUntil(log, (status) => countsOf(status, 'source').records === ORDERS)
  while ((await statusOf({ file: FILE, log })).events < ORDERS)
  const end = await endOf(log)
  await writeOrders(log, { from: ORDERS, to: 2 * ORDERS, bad: [], partitions: 2, end: true })
  await trim(log, end + BEHIND)

  const run = { kind: 'run', file: FILE, log, untilEnd: true, workers: 1 } as const
  const refused = await failureOf(askChild(run))
  await askChild({ ...run, acceptGap: true })
  const again = await failureOf(askChild(run))
  const status = await statusOf({ file: FILE, log })
  const ids = Array.from({ length: 8 }, (_, i) => `shop-${i}`)
  const explained = (await askChild({ kind: 'explain', file: FILE, log, ids })) as Explanation[]
  return {
    refused,
    status,
    taken: status.events,
    written: 2 * ORDERS,
    explained,
    again,
  }
}

export async function failureOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Runs until it has come so far, and ends it there as a power cut would. */
export async function runUntil(
  log: string,
  far: (status: RunStatus) => boolean,
  partitions?: number,
): Promise<void> {
  const sized = partitions === undefined ? {} : { partitions }
  const run = { kind: 'run', file: FILE, log, untilEnd: true, workers: 1, ...sized } as const
  const { child, result } = startChild(run, (status) => {
    if (far(status)) killTree(child)
  })
  await result
  killTree(child)
}

async function endOf(url: string): Promise<number> {
  const { log } = await openLog(url)
  try {
    return (await log.topic('orders'))?.parts[0].end ?? 0
  } finally {
    await log.close()
  }
}

async function trim(url: string, before: number): Promise<void> {
  const { log } = await openLog(url)
  try {
    await log.trim('orders', 0, before)
  } finally {
    await log.close()
  }
}
