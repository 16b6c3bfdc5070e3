// Copies an edge source into a topic. What was read, and how far, are in one append: a copy that is stopped or killed and
// started again goes on behind the last one that is durable, and the topic is the same, record by record, as without.
import { DefinitionError } from '../../base/errors.ts'
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import { oneRecord, RecordsBuilder, valueBytes } from '../../base/records.ts'
import type { Append, Log, Writer } from '../../contracts/log.ts'
import { progressHeader } from '../../contracts/progress.ts'
import type { Source, SourceBatch } from '../../contracts/source.ts'
import {
  ensurePositions,
  positionsIn,
  positionsTopic,
  type CopiedBy,
  type CopyPosition,
} from './copy-position.ts'
import type { EventPlaces, Place } from './event-places.ts'

const UNDER_WAY_MAX = 4
/** How many positions are kept of a source that is the only one of its topic, at most about. */
const POSITIONS_MAX = 64

export interface CopyOptions {
  readonly topic: string
  /** For a topic that does not exist yet; undefined: 1. */
  readonly partitions: number | undefined
  /** Undefined: every source has partitions of its own. */
  readonly places: EventPlaces | undefined
  /** What was asked for, by option: a source that is there already must have been copied so. Undefined: by a pipeline. */
  readonly by?: CopiedBy
  /** Whether nothing will ever come after the last source. */
  readonly end: boolean
  readonly signal: AbortSignal
  readonly onProgress?: (progress: CopyProgress) => void
}

export interface CopyProgress {
  readonly source: string
  readonly done: number
  readonly size: number
  /** Records of this source that are in the topic or on their way. */
  readonly records: number
}

export interface CopyReport {
  readonly source: string
  /** Records of this source in the topic, and those of them that were there before. */
  readonly records: number
  readonly before: number
  /** Passed on though they are not what the format promises. */
  readonly odd: number
  readonly firstOdd: string | undefined
  readonly finished: boolean
}

export function checkOwnTopic(topic: string): void {
  if (!topic.startsWith('_')) return
  throw new DefinitionError(
    `a topic to write to must be your own; found '${topic}': names that begin with '_' are those of Millrace itself`,
    { code: 'ML_USAGE' },
  )
}

/**
 * Copies sources, one after the other, into one topic. Those that are in it to their end are left out.
 * @throws ConnectorError ML_SOURCE when one cannot be read or changed; what was taken from it stays.
 */
export async function copySources(
  log: Log,
  sources: readonly Source[],
  options: CopyOptions,
): Promise<CopyReport[]> {
  const { topic, partitions } = options
  checkOwnTopic(topic)
  const known = await log.topic(topic)
  if (known === undefined || (partitions !== undefined && partitions !== known.partitions))
    await log.ensureTopic({ name: topic, partitions: partitions ?? 1 })
  await ensurePositions(log, topic)
  // Whoever copied before can write no more: what is read now is how far it came.
  const writer = await log.openWriter(`copy/${topic}`)
  const copy = new Copy(log, writer, {
    options,
    partitions: (await log.topic(topic))?.partitions ?? 1,
    positions: await positionsIn(log, topic),
  })
  try {
    return await copy.all(sources)
  } finally {
    await writer.close()
  }
}

class Copy {
  readonly #log: Log
  readonly #writer: Writer
  readonly #options: CopyOptions
  readonly #builders: readonly RecordsBuilder[]
  readonly #positions: ReadonlyMap<string, CopyPosition>
  readonly #underWay = new Set<Promise<unknown>>()
  #failure: unknown
  #failed = false
  #first = true
  #isOnly = false
  #positionsKept = 0
  #turn = 0
  #time = 0
  #key = Buffer.allocUnsafeSlow(256)

  constructor(
    log: Log,
    writer: Writer,
    of: {
      readonly options: CopyOptions
      readonly partitions: number
      readonly positions: ReadonlyMap<string, CopyPosition>
    },
  ) {
    this.#log = log
    this.#writer = writer
    this.#options = of.options
    this.#positions = of.positions
    this.#builders = Array.from({ length: of.partitions }, () => new RecordsBuilder())
  }

