// What a simulated run is given: events of streams, and when each group of them is written.
import { milliseconds, type Duration } from '../base/duration.ts'
import { DefinitionError } from '../base/errors.ts'
import { murmur2, partitionOf } from '../base/murmur2.ts'
import type { Stream } from '../pipeline/stream.ts'
import { keyText } from '../schema/event-keys.ts'
import { END, type InputRecord, type Inputs } from './inputs.ts'

/** What `events` and `lines` take beyond the records. */
export interface GivenOptions {
  /** Virtual time of the run before which they are not written. Default `'0ms'`. */
  readonly after?: Duration
}

/** Some records of one stream's topic, in the order they are written. */
export interface Given {
  /** The name of the stream. */
  readonly stream: string
  /** What is written, in this order. */
  readonly records: readonly InputRecord[]
}

/**
 * Events of a stream, written as JSON in the order given, to the partition of their key.
 * @example
 * events(payments, [{ id: 'p1', card: 'a', amount: 9, at: '2026-01-05T09:00:00Z' }], { after: '2h' })
 * @throws DefinitionError when the stream's key function gives no key for one; write bad events with `lines`.
 */
export function events<Event>(
  stream: Stream<string, Event>,
  given: readonly Event[],
  options: GivenOptions = {},
): Given {
  const notBefore = milliseconds(options.after ?? '0ms', '`after`')
  const { key } = stream['~stream'].plan
  const records = given.map((event, i) => {
    const made = keyText(key.call(event))
    if ('reason' in made)
      throw new DefinitionError(
        `event ${i} of stream '${stream.name}' must have a key: ${made.reason}; write an event without one with lines(...)`,
        { code: 'ML_USAGE' },
      )
    return { value: JSON.stringify(event), key: made.text, notBefore }
  })
  return { stream: stream.name, records }
}

/**
 * Texts as they are, good or bad, written to partition 0 of a stream's topic without a key.
 * @example lines(payments, ['{"id":"p3"}', 'no json'])
 */
export function lines<Event>(
  stream: Stream<string, Event>,
  given: readonly string[],
  options: GivenOptions = {},
): Given {
  const notBefore = milliseconds(options.after ?? '0ms', '`after`')
  return { stream: stream.name, records: given.map((value) => ({ value, notBefore })) }
}

/** Records by stream and partition. @param end whether each partition says that nothing more will come. */
export function inputsOf(
  given: readonly Given[],
  of: { readonly streams: readonly string[]; readonly partitions: number; readonly end: boolean },
): Inputs {
  const { streams, partitions, end } = of
  const inputs = new Map(
    streams.map((name) => [name, Array.from({ length: partitions }, (): InputRecord[] => [])]),
  )
  for (const { stream, records } of given) {
    const parts = inputs.get(stream)
    if (parts === undefined)
      throw new DefinitionError(
        `events must be of a stream of the pipeline; found '${stream}'; it has ${streams.join(', ')}`,
        { code: 'ML_USAGE' },
      )
    for (const record of records) parts[placeOf(record, partitions)].push(record)
  }
  if (end) for (const parts of inputs.values()) for (const part of parts) part.push(END)
  return inputs
}

function placeOf({ key }: InputRecord, partitions: number): number {
  return key === undefined ? 0 : partitionOf(murmur2(Buffer.from(key, 'utf8')), partitions)
}
