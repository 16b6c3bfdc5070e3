// A mark of the features of every row, by where its event stands: enough to tell rows that are equal, in 16 bytes a row.
import { murmur2 } from '../../base/murmur2.ts'
import type { DatasetRow } from './dataset-file.ts'

export class RowMarks {
  readonly #places = new Map<string, { full: Float64Array; single: Float64Array }>()
  #rows = 0
  #bytes = Buffer.allocUnsafeSlow(1024)

  get rows(): number {
    return this.#rows
  }

  add({ topic, partition, offset, values }: DatasetRow): void {
    const place = `${topic}/${partition}`
    let own = this.#places.get(place)
    if (own === undefined || own.full.length <= offset) {
      const length = Math.max(1024, 2 ** Math.ceil(Math.log2(offset + 1)))
      own = { full: grown(own?.full, length), single: grown(own?.single, length) }
      this.#places.set(place, own)
    }
    if (Number.isNaN(own.full[offset])) this.#rows++
    own.full[offset] = this.#mark(values, false)
    own.single[offset] = this.#mark(values, true)
  }

  /** Whether it has the row with the same values; undefined: it has no such row. A row of single precision may be one that was rounded to it. */
  same({ topic, partition, offset, values }: DatasetRow): boolean | undefined {
    const own = this.#places.get(`${topic}/${partition}`)
    const full = own?.full.at(offset)
    if (own === undefined || full === undefined || Number.isNaN(full)) return undefined
    const mark = this.#mark(values, false)
    return mark === full || (values.every(isSingle) && mark === own.single[offset])
  }

  #mark(values: readonly unknown[], single: boolean): number {
    let used = 0
    for (const value of values) {
      if (typeof value === 'number') {
        this.#reserve(used + 9)
        this.#bytes[used++] = 1
        used = this.#bytes.writeDoubleLE(single ? Math.fround(value) : value, used)
      } else {
        const text = value === undefined ? '' : JSON.stringify(value)
        this.#reserve(used + 1 + text.length * 3)
        this.#bytes[used++] = value === undefined ? 0 : 2
        used += this.#bytes.write(text, used)
      }
    }
    return murmur2(this.#bytes, 0, used)
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(bytes * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

function isSingle(value: unknown): boolean {
  return typeof value !== 'number' || Object.is(Math.fround(value), value)
}

function grown(values: Float64Array | undefined, length: number): Float64Array {
  const larger = new Float64Array(length).fill(NaN)
  if (values !== undefined) larger.set(values)
  return larger
}
