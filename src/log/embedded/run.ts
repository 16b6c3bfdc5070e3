// How a run of records lies on the device and on the wire: one header, then columns, so that reading makes views and no
// record is touched. docs/log-format.md describes it. Never changes meaning under the same format version.
import { crc32 } from 'node:zlib'
import { DefinitionError, StateError } from '../../base/errors.ts'
import { sliceRecords, type Records } from '../../base/records.ts'

/** Bytes of a run's header. Every run begins and ends at a multiple of 8. */
export const RUN_HEADER = 64
/** Bytes a run may have: positions in a run are 32 bits. */
export const RUN_BYTES_MAX = 0x4000_0000

const MAGIC = 0x4e55_524d // 'MRUN'
const TIMES_EACH = 0 // a float64 a record
const TIMES_EQUAL = 1 // one float64
const TIMES_OFFSET = 2 // a float64, then 32 bits of whole milliseconds after it a record
const TIMES_MASK = 3
const HAS_KEYS = 4
const HAS_HEADERS = 8

/** Header fields, as positions. All numbers are little-endian. */
const AT_MAGIC = 0
const AT_TOPIC = 4
const AT_PARTITION = 8
const AT_COUNT = 12
const AT_BASE = 16
const AT_APPENDED = 24
const AT_LENGTH = 32
const AT_KEYS = 36
const AT_VALUES = 40
const AT_HEADERS = 44
const AT_FLAGS = 48
const AT_BODY_CRC = 52
const AT_HEADER_CRC = 60

/** What a run will look like, computed once before it is written. */
export interface RunShape {
  readonly length: number
  readonly flags: number
  readonly baseTime: number
}

/** Where a run goes. `base` and `appendedAt` are set again when its frame is cut. */
export interface RunPlace {
  readonly topic: number
  readonly partition: number
}

export interface RunHeader extends RunPlace {
  readonly count: number
  readonly base: number
  /** When the log took it, ms since 1970: retention by age goes by this. */
  readonly appendedAt: number
  /** Header and body. */
  readonly length: number
  readonly keys: number
  readonly values: number
  readonly headers: number
  readonly flags: number
  readonly bodyCrc: number
}

const align = (bytes: number): number => (bytes + 7) & ~7
const span = (ends: Uint32Array, count: number): number => ends[count] - ends[0]
const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Bytes and encoding of a run of these records. */
export function runShape(records: Records): RunShape {
  const { count } = records
  const keys = span(records.keyEnds, count)
  const headers = span(records.headerEnds, count)
  const { encoding, baseTime } = timesEncoding(records.times, count)
  const flags = encoding | (keys > 0 ? HAS_KEYS : 0) | (headers > 0 ? HAS_HEADERS : 0)
  const columns = 1 + (keys > 0 ? 1 : 0) + (headers > 0 ? 1 : 0)
  const ends = columns * (count + 1) * 4
  const length = align(
    RUN_HEADER +
      timesBytes(encoding, count) +
      ends +
      keys +
      headers +
      span(records.valueEnds, count),
  )
  if (!(length <= RUN_BYTES_MAX)) {
    throw new DefinitionError(
      `an append must have at most ${RUN_BYTES_MAX} bytes for one partition; found ${length}: split it`,
      {
        code: 'ML_USAGE',
      },
    )
  }
  return { length, flags, baseTime }
}

function timesEncoding(times: Float64Array, count: number): { encoding: number; baseTime: number } {
  let low = times[0]
  let high = low
  let whole = true
  for (let i = 0; i < count; i++) {
    const time = times[i]
    if (time < low) low = time
    if (time > high) high = time
    whole &&= Number.isInteger(time)
  }
  if (low === high && (whole || count === 1)) return { encoding: TIMES_EQUAL, baseTime: times[0] }
  if (
    whole &&
    high - low <= 0xffff_ffff &&
    Number.isSafeInteger(low) &&
    Number.isSafeInteger(high)
  ) {
    return { encoding: TIMES_OFFSET, baseTime: low }
  }
  return { encoding: TIMES_EACH, baseTime: 0 }
}

function timesBytes(encoding: number, count: number): number {
  if (encoding === TIMES_EQUAL) return 8
  return encoding === TIMES_OFFSET ? 8 + 4 * count : 8 * count
}

