// How far tasks are behind in their lanes: offsets that are left, and since when the oldest record of these lies in the log, which is a lag in seconds,
// the same on every log.
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

export interface LaneLag {
  /** Offsets from its point to the end: 0 where no record is left, whatever marks of transactions are. */
  readonly behind: number
  /** When the log took the oldest of these records, ms since 1970; undefined where there is none, or none is to be had now. */
  readonly since: number | undefined
}

/**
 * How far each lane is behind, in the order given. One read for all, then one or a few for each lane whose records are larger than some KB.
 * @param topics as they were read behind the points; what came later counts from the next time on.
 */
export async function laneLags(
  log: Log,
  lanes: readonly LanePoint[],
  topics: readonly TopicInfo[],
): Promise<LaneLag[]> {
  const infos = new Map(topics.map((topic) => [topic.name, topic.parts]))
  const lags = lanes.map(() => NONE)
  const open = lanes.flatMap(({ topic, partition, offset }, index): Open[] => {
    const { start = 0, end = 0 } = infos.get(topic)?.[partition] ?? {}
    const from = Math.max(offset, start)
    if (from >= end) return []
    lags[index] = { behind: end - from, since: undefined }
    return [{ index, topic, partition, offset: from, end }]
  })
  // Of two lanes of one partition, which lie at two places of it, each is asked for by itself.
  const once = new Map(open.map((lane) => [`${lane.topic}/${lane.partition}`, lane]))
  const left = await readOldest(log, [...once.values()], lags)
  const others = open.filter((lane) => once.get(`${lane.topic}/${lane.partition}`) !== lane)
  for (const lane of [...left, ...others])
    for (let [rest]: readonly (Open | undefined)[] = [lane]; rest !== undefined;)
      [rest] = await readOldest(log, [rest], lags)
  return lags
}

/** The age of the oldest record of them, seconds: 0 where all is taken, and where two clocks disagree. @param now ms since 1970. */
export function lagSeconds(lags: readonly LaneLag[], now: number): number {
  return lags.reduce<number>(
    (most, { since }) => (since === undefined ? most : Math.max(most, (now - since) / 1000)),
    0,
  )
}

const NONE: LaneLag = { behind: 0, since: undefined }

interface Open extends LanePoint {
  readonly index: number
  readonly end: number
}

/** @returns those of which nothing was read, each further on than it was where it was asked for alone. */
async function readOldest(
  log: Log,
  open: readonly Open[],
  lags: LaneLag[],
): Promise<readonly Open[]> {
  if (open.length === 0) return []
  const { runs, next } = await readOrStart(log, open)
  for (const { topic, partition, appended } of runs)
    for (const { index, ...lane } of open)
      if (lane.topic === topic && lane.partition === partition)
        lags[index] = { ...lags[index], since: lags[index].since ?? appended[0] }
  return open.flatMap((lane, i) => {
    if (lags[lane.index].since !== undefined) return []
    if (next[i] >= lane.end) {
      lags[lane.index] = NONE
      return []
    }
    // Alone it brings a record, or goes past what is none: else nothing is to be had of it now.
    if (open.length === 1 && next[i] <= lane.offset) return []
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
