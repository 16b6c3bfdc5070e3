// Moves what complete journal segments hold to segment files per partition, then lets the journal use them again; applies
// retention and trims on the way. Order is all: copy, flush, checkpoint, and only then forget or remove anything.
import { StateError } from '../../base/errors.ts'
import type { Clock } from '../../contracts/clock.ts'
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import type { Catalog, Partition, Segment } from './catalog.ts'
import {
  catalogContent,
  writeCheckpoint,
  type ChainMark,
  type Checkpoint,
  type Copied,
} from './checkpoint.ts'
import { FORMAT } from './frame.ts'
import type { Journal, JournalSegment } from './journal.ts'
import { corruptMessage, readRunHeader } from './run.ts'
import { segmentName, type SegmentFiles } from './segment-files.ts'

/** Bytes that are copied before the next flush: reading and writing them keeps the thread from frames, and their flush those of the journal. */
const COPY_BYTES = 512 << 10

export interface CopierOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly catalog: Catalog
  readonly journal: Journal
  readonly files: SegmentFiles
  readonly segmentBytes: number
  readonly salt: number
  readonly epoch: number
  /** The newest commit that is durable. */
  readonly durable: () => ChainMark
}

/** A consistent state of the log in its segments; docs/log-format.md says what a checkpoint holds. */
export interface Cut {
  readonly checkpoint: Checkpoint
  /** Lets the log remove files again that retention or a trim gave up. */
  readonly release: () => void
}

/** What a copy will have changed once its checkpoint is durable. */
interface Staged extends Copied {
  /** Runs that need no longer lie in the journal. */
  readonly runs: number
  readonly journalBytes: number
}

export class Copier {
  readonly #options: CopierOptions
  #copied: ChainMark
  /** Where runs lie on their way; kept, because fresh memory costs more than the copy. */
  #scratch = Buffer.allocUnsafeSlow(0)
  /** Bytes written to segments and checkpoints. */
  bytesWritten = 0
  /** Readers of segment files beside this log; while there are any, no file is removed. */
  #holds = 0
  #heldBack: string[] = []

  constructor(options: CopierOptions, copied: ChainMark) {
    this.#options = options
    this.#copied = copied
  }

  /** Everything up to here lies in segments. */
  get copied(): ChainMark {
    return this.#copied
  }

  /**
   * What the segments hold now: everything up to one commit, and nothing beyond it. The bytes that it names are never written again,
   * and their files stay until it is released.
   */
  cut(): Cut {
    let released = false
    this.#holds++
    return {
      checkpoint: this.#content(new Map(), { copied: this.#copied, durable: this.#copied }),
      release: () => {
        if (released) return
        released = true
        if (--this.#holds === 0) for (const name of this.#heldBack.splice(0)) this.#remove(name)
      },
    }
  }

  /** Copies the oldest complete segment, if there is one, and applies retention. @returns whether there was one. */
  async step(): Promise<boolean> {
    const { journal } = this.#options
    const segment = journal.sealed
    const staged = new Map<Partition, Staged>()
    if (segment !== undefined) {
      for (const partition of segment.touched)
        staged.set(partition, await this.#copy(partition, segment))
    }
    const removed = this.#retain(staged)
    if (segment === undefined && removed.length === 0) return false
    await this.#checkpoint(staged, segment?.last ?? this.#copied)
    for (const [partition, { segments, runs, journalBytes }] of staged) {
      partition.segments = segments
      partition.journal.drop(runs)
      partition.journalBytes -= journalBytes
    }
    // In one turn with the above: a cut sees all of a step, or nothing.
    if (segment !== undefined) {
      this.#copied = segment.last
      journal.recycle(segment)
    }
    for (const name of removed) {
      if (this.#holds > 0) this.#heldBack.push(name)
      else this.#remove(name)
    }
    return segment !== undefined
  }

  /** Writes what is known now, so that the next start knows what must be there. */
  async mark(): Promise<void> {
    await this.#checkpoint(new Map(), this.#copied)
  }

  #remove(name: string): void {
    this.#options.files.forget(name)
    this.#options.disk.remove(name)
  }

  async #checkpoint(staged: ReadonlyMap<Partition, Staged>, copied: ChainMark): Promise<void> {
    const { disk, durable } = this.#options
    if (staged.size > 0) await disk.flushFolder()
    const content = this.#content(staged, { copied, durable: durable() })
    this.bytesWritten += await writeCheckpoint(disk, content)
  }

  #content(
    staged: ReadonlyMap<Partition, Staged>,
    marks: Pick<Checkpoint, 'copied' | 'durable'>,
  ): Checkpoint {
    const { catalog, salt, epoch } = this.#options
    return {
      format: FORMAT,
      salt,
      epoch,
      ...marks,
      ...catalogContent(
        catalog,
        (part) => staged.get(part) ?? { segments: part.segments, end: part.journalStart },
      ),
    }
  }

