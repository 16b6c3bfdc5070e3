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
  if (
    whole &&
    Math.abs(least) <= Number.MAX_SAFE_INTEGER &&
    Math.abs(most) <= Number.MAX_SAFE_INTEGER
  ) {
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
  const place = { rows, from, count, base }
  // One loop a kind of array: a loop over several kinds is many times slower.
  if (encoding === F64) writeF64(values, new Float64Array(buffer, at, count), place)
  else if (encoding === F32) writeF32(values, new Float32Array(buffer, at, count), place)
  else if (encoding === U8) writeU8(values, new Uint8Array(buffer, at, count), place)
  else if (encoding === U16) writeU16(values, new Uint16Array(buffer, at, count), place)
  else if (encoding === U32) writeU32(values, new Uint32Array(buffer, at, count), place)
}

interface Place extends Selection {
  readonly base: number
}

function writeF64(values: Float64Array, target: Float64Array, { rows, from, count }: Place): void {
  if (rows === undefined) target.set(values.subarray(from, from + count))
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]]
}

function writeF32(values: Float64Array, target: Float32Array, { rows, from, count }: Place): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[i] = values[from + i]
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]]
}

function writeU8(
  values: Float64Array,
  target: Uint8Array,
  { rows, from, count, base }: Place,
): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[i] = values[from + i] - base
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]] - base
}

function writeU16(
  values: Float64Array,
  target: Uint16Array,
  { rows, from, count, base }: Place,
): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[i] = values[from + i] - base
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]] - base
}

function writeU32(
  values: Float64Array,
  target: Uint32Array,
  { rows, from, count, base }: Place,
): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[i] = values[from + i] - base
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]] - base
}

/** Reads what `writeNumbers` wrote, into `into` from `start` on. */
export function readNumbers(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  { encoding, count }: { readonly encoding: number; readonly count: number },
  into: Float64Array,
): void {
  const place = bytes.byteOffset + at
  if (encoding === F64) {
    into.set(new Float64Array(bytes.buffer, place, count))
    return
  }
  if (encoding === F32) {
    readF32(new Float32Array(bytes.buffer, place, count), into)
    return
  }
  const base = new Float64Array(bytes.buffer, place, 1)[0]
  if (encoding === CONSTANT) into.fill(base, 0, count)
  else if (encoding === U8) readU8(new Uint8Array(bytes.buffer, place + 8, count), into, base)
  else if (encoding === U16) readU16(new Uint16Array(bytes.buffer, place + 8, count), into, base)
  else readU32(new Uint32Array(bytes.buffer, place + 8, count), into, base)
}

function readF32(source: Float32Array, into: Float64Array): void {
  for (let i = 0; i < source.length; i++) into[i] = source[i]
}

function readU8(source: Uint8Array, into: Float64Array, base: number): void {
  for (let i = 0; i < source.length; i++) into[i] = source[i] + base
}

function readU16(source: Uint16Array, into: Float64Array, base: number): void {
  for (let i = 0; i < source.length; i++) into[i] = source[i] + base
}

function readU32(source: Uint32Array, into: Float64Array, base: number): void {
  for (let i = 0; i < source.length; i++) into[i] = source[i] + base
}
