// Reads what TextWriter wrote.
import {
  aligned,
  DICTIONARY,
  ENTRY,
  FIXED,
  SAME,
  U16,
  U8,
  TUPLE,
  UTC,
  WIDTH,
} from './block-format.ts'
import { readNumbers } from './read-numbers.ts'
import { joinTuples } from './text-tuple.ts'
import { formatUtc, utcLength } from './utc-text.ts'

export interface TextPlace {
  readonly encoding: number
  readonly at: number
  /** Where the values end. */
  readonly end: number
  readonly rows: number
  /** The numbers of another column. */
  readonly numbers: (index: number) => Float64Array
  /** The texts of another column. */
  readonly texts: (index: number) => Texts
}

export interface Texts {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
}

/** Texts of any encoding but SAME. Those that lie as they are are a view. */
export function readTexts(block: Uint8Array<ArrayBuffer>, of: TextPlace): Texts {
  const { encoding, at, end, rows } = of
  const form = encoding & ~WIDTH
  if (form === 0) {
    const { ends, bodyAt } = readLengths(block, { width: encoding, at, rows })
    return { bytes: block.subarray(bodyAt, end), ends }
  }
  const number = new DataView(block.buffer, block.byteOffset + at + 4, 4).getUint32(0, true)
  if (form === FIXED) return { bytes: block.subarray(at + 8, end), ends: evenEnds(number, rows) }
  if (form === DICTIONARY) return dictionary(block, of, number)
  if (form === TUPLE) return tuples(block, of, number)
  return form === UTC ? times(block, of, number) : numbered(block, of, number)
}

/** Lengths as ends, and where the items begin. */
export function readLengths(
  block: Uint8Array<ArrayBuffer>,
  { width, at, rows }: { readonly width: number; readonly at: number; readonly rows: number },
): { ends: Uint32Array; bodyAt: number } {
  const { buffer, byteOffset } = block
  const place = byteOffset + at
  const lengths =
    width === U8
      ? new Uint8Array(buffer, place, rows)
      : width === U16
        ? new Uint16Array(buffer, place, rows)
        : new Uint32Array(buffer, place, rows)
  const ends = new Uint32Array(rows + 1)
  for (let i = 0; i < rows; i++) ends[i + 1] = ends[i] + lengths[i]
  return { ends, bodyAt: aligned(at + lengths.byteLength) }
}

function evenEnds(length: number, rows: number): Uint32Array {
  const ends = new Uint32Array(rows + 1)
  for (let i = 0; i <= rows; i++) ends[i] = i * length
  return ends
}

/** The numbers of a form; `own` bytes of the form lie before them. */
function numbersOf(
  block: Uint8Array<ArrayBuffer>,
  { at, rows, numbers }: TextPlace,
  own: number,
): Float64Array {
  const encoding = block[at]
  const ref = block[at + 1]
  if (encoding === SAME) return numbers(ref)
  const place = { encoding, at: aligned(at + 8 + own), count: rows, other: () => numbers(ref) }
  return readNumbers(block, place)
}

function dictionary(block: Uint8Array<ArrayBuffer>, of: TextPlace, entries: number): Texts {
  const { at, rows } = of
  const lengthsAt = at + 8
  const starts = new Uint32Array(entries + 1)
  starts[0] = lengthsAt + entries
  for (let entry = 0; entry < entries; entry++)
    starts[entry + 1] = starts[entry] + block[lengthsAt + entry]
  const entryOf = numbersOf(block, of, starts[entries] - lengthsAt)
  const ends = new Uint32Array(rows + 1)
  for (let i = 0; i < rows; i++) ends[i + 1] = ends[i] + block[lengthsAt + entryOf[i]]
  const bytes = new Uint8Array(ends[rows])
  let to = 0
  for (let i = 0; i < rows; i++) {
    const stop = starts[entryOf[i] + 1]
    for (let from = starts[entryOf[i]]; from < stop; from++) bytes[to++] = block[from]
  }
  return { bytes, ends }
}

function times(block: Uint8Array<ArrayBuffer>, of: TextPlace, digits: number): Texts {
  const bytes = formatUtc(numbersOf(block, of, 0), digits)
  return { bytes, ends: evenEnds(utcLength(digits), of.rows) }
}

function numbered(block: Uint8Array<ArrayBuffer>, of: TextPlace, number: number): Texts {
  const prefix = number >>> 16
  const digits = number & 0xffff
  const values = numbersOf(block, of, prefix)
  const length = prefix + digits
  const bytes = new Uint8Array(of.rows * length)
  for (let i = 0; i < of.rows; i++) {
    const start = i * length
    for (let b = 0; b < prefix; b++) bytes[start + b] = block[of.at + 8 + b]
    putDigits(bytes, start + prefix, start + length, values[i])
  }
  return { bytes, ends: evenEnds(length, of.rows) }
}

/** Writes the digits of `value`, with zeros before them, from `start` to `end`. */
function putDigits(bytes: Uint8Array, start: number, end: number, value: number): void {
  let at = end
  let large = value
  for (; large > 0x7fff_ffff; large = Math.floor(large / 10)) bytes[--at] = 48 + (large % 10)
  // Integers of 32 bits divide several times faster than doubles.
  let rest = large | 0
  while (at > start) {
    const tens = (rest / 10) | 0
    bytes[--at] = 48 + rest - tens * 10
    rest = tens
  }
}

function tuples(block: Uint8Array<ArrayBuffer>, of: TextPlace, parts: number): Texts {
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  return joinTuples(
    Array.from({ length: parts }, (_, part) => {
      const entry = of.at + 8 + part * ENTRY
      const encoding = block[entry]
      if (encoding === SAME) return of.texts(block[entry + 1])
      const at = of.at + view.getUint32(entry + 4, true)
      const end = of.at + view.getUint32(entry + 8, true)
      return readTexts(block, { ...of, encoding, at, end })
    }),
    of.rows,
  )
}
