// Numbers of a column in the fewest bytes that give the same bits back.
import { CONSTANT, F32, F64, U16, U32, U8 } from './block-format.ts'

/** Rows to take: `count` of them, at `rows[from + i]`, or at `from + i` where there is no list. */
export interface Selection {
  readonly rows: Int32Array | undefined
  readonly from: number
  readonly count: number
}

export interface NumberEncoding {
  encoding: number
  base: number
  bytes: number
}

const WIDTH = [8, 4, 0, 1, 2, 4]

/** Chooses the encoding; `into` is filled and returned, so that no object is made a column. */
export function chooseEncoding(
  values: Float64Array,
  { rows, from, count }: Selection,
  into: NumberEncoding,
): NumberEncoding {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let whole = true
  let single = true
  for (let i = 0; i < count; i++) {
    const value = values[rows === undefined ? from + i : rows[from + i]]
    if (value < least) least = value
    if (value > most) most = value
    // -0 and NaN are no whole numbers here: they would not come back with their bits.
    if (whole && (Math.trunc(value) !== value || (value === 0 && 1 / value < 0))) whole = false
    if (single && Math.fround(value) !== value) single = false
    if (!whole && !single) break
  }
  const range = most - least
  if (whole && Math.abs(least) <= Number.MAX_SAFE_INTEGER && Math.abs(most) <= Number.MAX_SAFE_INTEGER) {
    if (range === 0) return fill(into, CONSTANT, least, count)
    if (range < 0x100) return fill(into, U8, least, count)
    if (range < 0x1_0000) return fill(into, U16, least, count)
    if (range < 0x1_0000_0000) return fill(into, U32, least, count)
  }
  return fill(into, single ? F32 : F64, 0, count)
}

function fill(into: NumberEncoding, encoding: number, base: number, count: number): NumberEncoding {
  into.encoding = encoding
  into.base = base
  into.bytes = (encoding >= CONSTANT ? 8 : 0) + count * WIDTH[encoding]
  return into
}

/** Writes the values at a multiple of 8 in `out`. */
export function writeNumbers(
  values: Float64Array,
  { rows, from, count }: Selection,
  { encoding, base }: NumberEncoding,
  out: { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number },
): void {
  const { buffer, byteOffset } = out.bytes
  let at = byteOffset + out.at
  if (encoding >= CONSTANT) {
    new Float64Array(buffer, at, 1)[0] = base
    at += 8
  }
  if (encoding === CONSTANT) return
  const target = viewOf(buffer, at, encoding, count)
  for (let i = 0; i < count; i++) {
    target[i] = values[rows === undefined ? from + i : rows[from + i]] - base
  }
}

/** Reads what `writeNumbers` wrote, into `into` from `start` on. */
export function readNumbers(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  { encoding, count }: { readonly encoding: number; readonly count: number },
  into: Float64Array,
): void {
  const place = bytes.byteOffset + at
  if (encoding < CONSTANT) {
    into.set(viewOf(bytes.buffer, place, encoding, count))
    return
  }
  const base = new Float64Array(bytes.buffer, place, 1)[0]
  if (encoding === CONSTANT) {
    into.fill(base, 0, count)
    return
  }
  const source = viewOf(bytes.buffer, place + 8, encoding, count)
  for (let i = 0; i < count; i++) into[i] = source[i] + base
}

function viewOf(buffer: ArrayBuffer, at: number, encoding: number, count: number): Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array {
  switch (encoding) {
    case F64:
      return new Float64Array(buffer, at, count)
    case F32:
      return new Float32Array(buffer, at, count)
    case U8:
      return new Uint8Array(buffer, at, count)
    case U16:
      return new Uint16Array(buffer, at, count)
    default:
      return new Uint32Array(buffer, at, count)
  }
}
