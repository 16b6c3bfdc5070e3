// The embedded log: topics in one folder, every commit one frame and one flush, readers see only what is durable.
// It runs in one thread and owns its folder; others reach it through its server. docs/log-format.md describes the files.
import { ConnectorError, DefinitionError, MillraceError } from '../../base/errors.ts'
import { oneRecord } from '../../base/records.ts'
import type {
  Append,
  EnsureOptions,
  Log,
  ReadFrom,
  ReadOptions,
  ReadResult,
  ReadRun,
  TopicInfo,
  TopicSpec,
  Writer,
  WriterOptions,
} from '../../contracts/log.ts'
import {
  checkedSpec,
  sameTopic,
  topicInfo,
  type Catalog,
  type Change,
  type WriterState,
} from './catalog.ts'
import { CommitLoop, flushFailed, hasCode, diskFull } from './commit-loop.ts'
import { Copier, type Cut } from './copier.ts'
import { Intake, type Job } from './intake.ts'
import type { Journal, JournalSegment } from './journal.ts'
import { sizesOf, type EmbeddedOptions, type Sizes } from './options.ts'
import { runsOf } from './reader.ts'
import { recover, type Recovered } from './recover.ts'
import { readUnstamped, runLengthAt } from './run.ts'
import { SegmentFiles } from './segment-files.ts'
import { EmbeddedWriter, fencedError, outOfOrder, type WriterCall } from './writer.ts'
import { Reads, type RawResult } from './reads.ts'

/** Answers to that many newest appends of a writer are kept for duplicates. */
const RECENT_APPENDS = 256

/** Figures since the log was opened. */
export interface LogFigures {
  readonly commits: number
  /** Bytes of frames, of segments and checkpoints: what the device was given. */
  readonly journalBytes: number
  readonly copiedBytes: number
}

export class EmbeddedLog implements Log {
  readonly #options: EmbeddedOptions
  readonly #sizes: Sizes
  readonly #catalog: Catalog
  readonly #journal: Journal
  readonly #lock: { release(): void }
  readonly #files: SegmentFiles
  readonly #intake = new Intake()
  readonly #loop: CommitLoop
  readonly #copier: Copier
  #copying: Promise<void> | undefined
  #copierFull: unknown
  readonly #creating = new Map<string, Promise<void>>()
  readonly #reads: Reads
  readonly #closing = new AbortController()
  #failure: MillraceError | undefined

