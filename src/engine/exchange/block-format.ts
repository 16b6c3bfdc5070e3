// A block: rows of one lane between two tasks, in columns, as the value of one record of an internal topic.
// Everything is little-endian; every payload starts at a multiple of 8, so that doubles are read without a copy of the block.
//
//   0  u32 magic        8  f64 progress     20  u32 columns     28  u32 bytes of meta (UTF-8 JSON, may be 0)
//   4  u32 rows        16  u32 flags        24  u32 layout      32  f64 number of the commit that wrote it
//  40  directory: columns x 16 bytes, then meta, then payloads
//
// Directory entry: u8 kind, u8 encoding, u8 whether marks follow, u8 0, u32 offset, u32 bytes of values, u32 bytes of marks.

export const MAGIC = 0x3142524d // 'MRB1'
export const HEADER = 40
export const ENTRY = 16

/**
 * Whether the lane's writer heard nothing from its source for longer than the stream's `idle`: then readers do not wait for the lane.
 * `'live'`: and the last event came within `idle` of its own time, so that event time goes on with the clock; it never does in a back-fill.
 */
export type Idle = false | 'idle' | 'live'

/** By its flags in a block and in a commit. */
export const IDLE: readonly Idle[] = [false, 'idle', 'live']

export const KINDS = ['number', 'boolean', 'string', 'vector', 'json'] as const

// How values lie. Integers are stored as a base (f64) and an unsigned distance from it.
export const F64 = 0
export const F32 = 1
export const CONSTANT = 2
export const U8 = 3
export const U16 = 4
export const U32 = 5
/** Equal to the column before, bit for bit. */
export const SAME = 6
/** Bytes or booleans as they are. */
export const RAW = 7

/** Names of the encodings, by number: for people. */
export const ENCODINGS = ['f64', 'f32', 'constant', 'u8', 'u16', 'u32', 'same', 'raw'] as const

export function aligned(position: number): number {
  return (position + 7) & ~7
}
