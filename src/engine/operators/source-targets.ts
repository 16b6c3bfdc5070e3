// Where the events of a source go: into the streams that are made of it, and from each stream to those who take it (rows of the first
// stage, sets that are looked up, labels).
import type { Column, NumberColumn } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { KeySelector } from '../../contracts/selector.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { Evaluator, type Events, type Failure } from '../../schema/evaluate.ts'
import { KeyColumn } from '../../schema/event-keys.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import type { Guard } from '../../schema/guard.ts'
import { picked } from '../exchange/gather.ts'
import type { Rows } from '../exchange/merge.ts'
import { Router, type RouteOptions } from '../exchange/router.ts'
import type { RowsRoute, SourceRoute, SourceRoutes } from '../task-plan.ts'
import { setInputs } from '../row-fields.ts'
import { DerivedEvents, eventOf, type StreamRows } from './derived-events.ts'
import { inputColumns } from './input-columns.ts'

export interface SourceTargetsOptions {
  readonly stream: StreamPlan
  readonly routes: SourceRoutes
  /** Compiled, by stream: of the one that is read, and of those that are made of it. */
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly guard: Guard
}

interface Target {
  readonly route: SourceRoute | RowsRoute
  /** undefined: to the stage of the same task. */
  readonly router: Router | undefined
  readonly key: KeySelector
  readonly keys: KeyColumn
  /** Columns after the row's own, of this batch. */
  columns: Column[]
  readonly read: (rows: StreamRows, failures: Failure[]) => Column[]
  /** Whether it gets an event but once, whatever a changed plan builds again. */
  readonly once: boolean
}

/** Events that go out, one mark an event of the source. */
export interface Kept {
  /** 1 where it is good; undefined where all are. */
  readonly good: Uint8Array | undefined
  /** 1 where it is good and comes for the first time; undefined where all do. */
  readonly unseen: Uint8Array | undefined
}

/** What every row carries beside its key, one value an event. */
export interface EventPlaces {
  readonly mergeTimes: Float64Array
  readonly times: Float64Array
  readonly offsets: Float64Array
}

/** Rows of a batch for the stage of the same task, in their order. */
export interface OwnRows extends Rows {
  readonly count: number
}

export class SourceTargets {
  /** Of the last batch. */
  ownRows: OwnRows = NO_ROWS
  readonly #options: SourceTargetsOptions
  readonly #derived: DerivedEvents
  readonly #targets: readonly Target[]

  constructor(options: SourceTargetsOptions) {
    this.#options = options
    this.#derived = new DerivedEvents(options.routes.derived, options.schemas, options.guard)
    this.#targets = this.#make()
  }

  /** Reads what the targets need of a batch. @param failures get what functions failed on, by events of the source. */
  read(events: Events, evaluator: Evaluator, failures: Failure[]): void {
    const { name } = this.#options.stream
    this.#derived.process(name, { events, evaluator, eventOf: undefined }, failures)
    for (const target of this.#targets) {
      const from = this.#derived.of(target.route.of)
      const own: Failure[] = []
      from.evaluator.keys(target.key, from.events, target.keys, own)
      target.columns = target.read(from, own)
      for (const { row, reason } of own) failures.push({ row: eventOf(from, row), reason })
    }
  }

  /** Keys of the events of the source that were read last, where whoever takes them has them by this very key. */
  keysBy(key: KeySelector): KeyColumn | undefined {
    const { name } = this.#options.stream
    return this.#targets.find(({ route, key: own }) => route.of === name && own === key)?.keys
  }

