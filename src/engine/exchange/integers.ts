// Unsigned integers in 0, 1, 4, 8, 16 or 32 bits each. One loop a kind of array: a loop over several kinds is many times slower.
import { CONSTANT, U1, U16, U32, U4, U8 } from './block-format.ts'
import type { Selection } from './selection.ts'

/** The least width for integers below `range + 1`; undefined where none is wide enough. */
export function widthFor(range: number): number | undefined {
  if (range === 0) return CONSTANT
  if (range < 2) return U1
  if (range < 0x10) return U4
  if (range < 0x100) return U8
  if (range < 0x1_0000) return U16
  return range < 0x1_0000_0000 ? U32 : undefined
}

export function integerBytes(width: number, count: number): number {
  if (width === U1) return (count + 7) >> 3
  if (width === U4) return (count + 1) >> 1
  return width === CONSTANT ? 0 : count * (width === U8 ? 1 : width === U16 ? 2 : 4)
}

export interface Integers extends Selection {
  readonly values: Float64Array
  /** Taken from each value; what is left is written. */
  readonly base: number
}

/** Writes values less their base, at a multiple of 8. */
export function writeIntegers(
  of: Integers,
  width: number,
  { bytes, at }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number },
): void {
  const { count } = of
  if (width === U1) writeBits(of, bytes, at)
  else if (width === U4) writeNibbles(of, bytes, at)
  else if (width === U8) writeU8(of, bytes, at)
  else if (width === U16) writeU16(of, new Uint16Array(bytes.buffer, at, count))
  else if (width === U32) writeU32(of, new Uint32Array(bytes.buffer, at, count))
}

function writeBits(
  { values, rows, from, count, base }: Integers,
  bytes: Uint8Array,
  at: number,
): void {
  let byte = 0
  for (let i = 0; i < count; i++) {
    if (values[rows === undefined ? from + i : rows[from + i]] !== base) byte |= 1 << (i & 7)
    if ((i & 7) === 7 || i === count - 1) {
      bytes[at++] = byte
      byte = 0
    }
  }
}

function writeNibbles(
  { values, rows, from, count, base }: Integers,
  bytes: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < count; i += 2) {
    const low = values[rows === undefined ? from + i : rows[from + i]] - base
    const high =
      i + 1 < count ? values[rows === undefined ? from + i + 1 : rows[from + i + 1]] - base : 0
    bytes[at++] = low | (high << 4)
  }
}

function writeU8(
  { values, rows, from, count, base }: Integers,
  target: Uint8Array,
  at: number,
): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[at + i] = values[from + i] - base
  else for (let i = 0; i < count; i++) target[at + i] = values[rows[from + i]] - base
}

function writeU16({ values, rows, from, count, base }: Integers, target: Uint16Array): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[i] = values[from + i] - base
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]] - base
}

function writeU32({ values, rows, from, count, base }: Integers, target: Uint32Array): void {
  if (rows === undefined) for (let i = 0; i < count; i++) target[i] = values[from + i] - base
  else for (let i = 0; i < count; i++) target[i] = values[rows[from + i]] - base
}

/** Reads what `writeIntegers` wrote, each plus `base`, into `into`, as many as it is long. */
export function readIntegers(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  { width, base }: { readonly width: number; readonly base: number },
  into: Float64Array,
): void {
  const count = into.length
  const place = bytes.byteOffset + at
  if (width === CONSTANT) into.fill(base)
  else if (width === U1)
    for (let i = 0; i < count; i++) into[i] = base + ((bytes[at + (i >> 3)] >> (i & 7)) & 1)
  else if (width === U4)
    for (let i = 0; i < count; i++) into[i] = base + ((bytes[at + (i >> 1)] >> ((i & 1) << 2)) & 15)
  else if (width === U8) for (let i = 0; i < count; i++) into[i] = bytes[at + i] + base
  else if (width === U16) readU16(new Uint16Array(bytes.buffer, place, count), into, base)
  else readU32(new Uint32Array(bytes.buffer, place, count), into, base)
}

function readU16(source: Uint16Array, into: Float64Array, base: number): void {
  for (let i = 0; i < source.length; i++) into[i] = source[i] + base
}

function readU32(source: Uint32Array, into: Float64Array, base: number): void {
  for (let i = 0; i < source.length; i++) into[i] = source[i] + base
}
