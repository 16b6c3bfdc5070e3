// A frame is one group commit in the journal: a header that carries the chain, then runs. The CRC covers the header and the
// headers of its runs, which carry the CRCs of their bodies: every byte is summed once.
import { crc32 } from 'node:zlib'
import { StateError } from '../../base/errors.ts'
import { RUN_HEADER, bodyIsWhole, readRunHeader, runLengthAt, type RunHeader } from './run.ts'

/** The version of everything in the folder. Another one is refused. */
export const FORMAT = 1
/** Bytes of a frame's header. */
export const FRAME_HEADER = 64

const MAGIC = Buffer.from('MLFRAME\x01', 'latin1')
const AT_FORMAT = 8
const AT_SALT = 12
const AT_SEGMENT = 16
const AT_COMMIT = 24
const AT_LENGTH = 32
const AT_EPOCH = 40
const AT_RUNS = 44
const AT_WRITTEN = 48
const AT_PREVIOUS = 56
const AT_CRC = 60

export interface FrameHeader {
  /** Id of the journal segment it was written to: a frame that a recycled segment still holds has another. */
  readonly segment: number
  /** Consecutive. */
  readonly commit: number
  /** Header and runs, bytes. */
  readonly length: number
  /** How often the log was opened. */
  readonly epoch: number
  readonly runs: number
  /** CRC of the frame before: the seed of this one. */
  readonly previous: number
  readonly crc: number
}

/** Writes the header at `at` over stamped runs behind it, and returns the frame's CRC. `salt` is the folder's. */
export function sealFrame(
  bytes: Buffer,
  at: number,
  frame: Omit<FrameHeader, 'crc'> & { readonly salt: number; readonly writtenAt: number },
): number {
  MAGIC.copy(bytes, at)
  bytes.writeUInt32LE(FORMAT, at + AT_FORMAT)
  bytes.writeUInt32LE(frame.salt, at + AT_SALT)
  bytes.writeDoubleLE(frame.segment, at + AT_SEGMENT)
  bytes.writeDoubleLE(frame.commit, at + AT_COMMIT)
  bytes.writeDoubleLE(frame.length, at + AT_LENGTH)
  bytes.writeUInt32LE(frame.epoch, at + AT_EPOCH)
  bytes.writeUInt32LE(frame.runs, at + AT_RUNS)
  bytes.writeDoubleLE(frame.writtenAt, at + AT_WRITTEN)
  bytes.writeUInt32LE(frame.previous, at + AT_PREVIOUS)
  const crc = frameCrc(bytes, at, frame)
  bytes.writeUInt32LE(crc, at + AT_CRC)
  return crc
}

function frameCrc(bytes: Buffer, at: number, frame: { runs: number; previous: number }): number {
  let crc = crc32(bytes.subarray(at, at + AT_CRC), frame.previous)
  let position = at + FRAME_HEADER
  for (let i = 0; i < frame.runs; i++) {
    crc = crc32(bytes.subarray(position, position + RUN_HEADER), crc)
    position += runLengthAt(bytes, position)
  }
  return crc
}

/** A frame that was read whole and is right in itself. */
export interface WholeFrame extends FrameHeader {
  /** Position of its header in the segment. */
  readonly at: number
  /** Position of each run. */
  readonly positions: readonly number[]
  readonly runHeaders: readonly RunHeader[]
}

/**
 * The frame at `at`, or undefined where there is none, or not all of it, or not as written.
 * That it belongs in the chain is for the caller to see.
 * @throws StateError ML_LOG_FORMAT when it was written by another version.
 */
export function readFrame(bytes: Buffer, at: number, salt: number): WholeFrame | undefined {
  if (at + FRAME_HEADER > bytes.length || MAGIC.compare(bytes, at, at + MAGIC.length) !== 0)
    return undefined
  if (bytes.readUInt32LE(at + AT_SALT) !== salt) return undefined
  const header = {
    segment: bytes.readDoubleLE(at + AT_SEGMENT),
    commit: bytes.readDoubleLE(at + AT_COMMIT),
    length: bytes.readDoubleLE(at + AT_LENGTH),
    epoch: bytes.readUInt32LE(at + AT_EPOCH),
    runs: bytes.readUInt32LE(at + AT_RUNS),
    previous: bytes.readUInt32LE(at + AT_PREVIOUS),
    crc: bytes.readUInt32LE(at + AT_CRC),
  }
  if (!(header.length >= FRAME_HEADER && at + header.length <= bytes.length)) return undefined
  const positions: number[] = []
  const runHeaders: RunHeader[] = []
  let position = at + FRAME_HEADER
  for (let i = 0; i < header.runs; i++) {
    const run = readRunHeader(bytes, position)
    if (
      run === undefined ||
      position + run.length > at + header.length ||
      !bodyIsWhole(bytes, position, run)
    )
      return undefined
    positions.push(position)
    runHeaders.push(run)
    position += run.length
  }
  if (position !== at + header.length || frameCrc(bytes, at, header) !== header.crc)
    return undefined
  const format = bytes.readUInt32LE(at + AT_FORMAT)
  if (format !== FORMAT) {
    throw new StateError(
      'ML_LOG_FORMAT',
      `the log must have format ${FORMAT}; found ${format}: open it with the version of Millrace that wrote it`,
    )
  }
  return { ...header, at, positions, runHeaders }
}

/** The position of the next thing that looks like a frame, at `from` or behind it; -1 when there is none. */
export function findFrame(bytes: Buffer, from: number): number {
  let position = bytes.indexOf(MAGIC, from)
  while (position !== -1 && position % 8 !== 0) position = bytes.indexOf(MAGIC, position + 1)
  return position
}