  /**
   * Counts the events of each derived stream.
   * @param keep one an event of the source: 1 where it is good.
   * @returns how many good events come into no stream that is used.
   */
  count(keep: Uint8Array, events: number, add: (stream: string, by: number) => void): number {
    const { derived } = this.#options.routes
    if (derived.length === 0) return 0
    const each = (stream: string, take: (event: number) => void): void => {
      const from = this.#derived.of(stream)
      const { rows, keep: own } = from.events
      for (let row = 0; row < rows; row++) {
        const event = eventOf(from, row)
        if (keep[event] === 1 && (own === undefined || own[row] === 1)) take(event)
      }
    }
    for (const { plan } of derived) {
      let count = 0
      each(plan.name, () => count++)
      add(plan.name, count)
    }
    const enters = new Uint8Array(events)
    for (const stream of new Set(this.#targets.map(({ route }) => route.of)))
      each(stream, (event) => (enters[event] = 1))
    let filtered = 0
    for (let event = 0; event < events; event++)
      if (keep[event] === 1 && enters[event] === 0) filtered++
    return filtered
  }

  route(
    { mergeTimes, times, offsets }: EventPlaces,
    { good, unseen }: Kept,
    options: Omit<RouteOptions, 'keep'>,
  ): Append[] {
    this.ownRows = NO_ROWS
    return this.#targets.flatMap(({ route, router, keys, columns, once }) => {
      const rows = this.#derived.of(route.of)
      const count = rows.events.rows
      const own = [
        numbers(taken(mergeTimes, rows)),
        numbers(taken(times, rows)),
        numbers(new Float64Array(count).fill(route.source)),
        numbers(taken(offsets, rows)),
      ]
      const kept = keptOf(rows, once ? (unseen ?? good) : good)
      if (router === undefined) {
        this.ownRows = ownRowsOf([...own, keys.column(), ...columns], count, kept)
        return []
      }
      return router.route([...own, keys.column(), ...columns], count, {
        ...options,
        ...(kept === undefined ? {} : { keep: kept }),
      })
    })
  }

  #make(): Target[] {
    const { routes, schemas } = this.#options
    const targets: Target[] = []
    const add = (
      route: SourceRoute | RowsRoute,
      key: KeySelector,
      read: Target['read'],
      once = false,
    ): void => {
      const router = route.hop === undefined ? undefined : new Router(route.hop)
      targets.push({ route, router, key, keys: new KeyColumn(), columns: [], read, once })
    }
    const { rows } = routes
    // A fallback event travels as its own bytes, which the decoder gives as its one column.
    if (rows !== undefined)
      add(rows, this.#keyOf(rows.of), ({ events }) => rows.event.map((i) => events.columns[i]))
    for (const route of routes.sets) {
      const schema = schemas.get(route.of)
      if (schema === undefined) throw new RangeError(`no compiled schema of stream '${route.of}'`)
      const inputs = setInputs(route.set, schema)
      add(route, route.set.key, ({ events, evaluator }, failures) =>
        inputColumns(inputs, evaluator, { events, failures }),
      )
    }
    for (const route of routes.labels) {
      const { by, label } = route.label
      const read: Target['read'] = ({ events, evaluator }, failures) => [
        evaluator.column(label, 'number', events, failures),
      ]
      add(route, by, read, true)
    }
    return targets
  }

  /** The key of the stream that is read, or of one that is made of it. */
  #keyOf(stream: string): KeySelector {
    const derived = this.#options.routes.derived.find(({ plan }) => plan.name === stream)
    return derived === undefined ? this.#options.stream.key : derived.plan.key
  }
}

const NO_ROWS: OwnRows = {
  count: 0,
  column: () => {
    throw new RangeError('there are no rows')
  },
}

function ownRowsOf(
  columns: readonly Column[],
  count: number,
  keep: Uint8Array | undefined,
): OwnRows {
  if (keep === undefined) return { count, column: (index) => columns[index] }
  const rows: number[] = []
  for (let row = 0; row < count; row++) if (keep[row] === 1) rows.push(row)
  const places = Int32Array.from(rows)
  return { count: rows.length, column: (index) => picked(columns[index], places) }
}

function numbers(values: Float64Array): NumberColumn {
  return { kind: 'number', values, marks: undefined }
}

/** Values of the events that rows came from. */
function taken(values: Float64Array, { eventOf: of }: StreamRows): Float64Array {
  if (of === undefined) return values
  const own = new Float64Array(of.length)
  for (let row = 0; row < of.length; row++) own[row] = values[of[row]]
  return own
}

/** Rows whose events are good, and that their stream takes; undefined where that is all of them. */
function keptOf(rows: StreamRows, good: Uint8Array | undefined): Uint8Array | undefined {
  const { rows: count, keep } = rows.events
  if (good === undefined || (keep === undefined && rows.eventOf === undefined)) return good ?? keep
  const kept = new Uint8Array(count)
  for (let row = 0; row < count; row++)
    kept[row] = good[eventOf(rows, row)] & (keep === undefined ? 1 : keep[row])
  return kept
}
