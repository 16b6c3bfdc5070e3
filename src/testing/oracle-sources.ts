// What enters a pipeline: records of its sources, read one by one, and the events of the streams that are made of them.
import type { Plan, StreamPlan } from '../pipeline/plan.ts'
import { originsOf, streamNamed } from '../pipeline/plan-streams.ts'
import { toTime } from '../schema/event-time.ts'
import type { InputRecord } from './inputs.ts'
import { attempt, inputsFit, isNumber, keyOf, parsed, validated } from './oracle-calls.ts'
import type { OracleEvent } from './oracle-features.ts'
import { inStreams } from './oracle-streams.ts'
import type { SparseOffsets } from './sparse-log.ts'

/** An event that entered, with its place in its source. */
export interface Entered extends OracleEvent {
  /** The stream it was read in, and the rank of that among the sources of the stream it entered. */
  readonly read: StreamPlan
  readonly rank: number
  readonly partition: number
  readonly offset: number
  /** The record's text. */
  readonly value: string
}

export class OracleSources {
  /** Late records, by topic and partition. */
  readonly late: Record<string, string[][]> = {}
  readonly deadLetters: string[] = []
  readonly counts: Record<string, number> = {}
  readonly #plan: Plan
  readonly #offsets: SparseOffsets | undefined
  readonly #entered = new Map<string, Entered[]>()

  constructor(plan: Plan, offsets: SparseOffsets | undefined) {
    this.#plan = plan
    this.#offsets = offsets
  }

  /** Events that entered, by stream, in merged order. */
  entered(): ReadonlyMap<string, readonly Entered[]> {
    for (const entered of this.#entered.values()) entered.sort(inMergedOrder)
    return this.#entered
  }

  read(stream: StreamPlan, partitions: readonly (readonly InputRecord[])[]): void {
    const stage = `source.${stream.name}`
    const made = this.#plan.derived.filter(({ name }) => this.#rank(name, stream) >= 0)
    const counts = ['records', 'events', 'bad', 'late', 'ahead', 'filtered']
    for (const name of [...counts, ...made.map(({ name: own }) => `events.${own}`)])
      this.#count(stage, name, 0)
    const late = partitions.map((): string[] => [])
    this.late[stream.late ?? `${stream.name}.late`] = late
    partitions.forEach((records, partition) => {
      let greatest = -Infinity
      records.forEach(({ value, key, progress }, index) => {
        if (progress !== undefined) {
          if (progress !== Infinity) greatest = Math.max(greatest, progress)
          return
        }
        this.#count(stage, 'records', 1)
        const offset = this.#offsets?.of(partition, index) ?? index
        const read = this.#decode(stream, value)
        if (read === undefined) {
          this.#count(stage, 'bad', 1)
          this.deadLetters.push(deadLetter('', { read: stream, partition, offset, value }))
          return
        }
        if (read.time < greatest - stream.latenessMs) {
          this.#count(stage, 'late', 1)
          late[partition].push(JSON.stringify([key ?? '', 0, value]))
          return
        }
        greatest = Math.max(greatest, read.time)
        const place = { read: stream, partition, offset, value }
        this.#enter(read.events, { ...place, time: read.time, mergeTime: greatest })
      })
    })
  }

  /** An event in all the streams it comes into. */
  #enter(
    events: ReadonlyMap<string, unknown>,
    of: Omit<Entered, 'event' | 'rank'> & { read: StreamPlan },
  ): void {
    const stage = `source.${of.read.name}`
    for (const [stream, event] of events) {
      const rank = this.#rank(stream, of.read)
      const entered = this.#entered.get(stream) ?? []
      entered.push({ ...of, event, rank })
      this.#entered.set(stream, entered)
      if (stream !== of.read.name) this.#count(stage, `events.${stream}`, 1)
    }
    const taken = [...events.keys()].some((stream) => this.#isUsed(stream))
    this.#count(stage, taken ? 'events' : 'filtered', 1)
  }

  /** Whether rows, a set or labels come from the stream itself. */
  #isUsed(stream: string): boolean {
    const { sets, labels } = streamNamed(this.#plan, stream)
    return stream === this.#plan.from || sets.length > 0 || labels.length > 0
  }

  #rank(stream: string, source: StreamPlan): number {
    return originsOf(this.#plan, stream).indexOf(source)
  }

  /**
   * An event, as it is in each stream it comes into, and its time; undefined when it is bad for its schema or for any function that is
   * called on it.
   */
  #decode(
    stream: StreamPlan,
    text: string,
  ): { events: ReadonlyMap<string, unknown>; time: number } | undefined {
    const event = validated(stream.schema, parsed(text))
    if (event === undefined) return undefined
    const time = toTime(attempt(stream.time, event).value)
    const events = inStreams(this.#plan, stream.name, event)
    if (Number.isNaN(time) || events === undefined) return undefined
    return [...events].every(([name, each]) => this.#fits(name, each))
      ? { events, time }
      : undefined
  }

  /** Whether all that is called on the events of a stream where it is read gives what it must. */
  #fits(name: string, event: unknown): boolean {
    const stream = streamNamed(this.#plan, name)
    const keys = [
      ...(name === this.#plan.from ? [stream.key] : []),
      ...stream.sets.map(({ key }) => key),
      ...stream.labels.map(({ by }) => by),
    ]
    return (
      keys.every((key) => keyOf(key, event) !== undefined) &&
      stream.sets.every((set) => inputsFit(set, event)) &&
      stream.labels.every(({ label }) => isNumber(attempt(label, event)))
    )
  }

  #count(stage: string, name: string, by: number): void {
    this.counts[`${stage}.${name}`] = (this.counts[`${stage}.${name}`] ?? 0) + by
  }
}

/** @param stage that set it aside; empty for the source itself. */
export function deadLetter(
  stage: string,
  record: { read: StreamPlan; partition: number; offset: number; value: string },
): string {
  const { read, partition, offset, value } = record
  return JSON.stringify([read.name, stage, `${read.topic}/${partition}/${offset}`, value])
}

function inMergedOrder(a: Entered, b: Entered): number {
  return a.mergeTime - b.mergeTime || sourceNumber(a) - sourceNumber(b) || a.offset - b.offset
}

/** As receipts say it: the partition, and where a stream has several sources which of them. */
export function sourceNumber({ rank, partition }: Entered): number {
  return rank * 65_536 + partition
}
