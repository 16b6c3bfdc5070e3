// Cuts what a read gave into batches. How it came to lie in the log does not matter: runs of one record, as a producer that
// flushes often leaves them, would cost a commit each.
import { joinRecords, sliceRecords } from '../base/records.ts'
import type { ReadRun, Records } from '../contracts/log.ts'

/** At least one record. */
export interface SourceBatch {
  readonly records: Records
  /** Of each record. */
  readonly offsets: Float64Array
}

/** @param from the first offset that is not taken yet: a read may begin before it. @param limit rows of a batch at most. */
export function* sourceBatches(
  runs: readonly ReadRun[],
  from: number,
  limit: number,
): Generator<SourceBatch> {
  let parts: SourceBatch[] = []
  let rows = 0
  for (const { records, offsets } of runs) {
    let at = 0
    while (at < records.count && offsets[at] < from) at++
    while (at < records.count) {
      const to = Math.min(records.count, at + limit - rows)
      parts.push({ records: sliceRecords(records, at, to), offsets: offsets.subarray(at, to) })
      rows += to - at
      at = to
      if (rows < limit) continue
      yield joined(parts, rows)
      parts = []
      rows = 0
    }
  }
  if (rows > 0) yield joined(parts, rows)
}

function joined(parts: readonly SourceBatch[], rows: number): SourceBatch {
  if (parts.length === 1) return parts[0]
  const offsets = new Float64Array(rows)
  let at = 0
  for (const part of parts) {
    offsets.set(part.offsets, at)
    at += part.offsets.length
  }
  return { records: joinRecords(parts.map(({ records }) => records)), offsets }
}
