// What one commit says: how far each lane was read, and which bytes of state changed. The value of a record of the commit topic.
//
//   0  u32 magic   4  u32 bytes of the head   8  head (UTF-8 JSON)   then the delta
import { StateError } from '../base/errors.ts'
import type { LanePosition } from './exchange/lane.ts'

const MAGIC = 0x3143524d // 'MRC1'

export interface CommitRecord {
  /** 1 for a task's first commit, then one more each. */
  readonly number: number
  /** Digest of the plan that made it. */
  readonly plan: string
  /** Per lane, in the order of the task's lanes: what is taken, and the progress that was assumed. */
  readonly lanes: readonly LanePosition[]
  /** Progress the task forwarded with this commit. */
  readonly progress: number
  readonly delta: Uint8Array
}

type Head = [
  number: number,
  plan: string,
  progress: number | null,
  lanes: [number, number, number | null, 0 | 1][],
]

// JSON has no infinities: null is "end", and a lane or task that has not begun stands at -Infinity.
const NEVER = -8.64e15

function toJson(time: number): number | null {
  return time === Infinity ? null : time === -Infinity ? NEVER : time
}

function fromJson(time: number | null): number {
  return time === null ? Infinity : time === NEVER ? -Infinity : time
}

export function encodeCommit(record: CommitRecord): Uint8Array {
  const head: Head = [
    record.number,
    record.plan,
    toJson(record.progress),
    record.lanes.map(({ offset, row, bound, idle }) => [offset, row, toJson(bound), idle ? 1 : 0]),
  ]
  const text = JSON.stringify(head)
  const bytes = Buffer.allocUnsafe(8 + text.length + record.delta.length)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt32LE(text.length, 4)
  bytes.write(text, 8, 'latin1')
  bytes.set(record.delta, 8 + text.length)
  return bytes
}

/** @throws StateError ML_LOG_CORRUPT when it is no commit record. */
export function decodeCommit(value: Uint8Array): CommitRecord {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== MAGIC) {
    throw new StateError(
      'ML_LOG_CORRUPT',
      'a record of a commit topic is no commit of this version of Millrace',
    )
  }
  const end = 8 + bytes.readUInt32LE(4)
  const [number, plan, progress, lanes] = JSON.parse(bytes.toString('latin1', 8, end)) as Head
  return {
    number,
    plan,
    progress: fromJson(progress),
    lanes: lanes.map(([offset, row, bound, idle]) => ({
      offset,
      row,
      bound: fromJson(bound),
      idle: idle === 1,
    })),
    delta: value.subarray(end),
  }
}
