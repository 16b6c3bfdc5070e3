// Events of the streams that a source task makes of those it reads: each function is called once an event, whoever takes the stream.
// A stream's rows are those of the stream it comes from: of a filter the same columns, with what is left out marked; of a map new ones.
import { RecordsBuilder, type Records } from '../../base/records.ts'
import {
  emptyBatch,
  type DecodedBatch,
  type Decoder,
  type EventSchema,
} from '../../schema/event-schema.ts'
import { attempt, Evaluator, type Events, type Failure } from '../../schema/evaluate.ts'
import type { Guard } from '../../schema/guard.ts'
import type { DerivedStep } from '../../pipeline/plan.ts'
import type { SourceRoutes } from '../task-plan.ts'
import type { Selector } from '../../contracts/selector.ts'

/** Events of one stream in a batch. */
export interface StreamRows {
  readonly events: Events
  readonly evaluator: Evaluator
  /** The event of the source that each row came from; undefined where row i is event i. */
  readonly eventOf: Uint32Array | undefined
}

interface Node {
  readonly name: string
  readonly through: string
  readonly make: (from: StreamRows, failures: Failure[]) => StreamRows
}

export class DerivedEvents {
  readonly #nodes: readonly Node[]
  readonly #rows = new Map<string, StreamRows>()

  /** @param schemas compiled, by stream: of those that a map makes. */
  constructor(
    derived: SourceRoutes['derived'],
    schemas: ReadonlyMap<string, EventSchema>,
    guard: Guard,
  ) {
    this.#nodes = derived.map(({ plan: { name, step }, through }) => ({
      name,
      through,
      make: makerOf(name, step, { schema: schemas.get(name), guard }),
    }))
  }

  get any(): boolean {
    return this.#nodes.length > 0
  }

  /** @param failures get what functions failed on, by events of the source. */
  process(source: string, read: StreamRows, failures: Failure[]): void {
    this.#rows.clear()
    this.#rows.set(source, read)
    for (const { name, through, make } of this.#nodes) {
      const own: Failure[] = []
      const from = this.of(through)
      this.#rows.set(name, make(from, own))
      for (const { row, reason } of own) failures.push({ row: eventOf(from, row), reason })
    }
  }

  /** Rows of a stream in the batch. */
  of(stream: string): StreamRows {
    const rows = this.#rows.get(stream)
    if (rows === undefined) throw new RangeError(`no events of '${stream}' come from this source`)
    return rows
  }
}

/** The event of the source that a row came from. */
export function eventOf({ eventOf: events }: StreamRows, row: number): number {
  return events === undefined ? row : events[row]
}

function makerOf(
  name: string,
  step: DerivedStep,
  { schema, guard }: { schema: EventSchema | undefined; guard: Guard },
): Node['make'] {
  if (step.kind === 'union') return (from) => from
  if (step.kind === 'filter')
    return (from, failures) => filtered(from, { name, test: step.test }, failures)
  if (schema === undefined) throw new RangeError(`no compiled schema of stream '${name}'`)
  const mapped = new MappedEvents(step.to, schema, guard)
  return (from, failures) => mapped.of(from, failures)
}

function filtered(
  from: StreamRows,
  { name, test }: { name: string; test: Selector },
  failures: Failure[],
): StreamRows {
  const { events, evaluator } = from
  const own: Failure[] = []
  const passed = evaluator.column(test, 'boolean', events, own)
  for (const { row, reason } of own)
    failures.push({ row, reason: `the test of stream '${name}': ${reason}` })
  const keep = new Uint8Array(events.rows)
  if (passed.kind !== 'boolean') throw new RangeError('a test gives a column of booleans')
  for (let row = 0; row < events.rows; row++) {
    if (events.keep !== undefined && events.keep[row] === 0) continue
    if (passed.marks !== undefined && passed.marks[row] !== 0)
      failures.push({
        row,
        reason: `the test of stream '${name}': it must give true or false; found nothing`,
      })
    else keep[row] = passed.values[row]
  }
  return { ...from, events: { ...events, keep } }
}

/** What a function gives is written as JSON and read by its schema: it is judged, and held, as if it came from a topic. */
class MappedEvents {
  readonly #to: Selector
  readonly #decoder: Decoder
  readonly #batch: DecodedBatch = emptyBatch()
  readonly #evaluator: Evaluator
  readonly #written = new RecordsBuilder()
  readonly #name: string

  constructor(to: Selector, schema: EventSchema, guard: Guard) {
    this.#to = to
    this.#name = schema.name
    this.#decoder = schema.decoder()
    this.#evaluator = new Evaluator(schema.fields, guard)
  }

  of(from: StreamRows, failures: Failure[]): StreamRows {
    const rowOf: number[] = []
    this.#decoder.decode(this.#write(from, rowOf, failures), this.#batch)
    const { rows, columns, objects, recordOf, bad } = this.#batch
    for (const { record, reason } of bad) failures.push({ row: rowOf[record], reason })
    const events = new Uint32Array(rows)
    for (let row = 0; row < rows; row++) events[row] = eventOf(from, rowOf[recordOf[row]])
    return { events: { rows, columns, objects }, evaluator: this.#evaluator, eventOf: events }
  }

  /** @param rowOf gets the row each record was made of. */
  #write({ events, evaluator }: StreamRows, rowOf: number[], failures: Failure[]): Records {
    this.#written.reset()
    evaluator.forEach(events, (event, row) => {
      const reason = attempt(this.#to, event, (value) => {
        const text = JSON.stringify(value)
        if (text === undefined) return 'it must give an event; found a value that JSON cannot hold'
        this.#written.add(0, '', text)
        rowOf.push(row)
        return undefined
      })
      if (reason !== undefined)
        failures.push({ row, reason: `the function of stream '${this.#name}': ${reason}` })
    })
    return this.#written.records()
  }
}
