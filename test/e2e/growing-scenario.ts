// A source topic that gets a partition more while a run goes on, on any log.
import { openLog } from '../../src/index.ts'
import { startChild, askChild, killTree } from './ask-child.ts'
import { failureOf, FILE } from './gap-scenario.ts'
import { writeOrders } from './order-folders.ts'
import { countsOf, linesOf } from './read-outputs.ts'

const ORDERS = 400
const SHOPS = 37
const HOUR_OF_ORDERS = 3600

export interface GrowingStory {
  /** What the run said whose topic got a partition more. */
  readonly ended: string
  /** By the id of the order. */
  readonly scores: ReadonlyMap<string, number>
  /** Orders that have more scores than one. */
  readonly twice: readonly string[]
  /** What an undisturbed run gives. */
  readonly expected: ReadonlyMap<string, number>
}

export async function growingStory(log: string): Promise<GrowingStory> {
  await writeOrders(log, { from: 0, to: ORDERS, bad: [], partitions: 2, end: false })
  const run = { kind: 'run', file: FILE, log, untilEnd: true, workers: 1 } as const
  let grown: Promise<void> | undefined
  const { child, result } = startChild(run, (status) => {
    if (countsOf(status, 'source').records === ORDERS) grown ??= grow(log)
  })
  const ended = await failureOf(result)
  killTree(child)
  await grown
  await writeOrders(log, { from: ORDERS, to: 2 * ORDERS, bad: [], partitions: 3, end: true })
  await askChild(run)
  const found = await scoresOf(log)
  return { ended, ...found, expected: expectedScores() }
}

async function grow(url: string): Promise<void> {
  const { log } = await openLog(url)
  try {
    await log.ensureTopic({ name: 'orders', partitions: 3 }, { grow: true })
  } finally {
    await log.close()
  }
}

async function scoresOf(url: string): Promise<Pick<GrowingStory, 'scores' | 'twice'>> {
  const { log } = await openLog(url)
  try {
    const scores = new Map<string, number>()
    const twice: string[] = []
    for (const line of await linesOf(log, 'watch-scores')) {
      const { id, orders1h }: { id: string; orders1h: number } = JSON.parse(
        line.slice(line.indexOf('{')),
      )
      if (scores.has(id)) twice.push(id)
      scores.set(id, orders1h)
    }
    return { scores, twice }
  } finally {
    await log.close()
  }
}

/** Orders are a second apart, and the shops take turns: all of a shop's before lie within the hour. */
function expectedScores(): Map<string, number> {
  if (2 * ORDERS > HOUR_OF_ORDERS) throw new RangeError('all orders must lie within an hour')
  return new Map(
    Array.from({ length: 2 * ORDERS }, (_, i) => [`order-${i}`, Math.floor(i / SHOPS) + 1]),
  )
}