  private constructor(options: EmbeddedOptions, recovered: Recovered) {
    const { disk, clock } = options
    this.#options = options
    this.#sizes = sizesOf(options)
    this.#catalog = recovered.catalog
    this.#journal = recovered.journal
    this.#lock = recovered.lock
    this.#files = new SegmentFiles(disk, this.#sizes.openFilesMax)
    this.#reads = new Reads({
      clock,
      catalog: this.#catalog,
      journal: this.#journal,
      segments: this.#files,
      check: () => this.#check(),
    })
    const { salt, epoch } = recovered
    const shared = { disk, clock, journal: this.#journal, salt, epoch }
    this.#loop = new CommitLoop(
      {
        ...shared,
        intake: this.#intake,
        sizes: this.#sizes,
        room: () => this.#room(),
        publish: (job, place) => this.#publish(job, place),
        wakeCopier: () => this.#wakeCopier(),
        copierTurn: () => this.#copierTurn(),
        fail: (error) => this.#fail(error),
      },
      recovered.last,
    )
    this.#copier = new Copier(
      {
        ...shared,
        catalog: this.#catalog,
        files: this.#files,
        segmentBytes: this.#sizes.segmentBytes,
        durable: () => this.#loop.last,
      },
      recovered.copied,
    )
    if (this.#journal.sealed !== undefined) this.#wakeCopier()
    if (this.#sizes.retentionEveryMs !== Infinity) void this.#retainNowAndThen()
  }

  /**
   * Takes the folder, recovers what it holds and makes it durable again.
   * @throws ConnectorError ML_LOCKED, ML_DISK_FULL, ML_FLUSH_FAILED; StateError ML_LOG_CORRUPT, ML_LOG_FORMAT.
   */
  static async open(options: EmbeddedOptions): Promise<EmbeddedLog> {
    return new EmbeddedLog(options, await recover(options))
  }

  get figures(): LogFigures {
    return {
      commits: this.#loop.framesWritten,
      journalBytes: this.#loop.bytesWritten,
      copiedBytes: this.#copier.bytesWritten,
    }
  }

  /** Bytes that wait for a flush. */
  get pendingBytes(): number {
    return this.#intake.bytes
  }

  async ensureTopic(spec: TopicSpec, { grow = false }: EnsureOptions = {}): Promise<void> {
    this.#check()
    const wanted = checkedSpec(spec)
    await this.#creating.get(wanted.name)
    this.#check()
    const known = this.#catalog.topics.get(wanted.name)
    if (known !== undefined && sameTopic(known, wanted, grow)) return
    const creating = this.#change({
      topic: { ...wanted, number: known?.number ?? this.#catalog.nextNumber() },
    })
    const settled = creating
      .catch(() => undefined)
      .finally(() => this.#creating.delete(wanted.name))
    this.#creating.set(wanted.name, settled)
    await creating
  }

  async topics(): Promise<readonly TopicInfo[]> {
    this.#check()
    return [...this.#catalog.topics.values()]
      .map(topicInfo)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async topic(name: string): Promise<TopicInfo | undefined> {
    this.#check()
    const topic = this.#catalog.topics.get(name)
    return topic === undefined ? undefined : topicInfo(topic)
  }

  async openWriter(id: string, { fromReserve = false }: WriterOptions = {}): Promise<Writer> {
    this.#check()
    if (id === '' || Buffer.byteLength(id) > 1024) {
      throw new DefinitionError(
        'a writer must have a name of 1 to 1024 bytes; found another length',
        { code: 'ML_USAGE' },
      )
    }
    const writer = this.#catalog.writer(id)
    const epoch = ++writer.epoch
    writer.open = true
    writer.fromReserve = fromReserve
    writer.sequence = 0
    writer.spent = undefined
    writer.recent.clear()
    for (const job of this.#intake.withdraw((waiting) => waiting.writer === writer))
      job.reject(fencedError(id, epoch))
    await this.#change({ writer: { id, epoch } })
    return new EmbeddedWriter(this, id, epoch)
  }

  /** An append of a writer with its sequence, from 1. A duplicate gets the answer of the first. */
  appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]> {
    return this.#admit(call, (writer, settle) => {
      const partitions = appends.map(({ topic, partition }) =>
        this.#catalog.partition(topic, partition),
      )
      this.#intake.add(appends, { partitions, writer, ...settle })
    })
  }

  /** As `appendFor`, with runs that were encoded elsewhere, one behind the other; of no records: no run. */
  appendEncoded(
    call: WriterCall,
    places: readonly { topic: string; partition: number; count: number }[],
    runs: Buffer,
  ): Promise<readonly number[]> {
    return this.#admit(call, (writer, settle) => {
      const partitions = places.map(({ topic, partition }) =>
        this.#catalog.partition(topic, partition),
      )
      let at = 0
      for (const [i, { count }] of places.entries()) {
        if (count === 0) continue
        const header = readUnstamped(runs, at)
        if (
          header === undefined ||
          header.count !== count ||
          header.partition !== partitions[i].index
        ) {
          throw new DefinitionError('an append must carry the runs it announces; found others', {
            code: 'ML_USAGE',
          })
        }
        at += runLengthAt(runs, at)
      }
      this.#intake.addEncoded(runs.subarray(0, at), {
        partitions,
        counts: places.map(({ count }) => count),
        writer,
        ...settle,
      })
    })
  }

  async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    const { parts, next } = await this.readBytes(from, options)
    const runs: ReadRun[] = []
    for (const { index, bytes } of parts) runs.push(...runsOf(bytes, from[index]))
    return { runs, next }
  }

  /** As `read`, without looking into the runs. */
  readBytes(from: readonly ReadFrom[], options: ReadOptions): Promise<RawResult> {
    return this.#reads.read(from, options)
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    this.#check()
    const part = this.#catalog.partition(topic, partition)
    part.start = Math.max(part.start, Math.min(before, part.end))
    if ((part.segments[0]?.end ?? Infinity) <= part.start) this.#wakeCopier()
  }

  /**
   * A consistent state in segment files: everything that was durable when it was called, and up to one commit at or after that.
   * Appends and reads go on meanwhile. Holds files back until it is released.
   */
  async cut(): Promise<Cut> {
    this.#check()
    const { commit } = await this.#loop.seal()
    while (this.#copier.copied.commit < commit) {
      this.#check()
      await this.#copierTurn()
    }
    this.#check()
    return this.#copier.cut()
  }

  /** Ends after what is under way; what comes later fails. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    await this.#loop.idle()
    this.#closing.abort()
    const failed = this.#failure !== undefined
    this.#failure ??= new ConnectorError(
      'ML_CONNECTION',
      'the log must be open; found it closed: open it again',
      { retryable: true },
    )
    this.#loop.stop(this.#failure)
    this.#reads.wake()
    await this.#copying
    if (!failed)
      await this.#copier
        .mark()
        .catch((error: unknown) =>
          hasCode(error, 'ENOSPC') ? undefined : Promise.reject(flushFailed(error)),
        )
    await this.#journal.settled()
    this.#journal.close()
    this.#files.close()
    this.#lock.release()
  }

  /** Bytes that can still be written, by the device and by the bound of the folder. */
  #room(): number {
    const { maxBytes } = this.#sizes
    const free = this.#options.disk.free()
    if (maxBytes === Infinity) return free
    return Math.min(free, maxBytes - this.#catalog.segmentBytes - this.#journal.bytes)
  }

  #admit(
    call: WriterCall,
    put: (writer: WriterState, settle: Pick<Job, 'resolve' | 'reject'>) => void,
  ): Promise<readonly number[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const writer = this.#catalog.writers.get(call.id)
    if (writer?.open !== true || writer.epoch !== call.epoch)
      return Promise.reject(fencedError(call.id, writer?.epoch ?? 0))
    const before = writer.recent.get(call.sequence)
    if (before !== undefined) return before
    if (writer.spent !== undefined) return Promise.reject(writer.spent)
    if (call.sequence !== writer.sequence + 1)
      return Promise.reject(outOfOrder(call, writer.sequence))
    writer.sequence = call.sequence
    const answer = new Promise<readonly number[]>((resolve, reject) =>
      put(writer, { resolve, reject }),
    )
    answer.catch(() => undefined)
    writer.recent.set(call.sequence, answer)
    writer.recent.delete(call.sequence - RECENT_APPENDS)
    this.#loop.kick()
    return answer
  }

  /** Writes a change of the catalog; it is applied once it is durable. */
  async #change(change: Change): Promise<void> {
    await new Promise<readonly number[]>((resolve, reject) => {
      const records = oneRecord(0, '', JSON.stringify(change))
      this.#intake.add([{ topic: '', partition: 0, records }], {
        partitions: [undefined],
        writer: undefined,
        resolve: (offsets) => {
          this.#catalog.apply(change)
          resolve(offsets)
        },
        reject,
      })
      this.#loop.kick()
    })
  }

  /** The runs of a job can be read from now on. */
  #publish(job: Job, place: { segment: JournalSegment; buffer: Buffer; frameAt: number }): void {
    let at = job.start
    for (let i = 0; i < job.partitions.length; i++) {
      if (job.counts[i] === 0) continue
      const bytes = runLengthAt(place.buffer, at)
      const partition = job.partitions[i]
      if (partition !== undefined) {
        partition.journal.push({
          base: job.offsets[i],
          segment: place.segment.id,
          position: place.frameAt + at,
          bytes,
        })
        partition.journalBytes += bytes
        partition.end = job.offsets[i] + job.counts[i]
        place.segment.touched.add(partition)
        for (const wake of partition.waiting) wake()
      }
      at += bytes
    }
  }

  #wakeCopier(): void {
    if (this.#copying !== undefined || this.#failure !== undefined) return
    this.#copierFull = undefined
    this.#copying = this.#copy().finally(() => {
      this.#copying = undefined
    })
  }

  async #copy(): Promise<void> {
    try {
      while (this.#failure === undefined && (await this.#copier.step()));
    } catch (error) {
      if (hasCode(error, 'ENOSPC')) this.#copierFull = error
      else this.#fail(error instanceof MillraceError ? error : flushFailed(error))
    }
  }

  async #copierTurn(): Promise<void> {
    if (this.#copying === undefined) this.#wakeCopier()
    await this.#copying
    if (this.#copierFull !== undefined) throw diskFull(this.#copierFull)
    if (this.#failure !== undefined) throw this.#failure
  }

  async #retainNowAndThen(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#options.clock.sleep(this.#sizes.retentionEveryMs, signal)
      if (!signal.aborted) this.#wakeCopier()
    }
  }

  #fail(error: MillraceError): void {
    this.#failure ??= error
    this.#loop.stop(this.#failure)
    for (const job of this.#intake.withdraw(() => true)) job.reject(this.#failure)
    this.#reads.wake()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
