// The rows of a batch in a keyed stage.
import type { Column } from '../../contracts/columns.ts'
import type { Events, Failure } from '../../schema/evaluate.ts'
import { picked } from '../exchange/gather.ts'
import type { CarriedEvents } from './carried-events.ts'

export interface StageRows {
  readonly count: number
  readonly columns: readonly Column[]
  readonly events: Events
  /** Those the rows brought, then those that the stage adds. */
  readonly features: readonly Column[]
}

export const NO_EVENTS: Events = { rows: 0, columns: [], objects: undefined }

/**
 * The rows that did not come to their end before.
 * @param again marks of those that did, row by row.
 * @param of.failures of the rows: is left with those of the rows that stay.
 */
export function rowsWithout(
  rows: StageRows,
  again: Uint8Array,
  { failures, carried }: { readonly failures: Failure[]; readonly carried: CarriedEvents },
): StageRows {
  const places = new Map<number, number>()
  for (let row = 0; row < rows.count; row++) if (again[row] === 0) places.set(row, places.size)
  const own = failures.splice(0)
  for (const { row, reason } of own) {
    const place = places.get(row)
    if (place !== undefined) failures.push({ row: place, reason })
  }
  const count = places.size
  if (count === 0) return { count, columns: [], events: NO_EVENTS, features: [] }
  const taken = Int32Array.from(places.keys())
  const columns = rows.columns.map((column) => picked(column, taken))
  const features = rows.features.map((column) => picked(column, taken))
  return { count, columns, events: carried.of(columns, count), features }
}