  async all(sources: readonly Source[]): Promise<CopyReport[]> {
    const reports: CopyReport[] = []
    const { by } = this.#options
    for (const { name } of sources) {
      const before = this.#positions.get(name)?.by
      if (before !== undefined && by !== undefined) checkSame(name, before, by)
    }
    this.#isOnly =
      sources.length === 1 && [...this.#positions.keys()].every((each) => each === sources[0].name)
    this.#first = sources.every(({ name }) => (this.#positions.get(name)?.records ?? 0) === 0)
    try {
      for (const [i, source] of sources.entries()) {
        const end = this.#options.end && i === sources.length - 1
        reports.push(await this.#source(source, end))
        if (this.#options.signal.aborted) break
      }
    } finally {
      await this.#settled()
    }
    return reports
  }

  async #source(source: Source, end: boolean): Promise<CopyReport> {
    const { name } = source
    const found = this.#positions.get(name)
    let so: CopyPosition = { ...(found ?? FRESH), by: found?.by ?? this.#options.by }
    const before = so.records
    this.#time = so.time
    if (so.finished && so.at !== undefined) {
      // What was read to its end must still be what it was: else it has news that nobody would take.
      await (await source.open(so.at)).close()
    } else so = await this.#read(source, so)
    const over = so.finished || !this.#options.signal.aborted
    if (over && (!so.finished || (end && !so.ended))) {
      so = { ...so, finished: true, ended: so.ended || end }
      await this.#append(name, { position: so, end })
    }
    await this.#settled()
    if (so.finished)
      this.#options.onProgress?.({ source: name, done: 1, size: 1, records: so.records })
    return {
      source: name,
      records: so.records,
      before,
      odd: so.odd,
      firstOdd: so.firstOdd,
      finished: so.finished,
    }
  }

  async #read(source: Source, from: CopyPosition): Promise<CopyPosition> {
    const { signal, onProgress } = this.#options
    let so = from
    const open = await source.open(so.at)
    // One that has no end waits for more until it is closed.
    const close = (): void => void open.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      for await (const batch of open.batches()) {
        if (signal.aborted) break
        if (batch.partition === undefined) this.#place(source.name, batch, so.records)
        else this.#take(batch.records)
        so = behind(so, batch, this.#time)
        await this.#append(source.name, { position: so, batch })
        const { name } = source
        onProgress?.({ source: name, done: batch.done, size: open.size, records: so.records })
      }
    } finally {
      signal.removeEventListener('abort', close)
      await open.close()
    }
    return so
  }

  /** Puts each record into its partition. */
  #place(source: string, { records }: SourceBatch, before: number): void {
    // Where records without a key go depends on their number alone, so that it is the same after a kill.
    this.#turn = before
    for (let row = 0; row < records.count; row++) {
      const value = valueBytes(records, row)
      const at = `record ${before + row + 1} of ${source}`
      const { time, key = '' } = this.#options.places?.of(value, at, this.#first) ?? NOWHERE
      this.#first = false
      if (time > this.#time) this.#time = time
      this.#builders[this.#partition(key)].add(time, key, value)
    }
  }

  /** Records that have their places. */
  #take({ count, times }: SourceBatch['records']): void {
    for (let row = 0; row < count; row++) if (times[row] > this.#time) this.#time = times[row]
  }

  #partition(key: string): number {
    const count = this.#builders.length
    if (key === '') return this.#turn++ % count
    if (this.#key.length < key.length * 3) this.#key = Buffer.allocUnsafeSlow(key.length * 6)
    return partitionOf(murmur2(this.#key, 0, this.#key.write(key)), count)
  }

  /** @param of the records of `batch`, where they have a partition, go with what was placed. */
  async #append(
    source: string,
    of: { readonly position: CopyPosition; readonly batch?: SourceBatch; readonly end?: boolean },
  ): Promise<void> {
    const { topic } = this.#options
    const { position, batch, end } = of
    const header = progressHeader(Infinity)
    if (end === true) for (const builder of this.#builders) builder.add(this.#time, '', '', header)
    const appends: Append[] = this.#builders.flatMap((builder, partition) =>
      builder.count === 0 ? [] : [{ topic, partition, records: builder.records() }],
    )
    if (batch?.partition !== undefined && batch.records.count > 0)
      appends.push({ topic, partition: batch.partition, records: batch.records })
    const record = oneRecord(Date.now(), source, JSON.stringify(position))
    appends.push({ topic: positionsTopic(topic), partition: 0, records: record })
    const appended: Promise<unknown> = this.#writer.append(appends).then(
      (offsets) => {
        this.#forget(offsets[offsets.length - 1])
        return this.#underWay.delete(appended)
      },
      (error: unknown) => {
        this.#underWay.delete(appended)
        this.#failure ??= error
        this.#failed = true
      },
    )
    this.#underWay.add(appended)
    for (const builder of this.#builders) builder.reset()
    while (this.#underWay.size >= UNDER_WAY_MAX) await Promise.race(this.#underWay)
    if (this.#failed) throw this.#failure
  }

  /** Positions before the newest count for nothing where there is one source. */
  #forget(newest: number): void {
    if (!this.#isOnly || ++this.#positionsKept < POSITIONS_MAX) return
    this.#positionsKept = 0
    // What is not let go of now is let go of with what comes.
    this.#log.trim(positionsTopic(this.#options.topic), 0, newest).catch(() => undefined)
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#underWay)
    if (this.#failed) throw this.#failure
  }
}

/** @throws DefinitionError ML_USAGE: what is there does not change, and half a file one way and half another is no copy of it. */
function checkSame(source: string, was: CopiedBy, is: CopiedBy): void {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const others = names.filter((name) => was[name] !== is[name])
  if (others.length === 0) return
  const said = (by: CopiedBy): string =>
    others.map((name) => (by[name] === undefined ? `no ${name}` : `${name} ${by[name]}`)).join(' ')
  throw new DefinitionError(
    `a file that is in a topic keeps the key, time and types it was imported with; found ${source}, imported with ${said(was)}, and now ${said(is)}; give the same options, or import it into another topic`,
    { code: 'ML_USAGE', details: { source } },
  )
}

/** The position behind a batch. */
function behind(before: CopyPosition, batch: SourceBatch, time: number): CopyPosition {
  return {
    ...before,
    at: batch.next,
    records: before.records + batch.records.count,
    odd: before.odd + batch.odd,
    firstOdd: before.firstOdd ?? batch.firstOdd,
    time,
  }
}

const NOWHERE: Place = { time: 0 }

export const FRESH: CopyPosition = {
  at: undefined,
  records: 0,
  odd: 0,
  firstOdd: undefined,
  time: 0,
  finished: false,
  ended: false,
}
