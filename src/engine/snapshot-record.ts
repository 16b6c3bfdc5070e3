// A chunk of a snapshot, as the value of a record of the snapshot topic.
import { packRecord, unpackRecord } from './packed-record.ts'

const MAGIC = 0x3353524d // 'MRS3'

export interface SnapshotPart {
  /** Number of the commit the first chunk was written with: the state is the chunks and the deltas from it on. */
  readonly from: number
  /** Number of the commit it was written with: the bytes of a whole snapshot are those of its last chunk's commit or older. */
  readonly commit: number
  /** An offset of the commit topic at or before that commit. */
  readonly fromOffset: number
  /** An offset of the snapshot topic at or before its first chunk, and behind what was written before it. */
  readonly startsAt: number
  /** Offset of the last chunk of the whole snapshot before it; -1: there was none. */
  readonly before: number
  /** Whether it is the last chunk: a snapshot without its last chunk does not count. */
  readonly last: boolean
  /** When it was written, ms of the task's clock: decides what the replay horizon still needs. */
  readonly at: number
  /**
   * Offsets before which this state and later ones need nothing: of the task's lanes in their order, then of the topic that it keeps
   * beside its memory, where it has one.
   */
  readonly kept: readonly number[]
  /** Number of the task's last commit with a seed, 0 for none: snapshots from before it know other lanes. */
  readonly seeded: number
}

/** A chunk as it is read: its bytes are unpacked when they are asked for. */
export interface SnapshotRecord extends SnapshotPart {
  readonly chunk: () => Uint8Array
}

type Head = [
  from: number,
  commit: number,
  fromOffset: number,
  startsAt: number,
  before: number,
  last: boolean,
  at: number,
  kept: readonly number[],
  seeded: number,
]

export function encodeSnapshot(part: SnapshotPart, chunk: Uint8Array): Uint8Array {
  const { from, commit, fromOffset, startsAt, before, last, at, kept, seeded } = part
  const head: Head = [from, commit, fromOffset, startsAt, before, last, at, kept, seeded]
  return packRecord(MAGIC, head, chunk)
}

/** @throws StateError ML_LOG_CORRUPT when it is no chunk of a snapshot. */
export function decodeSnapshot(value: Uint8Array): SnapshotRecord {
  const { head, body } = unpackRecord(MAGIC, value, 'snapshot')
  const [from, commit, fromOffset, startsAt, before, last, at, kept, seeded] = head as Head
  return { from, commit, fromOffset, startsAt, before, last, at, kept, seeded, chunk: body }
}
