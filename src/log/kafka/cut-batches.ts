// What one transaction writes to a partition, cut into batches.
import type { Rows } from './encode-batch.ts'

/** Bytes of keys and values of one batch, where a record is not larger by itself. */
export const BATCH_BYTES: number = 1 << 20

export interface PlacedRows extends Rows {
  /** Place of the append among those of its partition. */
  readonly at: number
}

/** Cut so that no batch is larger than it must be; an append's rows stay in order, and begin at the first of its own. */
export function batchesOf(rows: readonly Rows[], most: number = BATCH_BYTES): PlacedRows[][] {
  const batches: PlacedRows[][] = []
  let batch: PlacedRows[] = []
  let bytes = 0
  rows.forEach(({ records, to }, at) => {
    let from = 0
    for (let row = 0; row < to; row++) {
      const size =
        records.valueEnds[row + 1] -
        records.valueEnds[row] +
        (records.keyEnds[row + 1] - records.keyEnds[row])
      if (bytes > 0 && bytes + size > most) {
        if (row > from) batch.push({ records, from, to: row, at })
        if (batch.length > 0) batches.push(batch)
        batch = []
        bytes = 0
        from = row
      }
      bytes += Math.max(1, size)
    }
    if (to > from) batch.push({ records, from, to, at })
  })
  if (batch.length > 0) batches.push(batch)
  return batches
}
