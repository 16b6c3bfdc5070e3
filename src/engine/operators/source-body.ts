// The first stage of a stream: decodes records, fixes event and merge times, sets aside what is bad or late, and sends each
// row where its key belongs. It keeps no state but how far its partition has come.
import { headerLine, RecordsBuilder, recordText, valueBytes } from '../../base/records.ts'
import type { Append, Records } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import { Evaluator, type Events, type Failure } from '../../schema/evaluate.ts'
import { KeyColumn } from '../../schema/event-keys.ts'
import { emptyBatch, type DecodedBatch, type Decoder } from '../../schema/event-schema.ts'
import { partitionOf } from '../../base/murmur2.ts'
import { StateError } from '../../base/errors.ts'
import type { Idle } from '../exchange/block-format.ts'
import type { SourceRoutes } from '../task-plan.ts'
import { isHandled, type HandledPart } from '../change/handled.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { deadLettersTopic, lateTopic } from '../task-names.ts'
import { Redaction } from './redaction.ts'
import { REDACTED } from './redacted-header.ts'
import { SourceTargets, type OwnRows, type SourceTargetsOptions } from './source-targets.ts'

/** Every record but notes of progress is counted in one of those behind the first; `filtered` are good and come into no stream. */
export const RECORD_COUNTS = ['records', 'events', 'bad', 'late', 'ahead', 'filtered'] as const

/** Names of what a source counts, in their order: also the events of each stream that is made of it. */
export function sourceCounts({ derived }: SourceRoutes): readonly string[] {
  return [...RECORD_COUNTS, ...derived.map(({ plan }) => derivedCount(plan.name))]
}

/** The count of a derived stream's events. */
export function derivedCount(stream: string): string {
  return `events.${stream}`
}

export interface SourceOptions extends SourceTargetsOptions {
  readonly pipeline: string
  readonly partition: number
  /** Partitions of the stream's topic. */
  readonly partitions: number
  readonly redactKey: string
  /** Under a changed plan: what was taken before it. */
  readonly before?: SourceBefore | undefined
}

/** Events of a partition that are read again, because a changed plan builds state of them. */
export interface SourceBefore {
  /** Offsets below were taken before: they are counted, set aside, and sent to joins, but once. */
  readonly taken: number
  /** Whoever looks something up waits, whatever it says, until all below this offset has come. */
  readonly built: number
  /** Those taken that came to their end: of the others, what is set aside is told now. undefined: all of them. */
  readonly handled: HandledPart | undefined
}

/** What a source's commit depends on beside its records. */
export interface SourceBatch {
  readonly idle: Idle
  readonly commit: number
  /** When the records were taken, ms since 1970 by the task's clock: what `ahead` is judged by. */
  readonly now: number
}

const NOTHING_BEFORE: SourceBefore = { taken: 0, built: 0, handled: undefined }

const POSITION = 'source'
// Words of it.
const GREATEST = 0
const ENDED = 1
const BEGUN = 2
/** 1: the last event came within `idle` of its own time. */
const LIVE = 3

export class SourceBody {
  readonly #options: SourceOptions
  readonly #decoder: Decoder
  readonly #batch: DecodedBatch = emptyBatch()
  readonly #evaluator: Evaluator
  readonly #position: Region
  readonly #counts: Counts<string>
  readonly #targets: SourceTargets
  readonly #redaction: Redaction
  readonly #deadLetters = new RecordsBuilder()
  readonly #late = new RecordsBuilder()
  readonly #before: SourceBefore
  #keep = new Uint8Array(0)

  constructor(memory: StateMemory, options: SourceOptions) {
    const { schemas, guard, stream, routes } = options
    const schema = schemas.get(stream.name)
    if (schema === undefined) throw new RangeError(`no compiled schema of stream '${stream.name}'`)
    this.#options = options
    this.#redaction = new Redaction(stream.redact ?? [], options.redactKey)
    this.#before = options.before ?? NOTHING_BEFORE
    this.#decoder = schema.decoder()
    this.#evaluator = new Evaluator(schema.fields, guard)
    this.#position = memory.region(POSITION, 32)
    this.#counts = new Counts(memory, sourceCounts(routes))
    this.#targets = new SourceTargets(options)
  }

  /** No row to come has a lesser merge time. */
  get progress(): number {
    const { f64 } = this.#position
    return f64[ENDED] === 1 ? Infinity : f64[BEGUN] === 1 ? f64[GREATEST] : -Infinity
  }

  /** Rows of the last batch for the stage of the same task. */
  get ownRows(): OwnRows {
    return this.#targets.ownRows
  }

  /** Whether the stream is live: its last event came within `idle` of its own time, and not in a back-fill. */
  get live(): boolean {
    return this.#position.f64[LIVE] === 1
  }

  /** Whether a task that stands at this offset has yet to read what a changed plan builds its state of. */
  behind(offset: number): boolean {
    return offset < this.#before.built
  }

