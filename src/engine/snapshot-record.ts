// A chunk of a snapshot, as the value of a record of the snapshot topic:
//
//   0  u32 magic   4  u32 bytes of the head   8  head (UTF-8 JSON)   then the chunk
import { StateError } from '../base/errors.ts'

const MAGIC = 0x3153524d // 'MRS1'

export interface SnapshotRecord {
  /** Number of the commit the first chunk was written with: the state is the chunks and the deltas from it on. */
  readonly from: number
  /** Number of the commit it was written with: the bytes of a whole snapshot are those of its last chunk's commit or older. */
  readonly commit: number
  /** An offset of the commit topic at or before that commit. */
  readonly fromOffset: number
  /** Whether it is the last chunk: a snapshot without its last chunk does not count. */
  readonly last: boolean
  /** When it was written, ms of the task's clock: decides what the replay horizon still needs. */
  readonly at: number
  readonly chunk: Uint8Array
}

export function encodeSnapshot({
  from,
  commit,
  fromOffset,
  last,
  at,
  chunk,
}: SnapshotRecord): Uint8Array {
  const text = JSON.stringify([from, commit, fromOffset, last, at])
  const bytes = Buffer.allocUnsafe(8 + text.length + chunk.length)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt32LE(text.length, 4)
  bytes.write(text, 8, 'latin1')
  bytes.set(chunk, 8 + text.length)
  return bytes
}

/** @throws StateError ML_LOG_CORRUPT when it is no chunk of a snapshot. */
export function decodeSnapshot(value: Uint8Array): SnapshotRecord {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== MAGIC) {
    throw new StateError(
      'ML_LOG_CORRUPT',
      'a record of a snapshot topic is no snapshot of this version of Millrace',
    )
  }
  const end = 8 + bytes.readUInt32LE(4)
  const [from, commit, fromOffset, last, at] = JSON.parse(bytes.toString('latin1', 8, end)) as [
    number,
    number,
    number,
    boolean,
    number,
  ]
  return { from, commit, fromOffset, last, at, chunk: value.subarray(end) }
}
