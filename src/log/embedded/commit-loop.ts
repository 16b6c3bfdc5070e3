// The one writer of the journal: takes what waits, writes it as one frame, flushes, and only then tells anyone.
// A failed flush ends it for good; a full device stops the intake until there is room.
import { assert } from '../../base/assert.ts'
import { ConnectorError, MillraceError } from '../../base/errors.ts'
import type { Clock } from '../../contracts/clock.ts'
import type { Disk } from '../../contracts/disk.ts'
import type { ChainMark } from './checkpoint.ts'
import { sealFrame } from './frame.ts'
import type { Batch, Intake, Job } from './intake.ts'
import type { Journal, JournalSegment } from './journal.ts'
import type { Sizes } from './options.ts'
import { runLengthAt, stampRun } from './run.ts'

/** How many bytes may be written before the room on the device is looked at again. */
const ROOM_EVERY_BYTES = 1 << 20
/** Of the reserve, what is left for copies alone: they free the journal. */
const COPIES_SHARE = 0.25
/** How much of a journal file is used when the next one is made. */
const AHEAD = 0.5

export interface CommitLoopOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly journal: Journal
  readonly intake: Intake
  readonly sizes: Sizes
  /** Bytes that can still be written. */
  readonly room: () => number
  readonly salt: number
  readonly epoch: number
  /** Called for every job of a frame once it is durable, in order. */
  readonly publish: (
    job: Job,
    place: { readonly segment: JournalSegment; readonly buffer: Buffer; readonly frameAt: number },
  ) => void
  /** Starts the copier, when it is not at work. */
  readonly wakeCopier: () => void
  /** Resolves when the copier has freed a file, or cannot. */
  readonly copierTurn: () => Promise<void>
  readonly fail: (error: MillraceError) => void
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

export function diskFull(cause?: unknown): ConnectorError {
  return new ConnectorError(
    'ML_DISK_FULL',
    'the log needs room, on its device and within --max-disk; found less than its reserve: free some, keep topics shorter or allow more, then open the writer again (what was acknowledged is safe)',
    { retryable: true, ...(cause === undefined ? {} : { cause }) },
  )
}

export function flushFailed(cause: unknown): ConnectorError {
  return new ConnectorError(
    'ML_FLUSH_FAILED',
    'a flush of the log must succeed; found that it failed: what it covered is not trusted, open the log again',
    { cause },
  )
}

export class CommitLoop {
  readonly #options: CommitLoopOptions
  #running: Promise<void> | undefined
  /** Why nothing is written any more. */
  #stopped: MillraceError | undefined
  #sinceRoom = ROOM_EVERY_BYTES
  /** The segment during which it was last seen whether there is another file. */
  #lookedAhead = 0
  /** Who waits for the active journal segment to end. */
  #sealing: (() => void)[] = []
  /** The newest durable commit. */
  last: ChainMark
  framesWritten = 0
  bytesWritten = 0

  constructor(options: CommitLoopOptions, last: ChainMark) {
    this.#options = options
    this.last = last
  }

