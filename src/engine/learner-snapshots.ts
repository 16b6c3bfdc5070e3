// Snapshots of a learner in the log: records of chunks, in the order of their numbers. They never change, and are trimmed with the
// snapshots of the task that learns.
import { createHash } from 'node:crypto'
import { StateError } from '../base/errors.ts'
import { RecordsBuilder, type Records } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'
import { laneFromJson, laneToJson, type LaneJson } from './commit-record.ts'
import type { LanePosition } from './exchange/lane.ts'
import { firstRecord } from './first-record.ts'
import { packRecord, unpackRecord } from './packed-record.ts'
import { readPartition } from './read-partition.ts'

const MAGIC = 0x314c524d // 'MRL1'
const CHUNK_BYTES = 256 << 10

/** Where a learner stands in its examples. */
export interface LearnerPlace {
  /** Of its lanes, before the batch in which the snapshot was taken. */
  readonly lanes: readonly LanePosition[]
  /** Rows of that batch that it holds. */
  readonly rows: number
  /** Examples that it has learnt. */
  readonly examples: number
}

export interface LearnerSnapshot {
  /** 1 for the first, then one more each. */
  readonly number: number
  /** SHA-256, hex, of the bytes. */
  readonly digest: string
  readonly place: LearnerPlace
  readonly bytes: Uint8Array
}

type Head = [
  number: number,
  chunk: number,
  chunks: number,
  digest: string,
  lanes: readonly LaneJson[],
  rows: number,
  examples: number,
]

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function snapshotRecords({ number, digest, place, bytes }: LearnerSnapshot): Records {
  const { lanes, rows, examples } = place
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES))
  const builder = new RecordsBuilder()
  for (let chunk = 0; chunk < chunks; chunk++) {
    const head: Head = [number, chunk, chunks, digest, lanes.map(laneToJson), rows, examples]
    const body = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES)
    builder.add(0, '', packRecord(MAGIC, head, body))
  }
  return builder.records()
}

/** Reads the snapshots of one learner. */
export class LearnerSnapshots {
  readonly #log: Log
  readonly #topic: string

  constructor(log: Log, topic: string) {
    this.#log = log
    this.#topic = topic
  }

  /** The number of the newest; undefined where there is none. */
  async newest(): Promise<number | undefined> {
    const part = (await this.#log.topic(this.#topic))?.parts[0]
    if (part === undefined) return undefined
    let number: number | undefined
    // From ever farther back: what ends a transaction takes offsets, too.
    for (let back = 1; number === undefined; back *= 4) {
      const from = Math.max(part.start, part.end - back)
      await readPartition(this.#log, { topic: this.#topic, partition: 0, from }, (_, value) => {
        number = headOf(value).number
      })
      if (from === part.start) break
    }
    return number
  }

  /** Where the first record of a snapshot lies; undefined where it is no longer there. */
  async offset(number: number): Promise<number | undefined> {
    const place = { topic: this.#topic, partition: 0 }
    return firstRecord(this.#log, place, (value) => headOf(value).number >= number)
  }

  /** @throws StateError ML_STATE when it is no longer there, or is not what it should be. */
  async read(number: number): Promise<LearnerSnapshot> {
    const from = await this.offset(number)
    const parts: Uint8Array[] = []
    let first: ReturnType<typeof headOf> | undefined
    if (from !== undefined)
      await readPartition(this.#log, { topic: this.#topic, partition: 0, from }, (_, value) => {
        const head = headOf(value)
        if (head.number !== number) return false
        first ??= head
        parts.push(head.body())
        return parts.length < head.chunks
      })
    const bytes = Buffer.concat(parts)
    if (first === undefined || digestOf(bytes) !== first.digest)
      throw new StateError(
        'ML_STATE',
        `snapshot ${number} of a learner must be in '${this.#topic}' as it was written; found ${first === undefined ? 'none' : 'other bytes'}; a task that is further behind than replay lasts can be restored from a backup only`,
        { details: { topic: this.#topic, snapshot: number } },
      )
    const { digest, place } = first
    // Its numbers are read in place, so that they must lie as typed arrays want them.
    return { number, digest, place, bytes: new Uint8Array(bytes) }
  }
}

function headOf(value: Uint8Array): {
  number: number
  chunks: number
  digest: string
  place: LearnerPlace
  body: () => Uint8Array
} {
  const { head, body } = unpackRecord(MAGIC, value, 'learner snapshot')
  const [number, , chunks, digest, lanes, rows, examples] = head as Head
  return { number, chunks, digest, place: { lanes: lanes.map(laneFromJson), rows, examples }, body }
}
