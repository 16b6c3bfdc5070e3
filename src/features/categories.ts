// Categories as numbers a model can take: a place a category, or a bucket by hash. A whole column at once.
import { murmur2 } from '../base/murmur2.ts'
import { PRESENT, type Column, type TextColumn } from '../contracts/columns.ts'

/** Not that of partitions: the values of one partition would share few buckets. */
const SEED = 17

export type Category = string | number | boolean

/** How a category becomes numbers. */
export type Encoding = { readonly oneHot: readonly Category[] } | { readonly buckets: number }

/** The column of an encoding over that of its categories. */
export function encoded(column: Column, rows: number, encoding: Encoding): Column {
  return 'oneHot' in encoding
    ? oneHot(column, rows, encoding.oneHot)
    : hashed(column, rows, encoding.buckets)
}

/** One place a category, 1 in the place of the row's own, and a last place for all others and for none. */
function oneHot(column: Column, rows: number, categories: readonly Category[]): Column {
  const width = categories.length + 1
  const values = new Float64Array(rows * width)
  const ends = new Uint32Array(rows + 1)
  const texts = categories.map((each) => Buffer.from(String(each)))
  for (let row = 0; row < rows; row++) {
    ends[row + 1] = (row + 1) * width
    let place = -1
    if (isThere(column, row)) {
      if (column.kind === 'number') place = categories.indexOf(column.values[row])
      else if (column.kind === 'boolean') place = categories.indexOf(column.values[row] === 1)
      else if (column.kind === 'string') place = textPlace(column, row, texts)
    }
    values[row * width + (place < 0 ? width - 1 : place)] = 1
  }
  return { kind: 'vector', values, ends, marks: undefined }
}

function textPlace({ bytes, ends }: TextColumn, row: number, texts: readonly Uint8Array[]): number {
  const start = ends[row]
  const length = ends[row + 1] - start
  for (let place = 0; place < texts.length; place++) {
    const text = texts[place]
    if (text.length !== length) continue
    let i = 0
    while (i < length && text[i] === bytes[start + i]) i++
    if (i === length) return place
  }
  return -1
}

const number = new DataView(new ArrayBuffer(8))
const numberBytes = new Uint8Array(number.buffer)

/** MurmurHash2 with the seed 17 of a text's UTF-8, or of a number's eight bytes, low ones first, modulo the buckets. */
function hashed(column: Column, rows: number, buckets: number): Column {
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    if (!isThere(column, row)) continue
    if (column.kind === 'string') {
      const { bytes, ends } = column
      values[row] = murmur2(bytes, ends[row], ends[row + 1], SEED) % buckets
    } else if (column.kind === 'number') {
      // -0 + 0 is 0.
      number.setFloat64(0, column.values[row] + 0, true)
      values[row] = murmur2(numberBytes, 0, 8, SEED) % buckets
    }
  }
  return { kind: 'number', values, marks: column.marks }
}

function isThere({ marks }: Column, row: number): boolean {
  return marks === undefined || marks[row] === PRESENT
}