  /** Takes records of the partition; gives what is written with their commit. */
  process(records: Records, offsets: Float64Array, batch: SourceBatch): Append[] {
    this.#deadLetters.reset()
    this.#late.reset()
    this.#decoder.decode(records, this.#batch)
    const { rows, columns, objects } = this.#batch
    const failures: Failure[] = []
    const events: Events = { rows, columns, objects }
    const times = new Float64Array(rows)
    this.#evaluator.times(this.#options.stream.time, events, times, failures)
    this.#targets.read(events, this.#evaluator, failures)
    const mergeTimes = this.#place(records, { times, failures, offsets, now: batch.now })
    this.#checkPartition(records, offsets)
    return [...this.#routed({ times, mergeTimes, offsets, batch }), ...this.#setAside()]
  }

  /** Decides of every record, in order, whether it is progress, bad, late, ahead or a row; gives the rows' merge times. */
  #place(
    records: Records,
    rows: {
      times: Float64Array
      failures: readonly Failure[]
      offsets: Float64Array
      now: number
    },
  ): Float64Array {
    const { recordOf, bad } = this.#batch
    const { times, failures, offsets, now } = rows
    const count = this.#batch.rows
    const mergeTimes = new Float64Array(count)
    const reasons = this.#keepAllBut(failures, count)
    const { aheadMs } = this.#options.stream
    const ahead = aheadMs === undefined ? Infinity : now + aheadMs
    let greatest = this.#position.f64[BEGUN] === 1 ? this.#position.f64[GREATEST] : -Infinity
    let ended = this.#position.f64[ENDED]
    let row = 0
    let nextBad = 0
    let taken = 0
    let newRecords = 0
    let newEvents = 0
    const { taken: before } = this.#before
    for (let record = 0; record < records.count; record++) {
      const first = offsets[record] >= before ? 1 : 0
      if (row < count && recordOf[row] === record) {
        const time = times[row]
        newRecords += first
        if (this.#keep[row] === 0) {
          this.#counts.add('bad', first)
          this.#dead(records, record, offsets[record], reasons.get(row) ?? '')
        } else if (time > ahead) {
          this.#keep[row] = 0
          this.#counts.add('ahead', first)
          this.#dead(
            records,
            record,
            offsets[record],
            "the event's time is further ahead of now than the stream's `ahead` allows",
          )
        } else if (time < greatest - this.#options.stream.latenessMs) {
          this.#keep[row] = 0
          this.#counts.add('late', first)
          this.#aside(this.#late, records, record, { offset: offsets[record] })
        } else {
          greatest = Math.max(greatest, time)
          taken++
          newEvents += first
          ended = 0
        }
        mergeTimes[row++] = greatest
      } else {
        const progress = progressAt(records, record)
        if (progress === undefined) {
          newRecords += first
          this.#counts.add('bad', first)
          this.#dead(records, record, offsets[record], bad[nextBad].reason)
        } else if (progress === Infinity) ended = 1
        else greatest = Math.max(greatest, progress)
        nextBad++
      }
    }
    this.#counts.add('records', newRecords)
    this.#countTaken(newEvents, offsets)
    this.#moveTo(greatest, ended)
    if (taken > 0) this.#judgeLive(greatest, now)
    return mergeTimes
  }

  /** @param taken how many of the events came for the first time, and are good. */
  #countTaken(taken: number, offsets: Float64Array): void {
    const { rows, recordOf } = this.#batch
    const keep = this.#unseen((row) => offsets[recordOf[row]]) ?? this.#keep
    const filtered = this.#targets.count(keep, rows, (stream, by) =>
      this.#counts.add(derivedCount(stream), by),
    )
    this.#counts.add('events', taken - filtered)
    this.#counts.add('filtered', filtered)
  }

  /** The rows that are kept and were not taken before; undefined where none was. */
  #unseen(offsetOf: (row: number) => number): Uint8Array | undefined {
    const { rows } = this.#batch
    if (rows === 0 || offsetOf(0) >= this.#before.taken) return undefined
    const keep = this.#keep.slice(0, rows)
    for (let row = 0; row < rows && offsetOf(row) < this.#before.taken; row++) keep[row] = 0
    return keep
  }

  /** Gives why each of the other rows is not kept. */
  #keepAllBut(failures: readonly Failure[], count: number): ReadonlyMap<number, string> {
    if (this.#keep.length < count) this.#keep = new Uint8Array(count * 2)
    this.#keep.fill(1, 0, count)
    const reasons = new Map<number, string>()
    for (const { row, reason } of failures) {
      this.#keep[row] = 0
      if (!reasons.has(row)) reasons.set(row, reason)
    }
    return reasons
  }

  #judgeLive(greatest: number, now: number): void {
    const { idleMs } = this.#options.stream
    if (idleMs === undefined) return
    this.#position.setF64(LIVE, Math.abs(now - greatest) <= idleMs ? 1 : 0)
  }

  #moveTo(greatest: number, ended: number): void {
    if (greatest !== -Infinity) this.#position.setF64(GREATEST, greatest)
    this.#position.setF64(BEGUN, greatest === -Infinity ? 0 : 1)
    this.#position.setF64(ENDED, ended)
  }

  /** ENGINE 2: a topic that says it is partitioned by key must be, or counts would be wrong in silence. */
  #checkPartition(records: Records, offsets: Float64Array): void {
    const { stream, partition, partitions } = this.#options
    if (!stream.partitionedByKey || partitions === 1) return
    const { rows, recordOf } = this.#batch
    const keys = this.#targets.keysBy(stream.key) ?? this.#keysOfEvents()
    for (let row = 0; row < rows; row++) {
      const record = recordOf[row]
      const expected = partitionOf(keys.hashes[row], partitions)
      if (
        this.#keep[row] === 0 ||
        (expected === partition && sameKeyBytes(keys, row, records, record))
      )
        continue
      throw new StateError(
        'ML_STATE',
        `topic '${stream.topic}' says partitionedBy: 'key', but the record at partition ${partition}, offset ${offsets[record]} has another key, or belongs to partition ${expected}; write it with the stream's key, or leave partitionedBy out`,
        { details: { topic: stream.topic, partition, offset: offsets[record] } },
      )
    }
  }

  #keysOfEvents(): KeyColumn {
    const keys = new KeyColumn()
    const { rows, columns, objects } = this.#batch
    this.#evaluator.keys(this.#options.stream.key, { rows, columns, objects }, keys, [])
    return keys
  }

  #routed(rows: {
    times: Float64Array
    mergeTimes: Float64Array
    offsets: Float64Array
    batch: SourceBatch
  }): Append[] {
    const { times, mergeTimes, offsets, batch } = rows
    const { recordOf, rows: count } = this.#batch
    const sourceOffsets = new Float64Array(count)
    for (let row = 0; row < count; row++) sourceOffsets[row] = offsets[recordOf[row]]
    const all = !this.#keep.subarray(0, count).includes(0)
    return this.#targets.route(
      { mergeTimes, times, offsets: sourceOffsets },
      {
        good: all ? undefined : this.#keep,
        unseen: this.#unseen((row) => sourceOffsets[row]),
      },
      { progress: this.progress, idle: batch.idle, commit: batch.commit },
    )
  }

  #setAside(): Append[] {
    const { pipeline, stream, partition } = this.#options
    const appends: Append[] = []
    if (this.#deadLetters.count > 0)
      appends.push({
        topic: deadLettersTopic(pipeline),
        partition,
        records: this.#deadLetters.records(),
      })
    if (this.#late.count > 0)
      appends.push({
        topic: lateTopic(stream.name, stream.late),
        partition,
        records: this.#late.records(),
      })
    return appends
  }

  #dead(records: Records, record: number, offset: number, reason: string): void {
    this.#aside(this.#deadLetters, records, record, { offset, reason })
  }

  #aside(
    into: RecordsBuilder,
    records: Records,
    record: number,
    origin: { offset: number; reason?: string },
  ): void {
    const { stream, partition } = this.#options
    const { taken, handled } = this.#before
    if (origin.offset < taken && (handled === undefined || isHandled(handled, origin.offset)))
      return
    const headers =
      (origin.reason === undefined ? '' : headerLine('millrace-reason', origin.reason)) +
      headerLine('millrace-stream', stream.name) +
      headerLine('millrace-origin', `${stream.topic}/${partition}/${origin.offset}`)
    const value = valueBytes(records, record)
    const time = records.times[record]
    // The producer's key may be a value that is redacted.
    if (origin.reason !== undefined && this.#redaction.any)
      into.add(time, '', this.#redaction.event(value), headers + REDACTED)
    else into.add(time, recordText(records, record, 'key'), value, headers)
  }
}

/** Whether a record's key is that of the row, byte by byte: most are so short that a view of them costs more. */
function sameKeyBytes(keys: KeyColumn, row: number, records: Records, record: number): boolean {
  const own = keys.ends[row]
  const given = records.keyEnds[record]
  const length = keys.ends[row + 1] - own
  if (records.keyEnds[record + 1] - given !== length) return false
  for (let i = 0; i < length; i++) if (keys.bytes[own + i] !== records.keys[given + i]) return false
  return true
}

/** The greatest event time that the source of this memory has taken, or was told of; -Infinity before the first. */
export function greatestTime(memory: StateMemory): number {
  if (!memory.has(POSITION)) return -Infinity
  const { f64 } = memory.region(POSITION, 32)
  return f64[BEGUN] === 1 ? f64[GREATEST] : -Infinity
}
