// Where the counters of a stage lie that reads its source itself.
import { RECORD_COUNTS } from '../operators/source-body.ts'
import type { Shape } from './shape.ts'

/** How many counters of a source lie before those of a stage that reads it itself. */
export function countsBefore({ streams, taken }: Shape, stage: string): number {
  const stream = streams.find(({ direct }) => direct === stage)
  if (stream === undefined) return 0
  const made = taken.filter(
    ({ name, origins }) =>
      origins.includes(stream.name) && !streams.some((each) => each.name === name),
  )
  return RECORD_COUNTS.length + made.length
}
