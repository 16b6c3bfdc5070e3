// Appends that wait for the next frame, encoded where they will be written from. What arrives while a flush is under way
// shares the next one. Bounded by its users: `bytes` tells how much waits.
import type { Append } from '../../contracts/log.ts'
import type { Partition, WriterState } from './catalog.ts'
import { FRAME_HEADER } from './frame.ts'
import { encodeRun, runShape, type RunShape } from './run.ts'

/** A frame grows until it has that many bytes; what comes then goes into the one after it. */
const FRAME_BYTES = 4 << 20
const KEPT_BUFFERS = 3
const KEPT_BUFFER_BYTES = 16 << 20

/** One append, or one change of the catalog. */
export interface Job {
  /** Where its runs lie in the batch's buffer. */
  start: number
  end: number
  /** Per append asked for: its partition (undefined for a change of the catalog), and its records (0: no run). */
  readonly partitions: readonly (Partition | undefined)[]
  readonly counts: readonly number[]
  readonly writer: WriterState | undefined
  readonly resolve: (offsets: readonly number[]) => void
  readonly reject: (error: Error) => void
  /** Offsets of its first records, set when its frame is cut. */
  offsets: number[]
}

/** What becomes one frame. */
export class Batch {
  buffer: Buffer
  used: number = FRAME_HEADER
  jobs: Job[] = []

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  /** Room for `bytes` more; returns where they go. */
  take(bytes: number): number {
    const at = this.used
    if (at + bytes > this.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, at + bytes))
      this.buffer.copy(grown, 0, 0, at)
      this.buffer = grown
    }
    this.used += bytes
    return at
  }
}

export class Intake {
  readonly #waiting: Batch[] = []
  readonly #buffers: Buffer[] = []
  /** Bytes that wait. */
  bytes = 0

  get empty(): boolean {
    return this.#waiting.length === 0
  }

  /** Bytes of the oldest batch, as a frame. */
  get firstBytes(): number {
    return this.#waiting[0]?.used ?? 0
  }

  /** Encodes an append; the caller may reuse its records at once. */
  add(appends: readonly Append[], job: Omit<Job, 'start' | 'end' | 'offsets' | 'counts'>): void {
    const shapes: (RunShape | undefined)[] = appends.map(({ records }) =>
      records.count === 0 ? undefined : runShape(records),
    )
    const length = shapes.reduce((sum, shape) => sum + (shape?.length ?? 0), 0)
    const batch = this.#batch()
    const start = batch.take(length)
    let at = start
    for (let i = 0; i < appends.length; i++) {
      const shape = shapes[i]
      if (shape === undefined) continue
      const part = job.partitions[i]
      encodeRun(batch.buffer, at, {
        place: { topic: part?.topic.number ?? 0, partition: part?.index ?? 0 },
        records: appends[i].records,
        shape,
      })
      at += shape.length
    }
    this.#push(batch, {
      ...job,
      counts: appends.map(({ records }) => records.count),
      start,
      end: at,
      offsets: [],
    })
  }

  /** Takes runs that were encoded elsewhere. */
  addEncoded(runs: Uint8Array, job: Omit<Job, 'start' | 'end' | 'offsets'>): void {
    const batch = this.#batch()
    const start = batch.take(runs.length)
    batch.buffer.set(runs, start)
    this.#push(batch, { ...job, start, end: start + runs.length, offsets: [] })
  }

  /** The oldest batch, out of the queue. */
  next(): Batch | undefined {
    const batch = this.#waiting.shift()
    if (batch !== undefined) this.bytes -= batch.used
    return batch
  }

  /** Gives the buffer of a batch back. */
  done(batch: Batch): void {
    if (this.#buffers.length < KEPT_BUFFERS && batch.buffer.length <= KEPT_BUFFER_BYTES)
      this.#buffers.push(batch.buffer)
  }

  /** Takes out what waits and fits the test, and closes the gaps. */
  withdraw(test: (job: Job) => boolean): Job[] {
    const out: Job[] = []
    for (const batch of this.#waiting) {
      if (!batch.jobs.some(test)) continue
      const kept: Job[] = []
      let at = FRAME_HEADER
      for (const job of batch.jobs) {
        if (test(job)) {
          out.push(job)
          continue
        }
        batch.buffer.copyWithin(at, job.start, job.end)
        job.end = at + (job.end - job.start)
        job.start = at
        at = job.end
        kept.push(job)
      }
      this.bytes -= batch.used - at
      batch.used = at
      batch.jobs = kept
    }
    this.#dropEmpty()
    return out
  }

  /** A batch of nothing must not wait: whoever writes would be called for it again and again. */
  #dropEmpty(): void {
    for (const batch of this.#waiting.filter(({ jobs }) => jobs.length === 0)) {
      this.#waiting.splice(this.#waiting.indexOf(batch), 1)
      this.bytes -= batch.used
      this.done(batch)
    }
  }

  #batch(): Batch {
    const last = this.#waiting.at(-1)
    if (last !== undefined && last.used < FRAME_BYTES) return last
    const batch = new Batch(this.#buffers.pop() ?? Buffer.allocUnsafeSlow(65_536))
    this.#waiting.push(batch)
    this.bytes += batch.used
    return batch
  }

  #push(batch: Batch, job: Job): void {
    batch.jobs.push(job)
    this.bytes += job.end - job.start
  }
}
