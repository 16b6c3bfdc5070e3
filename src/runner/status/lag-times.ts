// Since when the oldest records that tasks have not taken yet lie in the log: a lag in seconds, the same on every log.
import { MillraceError } from '../../base/errors.ts'
import type { Log, ReadResult, TopicInfo } from '../../contracts/log.ts'

/** Bytes asked for of each partition: one record of it is enough. */
const BYTES_EACH = 64 << 10

/** Where a task goes on in one of its lanes. */
export interface LanePoint {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * When the log took the oldest record of each lane from its point on, in the order given: ms since 1970, undefined where all is taken.
 * One read for all, then one or a few for each lane whose records are larger than some KB.
 * @param topics as they were read behind the points; what came later counts from the next time on.
 */
export async function oldestTimes(
  log: Log,
  lanes: readonly LanePoint[],
  topics: readonly TopicInfo[],
): Promise<(number | undefined)[]> {
  const infos = new Map(topics.map((topic) => [topic.name, topic.parts]))
  const times = lanes.map((): number | undefined => undefined)
  const open = lanes.flatMap(({ topic, partition, offset }, index): Open[] => {
    const { start = 0, end = 0 } = infos.get(topic)?.[partition] ?? {}
    const from = Math.max(offset, start)
    return from < end ? [{ index, topic, partition, offset: from, end }] : []
  })
  // Of two lanes of one partition, which lie at two places of it, each is asked for by itself.
  const once = new Map(open.map((lane) => [`${lane.topic}/${lane.partition}`, lane]))
  const left = await readOldest(log, [...once.values()], times)
  const others = open.filter((lane) => once.get(`${lane.topic}/${lane.partition}`) !== lane)
  for (const lane of [...left, ...others])
    for (let [rest]: readonly (Open | undefined)[] = [lane]; rest !== undefined;)
      [rest] = await readOldest(log, [rest], times)
  return times
}

/** The age of the oldest of them, seconds: 0 where all is taken, and where two clocks disagree. @param now ms since 1970. */
export function lagSeconds(times: readonly (number | undefined)[], now: number): number {
  return times.reduce<number>(
    (most, time) => (time === undefined ? most : Math.max(most, (now - time) / 1000)),
    0,
  )
}

interface Open extends LanePoint {
  readonly index: number
  readonly end: number
}

/** @returns those of which nothing was read, each further on than it was where it was asked for alone. */
async function readOldest(
  log: Log,
  open: readonly Open[],
  times: (number | undefined)[],
): Promise<readonly Open[]> {
  if (open.length === 0) return []
  const { runs, next } = await readOrStart(log, open)
  for (const { topic, partition, appended } of runs)
    for (const lane of open)
      if (lane.topic === topic && lane.partition === partition) times[lane.index] ??= appended[0]
  return open.flatMap((lane, i) => {
    const isDone = times[lane.index] !== undefined || next[i] >= lane.end
    // Alone it brings a record, or goes past what is none: else nothing is to be had of it now.
    if (isDone || (open.length === 1 && next[i] <= lane.offset)) return []
    return [{ ...lane, offset: next[i] }]
  })
}

async function readOrStart(
  log: Log,
  open: readonly Open[],
): Promise<Pick<ReadResult, 'runs'> & { readonly next: readonly number[] }> {
  try {
    const { runs, next } = await log.read(
      open.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
      { maxBytes: open.length * BYTES_EACH, maxWaitMs: 0 },
    )
    return { runs, next: next.map(({ offset }) => offset) }
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'ML_OFFSET_GONE') throw error
    // It was let go of a moment ago: what is kept now is the oldest.
    const gone = error.details
    return {
      runs: [],
      next: open.map(({ topic, partition, offset }) =>
        topic === gone.topic && partition === gone.partition
          ? Math.max(offset, Number(gone.start))
          : offset,
      ),
    }
  }
}