  /** Copies the runs of one partition; they are the oldest it has in the journal. */
  async #copy(partition: Partition, from: JournalSegment): Promise<Staged> {
    const index = partition.journal
    const target = new SegmentWriter(partition, this.#options)
    let runs = 0
    let journalBytes = 0
    try {
      let chunk: number[] = []
      let bytes = 0
      for (; runs < index.length && index.segment(runs) === from.id; runs++) {
        journalBytes += index.bytes(runs)
        const end = runs + 1 < index.length ? index.base(runs + 1) : partition.end
        if (end <= partition.start) continue
        chunk.push(runs)
        bytes += index.bytes(runs)
        if (bytes < COPY_BYTES) continue
        await target.append(this.#gather(partition, from, { runs: chunk, bytes }))
        chunk = []
        bytes = 0
      }
      if (bytes > 0) await target.append(this.#gather(partition, from, { runs: chunk, bytes }))
    } finally {
      this.bytesWritten += target.close()
    }
    const end = runs < index.length ? index.base(runs) : partition.end
    return { segments: target.segments, end, runs, journalBytes }
  }

  /** Reads runs of a partition out of a journal segment, one behind the other. */
  #gather(
    partition: Partition,
    from: JournalSegment,
    chunk: { readonly runs: readonly number[]; readonly bytes: number },
  ): Buffer {
    const index = partition.journal
    if (this.#scratch.length < chunk.bytes) this.#scratch = Buffer.allocUnsafeSlow(chunk.bytes)
    let at = 0
    for (const run of chunk.runs)
      at += from.slot.file.read(index.position(run), this.#scratch, at, index.bytes(run))
    return this.#scratch.subarray(0, at)
  }

  /** Decides what is to go, by trims, age and size; moves starts. @returns the files to remove. */
  #retain(staged: Map<Partition, Staged>): string[] {
    const removed: string[] = []
    const now = this.#options.clock.now()
    for (const topic of this.#options.catalog.topics.values()) {
      for (const partition of topic.partitions) {
        const known: Staged = staged.get(partition) ?? {
          segments: partition.segments,
          end: partition.journalStart,
          runs: 0,
          journalBytes: 0,
        }
        const gone = outlived(partition, known.segments, now)
        if (gone === 0) continue
        const last = known.segments[gone - 1]
        for (const segment of known.segments.slice(0, gone))
          removed.push(segmentName(partition, segment))
        partition.start = Math.max(partition.start, last.end)
        staged.set(partition, { ...known, segments: known.segments.slice(gone) })
      }
    }
    return removed
  }
}

/** How many of the oldest segments nobody may ask for any more. */
function outlived(partition: Partition, segments: readonly Segment[], now: number): number {
  const { retentionMs, retentionBytes } = partition.topic.spec
  let kept = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  let gone = 0
  for (const segment of segments) {
    const old = retentionMs !== undefined && segment.newest < now - retentionMs
    const large = retentionBytes !== undefined && kept - segment.bytes >= retentionBytes
    if (segment.end > partition.start && !old && !large) break
    kept -= segment.bytes
    gone++
  }
  return gone
}

/** Appends runs to the newest segment of a partition, beginning another when it is full. */
class SegmentWriter {
  readonly #partition: Partition
  readonly #options: CopierOptions
  #file: DiskFile | undefined
  #written = 0
  segments: readonly Segment[]

  constructor(partition: Partition, options: CopierOptions) {
    this.#partition = partition
    this.#options = options
    this.segments = partition.segments
  }

  /** Writes whole runs and flushes them. */
  async append(runs: Buffer): Promise<void> {
    for (let at = 0; at < runs.length;) at = await this.#appendSome(runs, at)
  }

  /** @returns bytes written. */
  close(): number {
    this.#file?.close()
    return this.#written
  }

  /** Appends as many runs as the segment has room for, at least one. */
  async #appendSome(runs: Buffer, from: number): Promise<number> {
    const first = readRunHeader(runs, from)
    if (first === undefined) {
      throw new StateError('ML_LOG_CORRUPT', corruptMessage('the journal of the log'), {
        details: { topic: this.#partition.topic.spec.name },
      })
    }
    const segment = this.#target(first.base, first.length)
    let { end, newest } = segment
    let at = from
    for (
      let run: typeof first | undefined = first;
      run !== undefined;
      run = readRunHeader(runs, at)
    ) {
      if (at > from && segment.bytes + (at - from) + run.length > this.#options.segmentBytes) break
      if (at > from && run.base !== end) break
      at += run.length
      end = run.base + run.count
      newest = Math.max(newest, run.appendedAt)
    }
    this.#file ??= this.#options.disk.open(segmentName(this.#partition, segment), 'write')
    this.#file.write(segment.bytes, [runs.subarray(from, at)])
    await this.#file.flush()
    this.#written += at - from
    this.segments = [
      ...this.segments.slice(0, -1),
      { ...segment, end, newest, bytes: segment.bytes + (at - from) },
    ]
    return at
  }

  /** The segment to write to. A gap in the offsets (records that were trimmed before) begins another. */
  #target(base: number, length: number): Segment {
    const last = this.segments.at(-1)
    if (
      last !== undefined &&
      last.end === base &&
      last.bytes + length <= this.#options.segmentBytes
    )
      return last
    const segment: Segment = { base, end: base, bytes: 0, newest: 0 }
    this.#file?.close()
    this.#file = this.#options.disk.open(segmentName(this.#partition, segment), 'create')
    this.segments = [...this.segments, segment]
    return segment
  }
}
