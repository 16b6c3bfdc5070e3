// A block: rows of one lane between two tasks, in columns, as the value of one record of an internal topic.
// Everything is little-endian; every payload starts at a multiple of 8, so that doubles are read without a copy of the block.
//
//   0  u32 magic        8  f64 progress     20  u32 columns     28  u32 bytes of meta (UTF-8 JSON, may be 0)
//   4  u32 rows        16  u32 flags        24  u32 layout      32  f64 number of the commit that wrote it
//  40  directory: columns x 16 bytes, then meta, then payloads
//
// Directory entry: u8 kind, u8 encoding, u8 how marks lie, u8 the column it refers to, u32 offset, u32 bytes of values, u32 bytes of marks.
// Which encoding a column has is a function of the rows alone: equal rows give equal bytes.

export const MAGIC = 0x3242524d // 'MRB2'
export const HEADER = 40
export const ENTRY = 16

/**
 * Whether the lane's writer heard nothing from its source for longer than the stream's `idle`: then readers do not wait for the lane.
 * `'live'`: and the last event came within `idle` of its own time, so that event time goes on with the clock; it never does in a back-fill.
 */
export type Idle = false | 'idle' | 'live' | 'behind'

/** By its flags in a block and in a commit. */
export const IDLE: readonly Idle[] = [false, 'idle', 'live', 'behind']

export const KINDS = ['number', 'boolean', 'string', 'vector', 'json'] as const

// How values lie: the low four bits of an encoding. Integers are stored as a base (f64) and an unsigned distance from it.
export const F64 = 0
export const F32 = 1
export const CONSTANT = 2
export const U8 = 3
export const U16 = 4
export const U32 = 5
/** Equal to the column it refers to, bit for bit. */
export const SAME = 6
/** Bytes as they are. */
export const RAW = 7
export const U1 = 8
export const U4 = 9

/** The low four bits. */
export const WIDTH = 0x0f

// What the integers of a number mean: the high four bits of an encoding. The f64 of the form, where it has one, follows the base.
/** base + integer x the form's number. */
export const STEP = 0x10
/** (base + integer) / the form's number. */
export const DECIMAL = 0x20
/** The same, rounded to single precision. */
export const DECIMAL32 = 0x30
/** (base + integer) / the value of the column it refers to; 0 where that is 0. */
export const RATIO = 0x40
/** The same, rounded to single precision. */
export const RATIO32 = 0x50

// How texts lie: the high four bits of an encoding. A text form begins with 8 bytes: u8 encoding of the numbers in it, u8 the
// column these refer to, u16 0, u32 the form's own number; then come its own bytes, then the numbers.
/** Lengths of the width in the low bits, then the bytes of all rows. */
export const LENGTHS = 0x00
/** All of one length, which is the form's number; then the bytes of all rows. */
export const FIXED = 0x10
/** That many different texts: their lengths (u8), their bytes, then which one each row has. */
export const DICTIONARY = 0x20
/** One beginning and then digits, as many as the low 16 bits of the form's number say; the beginning has as many bytes as the high ones. */
export const DIGITS = 0x30
/** UTC times as Date.toISOString gives them, with as many digits of a second as the form's number says; numbers are epoch ms. */
export const UTC = 0x40

/**
 * Tuples of as many parts as the form's number says (text-tuple.ts). Each part has an entry of 16 bytes: u8 encoding, u8 the column it
 * refers to, u16 0, u32 offset and u32 end from the beginning of the form, u32 0; then come the parts, as columns.
 */
export const TUPLE = 0x50

// How marks lie.
export const NO_MARKS = 0
export const MARK_BYTES = 1
/** A bit a row: set where the mark is ABSENT; none is NULL. */
export const ABSENT_BITS = 2
/** A bit a row: set where the mark is NULL; none is ABSENT. */
export const NULL_BITS = 3

const WIDTHS = ['f64', 'f32', 'constant', 'u8', 'u16', 'u32', 'same', 'raw', 'u1', 'u4']
const NUMBER_FORMS = [
  '',
  ' x step',
  ' / scale',
  ' / scale, single',
  ' / column',
  ' / column, single',
]
const TEXT_FORMS = ['', 'fixed', 'dictionary', 'digits', 'utc', 'tuple']

/** An encoding by name: for people. */
export function encodingName(kind: number, encoding: number): string {
  const width = WIDTHS[encoding & WIDTH]
  const form = encoding >> 4
  const text = KINDS[kind] === 'string' || KINDS[kind] === 'json'
  return text && form > 0 ? TEXT_FORMS[form] : width + (NUMBER_FORMS[form] ?? '')
}

export function aligned(position: number): number {
  return (position + 7) & ~7
}
