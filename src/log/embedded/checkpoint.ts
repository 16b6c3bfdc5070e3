// The checkpoint says what of the journal has been copied and what the segments hold. It is replaced whole, by a rename.
// What it does not name does not exist: files of an interrupted copy are removed when the log is opened.
import { crc32 } from 'node:zlib'
import { StateError } from '../../base/errors.ts'
import type { Disk } from '../../contracts/disk.ts'
import type { TopicSpec } from '../../contracts/log.ts'
import type { Catalog, Partition, Segment } from './catalog.ts'
import { FORMAT } from './frame.ts'
import { corruptMessage } from './run.ts'

export const CHECKPOINT_FILE = 'checkpoint'
const NEW_FILE = 'checkpoint.new'

/** A place in the chain of frames: a commit and its CRC; commit 0 is before the first. */
export interface ChainMark {
  readonly commit: number
  readonly crc: number
}

export interface Checkpoint {
  readonly format: number
  /** Tells this folder's frames from bytes that only look like frames. */
  readonly salt: number
  /** How often the log had been opened. */
  readonly epoch: number
  /** Everything up to here lies in segments. */
  readonly copied: ChainMark
  /** Everything up to here is known to be durable. */
  readonly durable: ChainMark
  readonly topics: readonly (TopicSpec & {
    readonly number: number
    /** Per partition: start, end of what was copied, then base, end, bytes and newest of each segment. */
    readonly parts: readonly (readonly number[])[]
  })[]
  readonly writers: Readonly<Record<string, number>>
}

/** What of a partition is no longer needed in the journal. */
export interface Copied {
  readonly segments: readonly Segment[]
  readonly end: number
}

/** The topics and writers as a checkpoint has them. */
export function catalogContent(
  catalog: Catalog,
  copied: (partition: Partition) => Copied,
): Pick<Checkpoint, 'topics' | 'writers'> {
  return {
    topics: [...catalog.topics.values()].map((topic) => ({
      ...topic.spec,
      number: topic.number,
      parts: topic.partitions.map((part) => {
        const { segments, end } = copied(part)
        return [
          part.start,
          end,
          ...segments.flatMap((segment) => [
            segment.base,
            segment.end,
            segment.bytes,
            segment.newest,
          ]),
        ]
      }),
    })),
    writers: Object.fromEntries(
      [...catalog.writers.values()].map((writer) => [writer.id, writer.epoch]),
    ),
  }
}

/** Fills an empty catalog. Offsets end where the segments end; the journal goes on from there. */
export function restoreCatalog(checkpoint: Checkpoint, catalog: Catalog): void {
  for (const { parts, ...topic } of checkpoint.topics) {
    catalog.apply({ topic })
    const { partitions } = catalog.topics.get(topic.name) ?? { partitions: [] }
    for (const part of partitions) {
      const [start, end, ...numbers] = parts[part.index]
      const segments: Segment[] = []
      for (let i = 0; i < numbers.length; i += 4) {
        segments.push({
          base: numbers[i],
          end: numbers[i + 1],
          bytes: numbers[i + 2],
          newest: numbers[i + 3],
        })
      }
      part.start = start
      part.segments = segments
      part.end = part.next = end
    }
  }
  for (const [id, epoch] of Object.entries(checkpoint.writers))
    catalog.apply({ writer: { id, epoch } })
}

/** One line of JSON, then its CRC. */
export function checkpointBytes(checkpoint: Checkpoint): Buffer {
  const text = JSON.stringify(checkpoint)
  return Buffer.from(`${text}\n${crc32(text).toString(16).padStart(8, '0')}\n`)
}

/** Replaces the checkpoint; when it returns, the new one is durable. @returns bytes written. */
export async function writeCheckpoint(disk: Disk, checkpoint: Checkpoint): Promise<number> {
  const bytes = checkpointBytes(checkpoint)
  const file = disk.open(NEW_FILE, 'create')
  try {
    file.write(0, [bytes])
    await file.flush()
  } finally {
    file.close()
  }
  disk.rename(NEW_FILE, CHECKPOINT_FILE)
  await disk.flushFolder()
  return bytes.length
}

/** The checkpoint of the folder; undefined where there is none. @throws StateError ML_LOG_CORRUPT, ML_LOG_FORMAT. */
export function readCheckpoint(disk: Disk): Checkpoint | undefined {
  if (!disk.list().includes(CHECKPOINT_FILE)) return undefined
  const file = disk.open(CHECKPOINT_FILE, 'read')
  const bytes = Buffer.allocUnsafeSlow(file.size())
  file.read(0, bytes, 0, bytes.length)
  file.close()
  const [text, sum] = bytes.toString('utf8').split('\n')
  if (sum === undefined || sum.length !== 8 || Number.parseInt(sum, 16) !== crc32(text)) {
    throw new StateError('ML_LOG_CORRUPT', corruptMessage('the checkpoint of the log'), {
      details: { file: CHECKPOINT_FILE },
    })
  }
  const checkpoint: Checkpoint = JSON.parse(text)
  if (checkpoint.format !== FORMAT) {
    throw new StateError(
      'ML_LOG_FORMAT',
      `the log must have format ${FORMAT}; found ${checkpoint.format}: open it with the version of Millrace that wrote it`,
      { details: { expected: FORMAT, found: checkpoint.format } },
    )
  }
  return checkpoint
}
