// What a simulated run is given, step by step: events of streams, time that goes by, what streams say of their progress, and crashes.
import { milliseconds, type Duration } from '../base/duration.ts'
import { DefinitionError } from '../base/errors.ts'
import { murmur2, partitionOf } from '../base/murmur2.ts'
import type { Plan } from '../pipeline/plan.ts'
import type { Stream } from '../pipeline/stream.ts'
import { keyText } from '../schema/event-keys.ts'
import { toTime } from '../schema/event-time.ts'
import { END, type InputRecord, type Inputs } from './inputs.ts'

/** A step of what a run is given. Steps happen in their order: what comes later is written when all that comes before is in the log. */
export type Step = GivenEvents | GivenProgress | Advance | Crash

/** Some records of one stream's topic, in the order they are written. */
export interface GivenEvents {
  /** Which step it is. */
  readonly step: 'events'
  /** The name of the stream. */
  readonly stream: string
  /** In the order they are written. */
  readonly records: readonly GivenRecord[]
}

/** One record of a stream's topic. */
export interface GivenRecord {
  /** As it is written. */
  readonly value: string
  /** undefined: none. */
  readonly key: string | undefined
  /** Of an event, ms since 1970; NaN where it has none. */
  readonly time: number
}

/** A stream says how far it is. */
export interface GivenProgress {
  /** Which step it is. */
  readonly step: 'progress'
  /** The name of the stream. */
  readonly stream: string
  /** Nothing before this time will come, ms since 1970; Infinity: nothing at all. */
  readonly before: number
}

/** Time goes by. */
export interface Advance {
  /** Which step it is. */
  readonly step: 'advance'
  /** How much of it. */
  readonly ms: number
}

/** Everything dies, and begins again from what is in the log. */
export interface Crash {
  /** Which step it is. */
  readonly step: 'crash'
}

/**
 * Events of a stream, written as JSON in the order given, to the partition of their key. Early, late and out of order is as their own times say.
 * @example events(payments, [{ id: 'p1', card: 'a', amount: 9, at: '2026-01-05T09:00:00Z' }])
 * @throws DefinitionError when the stream's key function gives no key for one; write bad events with `lines`.
 */
export function events<Event>(
  stream: Stream<string, Event>,
  given: readonly NoInfer<Event>[],
): GivenEvents {
  const { key, time } = planOfStream(stream)
  const records = given.map((event, i) => {
    const made = keyText(key.call(event))
    if ('reason' in made)
      throw usage(
        `event ${i} of stream '${stream.name}' must have a key: ${made.reason}; write an event without one with lines(...)`,
      )
    return { value: JSON.stringify(event), key: made.text, time: toTime(time.call(event)) }
  })
  return { step: 'events', stream: stream.name, records }
}

/**
 * Texts as they are, good or bad, written to partition 0 of a stream's topic without a key.
 * @example lines(payments, ['{"id":"p1"}'])
 */
export function lines<Event>(stream: Stream<string, Event>, given: readonly string[]): GivenEvents {
  planOfStream(stream)
  const records = given.map((value) => ({ value, key: undefined, time: NaN }))
  return { step: 'events', stream: stream.name, records }
}

/**
 * Time goes by before what comes next is written: what `idle`, a finite `wait` and `ahead` see.
 * @example advance('10m')
 */
export function advance(by: Duration): Advance {
  return { step: 'advance', ms: milliseconds(by, 'the time to advance by') }
}

/**
 * The stream says that it will bring nothing before this time: ms since 1970, a Date, or an ISO text with its zone.
 * @example progress(payments, '2026-01-05T10:00:00Z')
 */
export function progress<Event>(
  stream: Stream<string, Event>,
  before: number | Date | string,
): GivenProgress {
  planOfStream(stream)
  const time = toTime(before)
  if (Number.isNaN(time))
    throw usage(
      `progress must be a time: ms since 1970, a Date, or an ISO text with its zone; found ${String(before)}`,
    )
  return { step: 'progress', stream: stream.name, before: time }
}

/**
 * The stream says that nothing more will ever come.
 * @example end(chargebacks)
 */
export function end<Event>(stream: Stream<string, Event>): GivenProgress {
  planOfStream(stream)
  return { step: 'progress', stream: stream.name, before: Infinity }
}

/**
 * The power fails once all that was given before is in the log, wherever the work on it stands, and comes back at once: what was not
 * durable is gone, and the run goes on from the last commits.
 * @example crash()
 */