  /** Sees to it that what waits is written. What the caller adds in the same turn goes into the same frame. */
  kick(): void {
    if (this.#running !== undefined || this.#stopped !== undefined) return
    this.#running = Promise.resolve()
      .then(() => this.#run())
      .finally(() => {
        this.#running = undefined
        this.#sealNow()
        if (!this.#options.intake.empty) this.kick()
      })
  }

  /** Ends the active journal segment between two frames, so that all of it can be copied. @returns the newest commit in it. */
  async seal(): Promise<ChainMark> {
    await new Promise<void>((resolve) => {
      this.#sealing.push(resolve)
      if (this.#running === undefined) this.#sealNow()
    })
    return this.last
  }

  /** Resolves when nothing waits or is being written. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  /** Nothing is written any more; a frame that is under way is answered with the error. */
  stop(error: MillraceError): void {
    this.#stopped ??= error
  }

  async #run(): Promise<void> {
    const { intake } = this.#options
    while (!intake.empty && this.#stopped === undefined) {
      this.#sealNow()
      try {
        await this.#ensurePlace()
      } catch (error) {
        if (isFull(error)) this.#refuse(error)
        else this.#fail(error)
        return
      }
      if (this.#stopped !== undefined) return
      const batch = intake.next()
      if (batch === undefined) return
      if (batch.jobs.length > 0) await this.#commit(batch)
      intake.done(batch)
    }
  }

  /** Only where no frame is being written. */
  #sealNow(): void {
    if (this.#sealing.length === 0) return
    this.#options.journal.seal()
    for (const sealed of this.#sealing.splice(0)) sealed()
  }

  /** Looks for room on the device and in the journal. @throws when there is none. */
  async #ensurePlace(): Promise<void> {
    const { journal, intake, wakeCopier, copierTurn } = this.#options
    if (this.#sinceRoom >= ROOM_EVERY_BYTES) this.#lookForRoom()
    while (!journal.fits(intake.firstBytes)) {
      journal.seal()
      wakeCopier()
      while (!journal.canBegin()) await copierTurn()
      if (this.#stopped !== undefined) return
      await journal.begin(this.last)
    }
  }

  /** @throws where even those must stop who make room. */
  #lookForRoom(): void {
    const { room, sizes, intake, wakeCopier } = this.#options
    const { reserveBytes } = sizes
    const left = room()
    if (left < reserveBytes * COPIES_SHARE) {
      // Retention may have something to let go of.
      wakeCopier()
      throw diskFull()
    }
    if (left >= reserveBytes) {
      this.#sinceRoom = 0
      return
    }
    wakeCopier()
    const error = diskFull()
    for (const job of intake.withdraw(({ writer }) => writer?.fromReserve === false))
      refuse(job, error)
  }

  async #commit(batch: Batch): Promise<void> {
    const { journal } = this.#options
    const segment = journal.active
    assert(segment !== undefined, 'a frame has a journal segment to go to')
    const frameAt = segment.end
    const crc = this.#cut(batch, segment)
    try {
      segment.slot.file.write(frameAt, [batch.buffer.subarray(0, batch.used)])
    } catch (error) {
      if (hasCode(error, 'ENOSPC')) this.#refuse(error, batch.jobs)
      else this.#fail(error, batch.jobs)
      return
    }
    try {
      await segment.slot.file.flush()
    } catch (error) {
      this.#fail(error, batch.jobs)
      return
    }
    if (this.#stopped !== undefined) {
      for (const job of batch.jobs) job.reject(this.#stopped)
      return
    }
    this.last = { commit: this.last.commit + 1, crc }
    segment.last = this.last
    segment.end = frameAt + batch.used
    segment.slot.size = Math.max(segment.slot.size, segment.end)
    this.framesWritten++
    this.bytesWritten += batch.used
    this.#sinceRoom += batch.used
    for (const job of batch.jobs)
      this.#options.publish(job, { segment, buffer: batch.buffer, frameAt })
    for (const job of batch.jobs) job.resolve(job.offsets)
    this.#lookAhead(segment)
  }

  /** Has the next file of the journal made in time, once a segment: where there is room to spare for it. */
  #lookAhead(segment: JournalSegment): void {
    const { journal, room, sizes } = this.#options
    const { journalBytes, reserveBytes } = sizes
    if (segment.id === this.#lookedAhead || segment.end < journalBytes * AHEAD) return
    this.#lookedAhead = segment.id
    if (journal.lacksNext && room() >= reserveBytes + journalBytes) journal.makeAhead()
  }

  /** Gives every run its offset and seals the frame. @returns its CRC. */
  #cut(batch: Batch, segment: JournalSegment): number {
    const { clock, salt, epoch } = this.#options
    const writtenAt = clock.now()
    let runs = 0
    for (const job of batch.jobs) {
      let at = job.start
      for (let i = 0; i < job.partitions.length; i++) {
        const partition = job.partitions[i]
        const count = job.counts[i]
        const base = partition?.next ?? 0
        job.offsets.push(base)
        if (count === 0) continue
        stampRun(batch.buffer, at, {
          topic: partition?.topic.number ?? 0,
          base,
          appendedAt: writtenAt,
        })
        at += runLengthAt(batch.buffer, at)
        if (partition !== undefined) partition.next = base + count
        runs++
      }
    }
    return sealFrame(batch.buffer, 0, {
      segment: segment.id,
      commit: this.last.commit + 1,
      length: batch.used,
      epoch,
      runs,
      previous: this.last.crc,
      salt,
      writtenAt,
    })
  }

  /** Refuses everything that waits: with a later append taken and an earlier one not, a writer's order would be broken. */
  #refuse(cause: unknown, cut: readonly Job[] = []): void {
    const error = cause instanceof ConnectorError ? cause : diskFull(cause)
    this.#sinceRoom = ROOM_EVERY_BYTES
    const refused = [...cut, ...this.#options.intake.withdraw(() => true)]
    for (const { partitions } of cut)
      for (const partition of partitions)
        if (partition !== undefined) partition.next = partition.end
    for (const job of refused) refuse(job, error)
  }

  #fail(cause: unknown, cut: readonly Job[] = []): void {
    const error = cause instanceof MillraceError ? cause : flushFailed(cause)
    this.#stopped = error
    this.#options.fail(error)
    for (const job of cut) job.reject(error)
  }
}

/** With a later append of the writer taken, its order would be broken. */
function refuse(job: Job, error: ConnectorError): void {
  if (job.writer !== undefined) job.writer.spent = error
  job.reject(error)
}

function isFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC') || hasCode(error, 'ML_DISK_FULL')
}