/** Writes a run at `at` (a multiple of 8 in memory too); base offset and append time are stamped later. */
export function encodeRun(
  into: Buffer,
  at: number,
  run: { place: RunPlace; records: Records; shape: RunShape },
): void {
  const { place, records, shape } = run
  const { count } = records
  const encoding = shape.flags & TIMES_MASK
  const end = at + shape.length
  into.fill(0, at, at + RUN_HEADER)
  into.fill(0, end - 8, end)
  let position = at + RUN_HEADER
  if (encoding === TIMES_EACH) {
    floats(into, position, count).set(records.times.subarray(0, count))
  } else {
    into.writeDoubleLE(shape.baseTime, position)
    if (encoding === TIMES_OFFSET) {
      const offsets = words(into, position + 8, count)
      for (let i = 0; i < count; i++) offsets[i] = records.times[i] - shape.baseTime
    }
  }
  position += timesBytes(encoding, count)
  position = putEnds(into, position, records.valueEnds, count)
  if (shape.flags & HAS_KEYS) position = putEnds(into, position, records.keyEnds, count)
  if (shape.flags & HAS_HEADERS) position = putEnds(into, position, records.headerEnds, count)
  position = putBytes(
    into,
    position,
    records.values,
    records.valueEnds[0],
    records.valueEnds[count],
  )
  if (shape.flags & HAS_KEYS)
    position = putBytes(into, position, records.keys, records.keyEnds[0], records.keyEnds[count])
  if (shape.flags & HAS_HEADERS)
    putBytes(into, position, records.headers, records.headerEnds[0], records.headerEnds[count])
  into.writeUInt32LE(MAGIC, at + AT_MAGIC)
  into.writeUInt32LE(place.topic, at + AT_TOPIC)
  into.writeUInt32LE(place.partition, at + AT_PARTITION)
  into.writeUInt32LE(count, at + AT_COUNT)
  into.writeUInt32LE(shape.length, at + AT_LENGTH)
  into.writeUInt32LE(span(records.keyEnds, count), at + AT_KEYS)
  into.writeUInt32LE(span(records.valueEnds, count), at + AT_VALUES)
  into.writeUInt32LE(span(records.headerEnds, count), at + AT_HEADERS)
  into.writeUInt32LE(shape.flags, at + AT_FLAGS)
  into.writeUInt32LE(crc32(into.subarray(at + RUN_HEADER, end)), at + AT_BODY_CRC)
}

/** A view of 32-bit words; `at` must be a multiple of 4 in memory. */
function words(bytes: Uint8Array, at: number, count: number): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset + at, count)
}

function floats(bytes: Uint8Array, at: number, count: number): Float64Array {
  return new Float64Array(bytes.buffer, bytes.byteOffset + at, count)
}

function putEnds(into: Buffer, position: number, ends: Uint32Array, count: number): number {
  const target = words(into, position, count + 1)
  const first = ends[0]
  if (first === 0) target.set(ends.subarray(0, count + 1))
  else for (let i = 0; i <= count; i++) target[i] = ends[i] - first
  return position + 4 * (count + 1)
}

/** Copies bytes [start, end) of a column and returns the position behind them. */
function putBytes(
  into: Buffer,
  position: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  into.set(bytes.subarray(start, end), position)
  return position + (end - start)
}

/** Sets where and when a run was appended, and seals its header. */
export function stampRun(
  bytes: Buffer,
  at: number,
  stamp: { topic: number; base: number; appendedAt: number },
): void {
  bytes.writeUInt32LE(stamp.topic, at + AT_TOPIC)
  bytes.writeDoubleLE(stamp.base, at + AT_BASE)
  bytes.writeDoubleLE(stamp.appendedAt, at + AT_APPENDED)
  bytes.writeUInt32LE(crc32(bytes.subarray(at, at + AT_HEADER_CRC)), at + AT_HEADER_CRC)
}

/** Length of the run at `at`, without any check. */
export function runLengthAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + AT_LENGTH)
}

/** Number of records of the run at `at`, without any check. */
export function runCountAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + AT_COUNT)
}