export function crash(): Crash {
  return { step: 'crash' }
}

function planOfStream<Event>(stream: Stream<string, Event>): {
  readonly key: { call: (event: Event) => unknown }
  readonly time: { call: (event: Event) => unknown }
} {
  const { plan } = stream['~stream']
  if ('topic' in plan) return plan
  throw usage(
    `events must be given to a stream that is read from a topic; found '${stream.name}', which is made of others; give them to one of those`,
  )
}

/** Where a record came from: the event as it was given. */
export interface Origin {
  readonly stream: string
  /** Which of all records given to its stream, from 0. */
  readonly index: number
  readonly record: GivenRecord
}

export interface Given {
  readonly inputs: Inputs
  /** Crashes: each when all records of phases before it are written. */
  readonly crashes: readonly number[]
  /** What lies at `topic/partition/offset`. */
  readonly origins: ReadonlyMap<string, Origin>
  /** Time of the first event that has one, ms; undefined where there is none. */
  readonly firstTime: number | undefined
}

/** Records by stream and partition. @param of.end whether each partition says in the end that nothing more will come. */
export function givenOf(
  steps: readonly Step[],
  of: { readonly plan: Plan; readonly partitions: number; readonly end: boolean },
): Given {
  const writer = new StepWriter(of.plan, of.partitions)
  for (const step of steps) writer.take(step)
  return writer.given(of.end)
}

class StepWriter {
  readonly #partitions: number
  readonly #topics: ReadonlyMap<string, string>
  readonly #parts: Map<string, InputRecord[][]>
  readonly #origins = new Map<string, Origin>()
  readonly #counts = new Map<string, number>()
  readonly #ended = new Set<string>()
  readonly #crashes: number[] = []
  #firstTime: number | undefined
  #phase = 0
  #atMs = 0

  constructor(plan: Plan, partitions: number) {
    this.#partitions = partitions
    this.#topics = new Map(plan.streams.map(({ name, topic }) => [name, topic]))
    this.#parts = new Map(
      plan.streams.map(({ name }) => [name, Array.from({ length: partitions }, () => [])]),
    )
  }

  take(step: Step): void {
    switch (step.step) {
      case 'advance':
        this.#phase++
        this.#atMs += step.ms
        break
      case 'crash':
        this.#crashes.push(++this.#phase)
        break
      case 'progress':
        this.#progress(step)
        break
      case 'events':
        for (const record of step.records) this.#event(step.stream, record)
    }
  }

  given(ending: boolean): Given {
    if (ending)
      for (const [stream, parts] of this.#parts)
        if (!this.#ended.has(stream))
          for (const part of parts) part.push({ ...END, ...this.#place })
    return {
      inputs: this.#parts,
      crashes: this.#crashes,
      origins: this.#origins,
      firstTime: this.#firstTime,
    }
  }

  get #place(): { readonly notBefore: number; readonly phase: number } {
    return { notBefore: this.#atMs, phase: this.#phase }
  }

  #event(stream: string, record: GivenRecord): void {
    const { value, key, time } = record
    if (!Number.isNaN(time)) this.#firstTime ??= time
    const partition =
      key === undefined ? 0 : partitionOf(murmur2(Buffer.from(key, 'utf8')), this.#partitions)
    const part = this.#open(stream)[partition]
    const index = this.#counts.get(stream) ?? 0
    this.#counts.set(stream, index + 1)
    this.#origins.set(`${this.#topics.get(stream)}/${partition}/${part.length}`, {
      stream,
      index,
      record,
    })
    part.push({ value, ...(key === undefined ? {} : { key }), ...this.#place })
  }

  #progress({ stream, before }: GivenProgress): void {
    for (const part of this.#open(stream))
      part.push({ value: '', progress: before, ...this.#place })
    if (before === Infinity) this.#ended.add(stream)
  }

  #open(stream: string): InputRecord[][] {
    const parts = this.#parts.get(stream)
    if (parts === undefined)
      throw usage(
        `events must be of a stream of the pipeline; found '${stream}'; it has ${[...this.#parts.keys()].join(', ')}`,
      )
    if (this.#ended.has(stream))
      throw usage(`nothing may be given to a stream behind its end; found more of '${stream}'`)
    return parts
  }
}

function usage(message: string): DefinitionError {
  return new DefinitionError(message, { code: 'ML_USAGE' })
}
