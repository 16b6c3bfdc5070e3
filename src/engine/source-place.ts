// The partition of a source that a task reads, and how it is read.
import { MillraceError } from '../base/errors.ts'
import type { Log, ReadResult } from '../contracts/log.ts'
import { gapAt, gapError, type Gap } from './gap.ts'
import type { TaskContext } from './task-context.ts'

export interface SourcePlace {
  readonly topic: string
  readonly partition: number
  /** After how long without records the partition counts as idle; undefined: never. */
  readonly idleMs: number | undefined
  /** Gaps that were accepted, of any partition. */
  readonly gaps?: readonly Gap[] | undefined
}

/** Where a partition is read from that was never read: at the oldest record that is kept. */
export async function sourceStart(
  { log }: TaskContext,
  { topic, partition }: SourcePlace,
): Promise<number> {
  return (await log.topic(topic))?.parts[partition].start ?? 0
}

/** @throws StateError ML_GAP when what was to be read next is no longer kept. */
export async function keptRead(
  log: Log,
  { topic, partition }: SourcePlace,
  of: {
    readonly read: Promise<ReadResult>
    /** The next offset it takes. */
    readonly next: number
    /** When it read last, ms since 1970; NaN where it never did. */
    readonly readAt: number
  },
): Promise<ReadResult> {
  const { read, next, readAt } = of
  try {
    return await read
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'ML_OFFSET_GONE') throw error
    const { start = 0, end = 0 } = (await log.topic(topic))?.parts[partition] ?? {}
    const stand = { topic, partition, next, start, end, readAt }
    throw gapAt(stand) === undefined ? error : gapError(stand)
  }
}