/** The header at `at`, or undefined where it is not one, or damaged. The body may lie beyond `bytes`. */
export function readRunHeader(bytes: Buffer, at: number): RunHeader | undefined {
  if (at + RUN_HEADER > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return undefined
  if (crc32(bytes.subarray(at, at + AT_HEADER_CRC)) !== bytes.readUInt32LE(at + AT_HEADER_CRC))
    return undefined
  return headerFields(bytes, at)
}

/** As `readRunHeader` for a run that was encoded elsewhere and not yet stamped; undefined unless its parts add up to its length. */
export function readUnstamped(bytes: Buffer, at: number): RunHeader | undefined {
  if (at + RUN_HEADER > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return undefined
  const header = headerFields(bytes, at)
  const columns = 1 + (header.flags & HAS_KEYS ? 1 : 0) + (header.flags & HAS_HEADERS ? 1 : 0)
  const body =
    timesBytes(header.flags & TIMES_MASK, header.count) + columns * 4 * (header.count + 1)
  const length = align(RUN_HEADER + body + header.keys + header.values + header.headers)
  return length === header.length && at + length <= bytes.length ? header : undefined
}

function headerFields(bytes: Buffer, at: number): RunHeader {
  return {
    topic: bytes.readUInt32LE(at + AT_TOPIC),
    partition: bytes.readUInt32LE(at + AT_PARTITION),
    count: bytes.readUInt32LE(at + AT_COUNT),
    base: bytes.readDoubleLE(at + AT_BASE),
    appendedAt: bytes.readDoubleLE(at + AT_APPENDED),
    length: bytes.readUInt32LE(at + AT_LENGTH),
    keys: bytes.readUInt32LE(at + AT_KEYS),
    values: bytes.readUInt32LE(at + AT_VALUES),
    headers: bytes.readUInt32LE(at + AT_HEADERS),
    flags: bytes.readUInt32LE(at + AT_FLAGS),
    bodyCrc: bytes.readUInt32LE(at + AT_BODY_CRC),
  }
}

/** Whether the body is what was written. */
export function bodyIsWhole(bytes: Buffer, at: number, header: RunHeader): boolean {
  const end = at + header.length
  return end <= bytes.length && crc32(bytes.subarray(at + RUN_HEADER, end)) === header.bodyCrc
}

let zeros = new Uint32Array(1024)

/** Ends of a column in which every record is empty. Never written to. */
function noEnds(count: number): Uint32Array {
  if (zeros.length < count + 1) zeros = new Uint32Array((count + 1) * 2)
  return zeros
}

/**
 * The records of the run at `at`, as views of `bytes`, which must lie at a multiple of 8 in memory.
 * Only for a run whose body is whole.
 */
export function decodeRun(bytes: Buffer, at: number, header: RunHeader): Records {
  if (!LITTLE)
    throw new StateError(
      'ML_LOG_FORMAT',
      'the log needs a little-endian machine; found a big-endian one',
    )
  const { count } = header
  const encoding = header.flags & TIMES_MASK
  let position = at + RUN_HEADER
  const times = decodeTimes(bytes, position, encoding, count)
  position += timesBytes(encoding, count)
  const valueEnds = words(bytes, position, count + 1)
  position += 4 * (count + 1)
  let keyEnds = noEnds(count)
  if (header.flags & HAS_KEYS) {
    keyEnds = words(bytes, position, count + 1)
    position += 4 * (count + 1)
  }
  let headerEnds = noEnds(count)
  if (header.flags & HAS_HEADERS) {
    headerEnds = words(bytes, position, count + 1)
    position += 4 * (count + 1)
  }
  const values = bytes.subarray(position, position + header.values)
  position += header.values
  const keys = bytes.subarray(position, position + header.keys)
  position += header.keys
  const headers = bytes.subarray(position, position + header.headers)
  return { count, times, keyEnds, keys, valueEnds, values, headerEnds, headers }
}

function decodeTimes(
  bytes: Buffer,
  position: number,
  encoding: number,
  count: number,
): Float64Array {
  if (encoding === TIMES_EACH) return floats(bytes, position, count)
  const base = bytes.readDoubleLE(position)
  const times = new Float64Array(count)
  if (encoding === TIMES_EQUAL) return times.fill(base)
  const offsets = words(bytes, position + 8, count)
  for (let i = 0; i < count; i++) times[i] = base + offsets[i]
  return times
}

/** Records of a run from that offset on. */
export function recordsFrom(records: Records, base: number, offset: number): Records {
  return offset <= base ? records : sliceRecords(records, offset - base)
}

/** What to say about bytes that are not what was written. */
export function corruptMessage(what: string): string {
  return `${what} must be as it was written; found other bytes (a damaged device or a changed file): restore the folder from a copy`
}
