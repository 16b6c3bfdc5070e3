// What lies where in a transaction: each partition's rows, in the order of the appends, and the offsets they came to.
import type { Append } from '../../contracts/log.ts'
import type { PlacedRows } from './cut-batches.ts'
import type { Rows } from './encode-batch.ts'

/** What one partition gets in a transaction. */
export interface Part {
  readonly topic: string
  readonly partition: number
  readonly rows: Rows[]
  /** Offset of each of `rows`. */
  readonly offsets: number[]
  /** Offset behind the last of them. */
  end: number
}

export interface Place {
  readonly part: Part
  /** Among the rows of the part. */
  readonly at: number
}

export interface Sealed {
  readonly part: Part
  readonly partition: number
  readonly batch: Buffer
  /** Told the offset of its first record. */
  readonly took: (baseOffset: number) => void
}

/** Puts an append behind what its partition gets already. */
export function placeOf(parts: Map<string, Part>, { topic, partition, records }: Append): Place {
  const key = `${topic}/${partition}`
  const part = parts.get(key) ?? { topic, partition, rows: [], offsets: [], end: 0 }
  parts.set(key, part)
  return { part, at: part.rows.push({ records, from: 0, to: records.count }) - 1 }
}

/** Takes note of where a batch came to lie. */
export function note(part: Part, rows: readonly PlacedRows[], baseOffset: number): void {
  let offset = baseOffset
  for (const { at, from, to } of rows) {
    part.offsets[at] ??= offset - from
    offset += to - from
  }
  part.end = offset
}
