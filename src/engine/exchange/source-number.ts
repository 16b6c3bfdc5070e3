// Where a row comes from, as one number: the partition of its source and, where events of several topics come into a stream, which of
// them it is. Of a stream with one source the number is the partition.
import type { StreamPlan } from '../../pipeline/plan.ts'

/** More than a topic can have. */
const PARTITIONS = 0x10000

/** @param rank of the source among the origins of the stream. */
export function sourceNumber(rank: number, partition: number): number {
  return rank * PARTITIONS + partition
}

/** @param origins of the stream, in their order. */
export function sourceOf(
  number: number,
  origins: readonly StreamPlan[],
): { readonly stream: StreamPlan; readonly partition: number } {
  const stream = origins.at(Math.floor(number / PARTITIONS))
  if (stream === undefined)
    throw new RangeError(`a row names source ${number}, and its stream has ${origins.length}`)
  return { stream, partition: number % PARTITIONS }
}
