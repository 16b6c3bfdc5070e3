// Values of a user's functions over a batch, as columns. Plain paths are the event's own columns: nothing is called.
import { MillraceError } from '../base/errors.ts'
import { ABSENT, NULL, type Column, type ColumnKind, type Field } from '../contracts/columns.ts'
import type { KeySelector, Selector } from '../contracts/selector.ts'
import { addKeyPart, keyText, type KeyColumn } from './event-keys.ts'
import { timeAt, toTime } from './event-time.ts'
import { EventView } from './event-view.ts'
import type { Guard } from './guard.ts'

/** Events of a batch, native or as objects. */
export interface Events {
  readonly rows: number
  /** Native: one column a field. */
  readonly columns: readonly Column[]
  /** Fallback: one event a row. */
  readonly objects: readonly unknown[] | undefined
  /** One a row: 0 where no function may see the event, because a filter has left it out. All are seen where it is undefined. */
  readonly keep?: Uint8Array | undefined
}

/** A row on which a function failed; the reason holds no value of the event. */
export interface Failure {
  readonly row: number
  readonly reason: string
}

/** Evaluates functions of one stream's events. Failures are added to a list; their rows get an absent value. */
export class Evaluator {
  readonly #view: EventView
  readonly #guard: Guard
  readonly #places = new Map<string, Place>()

  constructor(fields: readonly Field[], guard: Guard) {
    this.#view = new EventView(fields)
    this.#guard = guard
    const mayMiss = fields.filter(({ role }) => role === 'presence').map(({ path }) => path)
    fields.forEach(({ path, role }, index) => {
      if (role === 'presence') return
      const gates = mayMiss.filter((each) => each.every((name, i) => path[i] === name))
      this.#places.set(path.join('.'), { index, gates: gates.map((each) => each.length) })
    })
  }

  /** Calls `each` with the event of every row that is kept, the guard closed, the view open. */
  forEach(events: Events, each: (event: unknown, row: number) => void): void {
    const { rows, keep } = events
    this.#guard.enter()
    try {
      for (let row = 0; row < rows; row++)
        if (keep === undefined || keep[row] === 1) each(this.at(events, row), row)
    } finally {
      this.#guard.leave()
      this.#view.close()
    }
  }

  /** The event at a row: the object itself, or the view moved there. */
  at(events: Events, row: number): unknown {
    return events.objects === undefined
      ? this.#view.point(events.columns, row)
      : events.objects[row]
  }

  close(): void {
    this.#view.close()
  }

  /** One value a row. `number` also takes booleans, as 0 and 1. */
  column(select: Selector, kind: ColumnKind, events: Events, failures: Failure[]): Column {
    const own = this.#own(select, events)
    if (own !== undefined && own.kind === kind) return own
    if (own?.kind === 'boolean' && kind === 'number')
      return {
        kind,
        values: Float64Array.from(own.values.subarray(0, events.rows)),
        marks: own.marks,
      }
    const column = new ColumnMaker(kind, events.rows)
    let at = 0
    // One function for all rows, here and below: one a row would be an object a row.
    const take = (value: unknown): string | undefined => column.set(at, value)
    this.forEach(events, (event, row) => {
      at = row
      const reason = attempt(select, event, take)
      if (reason !== undefined) failures.push({ row, reason })
    })
    return column.done()
  }

  /** Epoch ms of every row, into `times`; NaN where it failed. */
  times(select: Selector, events: Events, times: Float64Array, failures: Failure[]): void {
    const own = this.#own(select, events)
    if (own !== undefined) {
      for (let row = 0; row < events.rows; row++) {
        times[row] = timeAt(own, row)
        if (Number.isNaN(times[row])) failures.push({ row, reason: BAD_TIME })
      }
      return
    }
    let at = 0
    const take = (value: unknown): string | undefined => {
      times[at] = toTime(value)
      return Number.isNaN(times[at]) ? BAD_TIME : undefined
    }
    this.forEach(events, (event, row) => {
      times[row] = NaN
      at = row
      const reason = attempt(select, event, take)
      if (reason !== undefined) failures.push({ row, reason })
    })
  }

  /** Encoded keys of every row; empty where it failed, and where the row is not kept. */
  keys(select: KeySelector, events: Events, keys: KeyColumn, failures: Failure[]): void {
    keys.reset(events.rows)
    const own = select.parts?.map((path) => this.#own({ path, chained: [] }, events))
    if (own !== undefined && own.every((column) => column !== undefined)) {
      this.#plainKeys(own, select.tuple, { events, keys, failures })
      return
    }
    let next = 0
    const take = (value: unknown): string | undefined => {
      const made = keyText(value)
      if ('reason' in made) return made.reason
      keys.text(made.text)
      return undefined
    }
    this.forEach(events, (event, row) => {
      for (; next < row; next++) keys.end(next)
      next = row + 1
      const reason = attempt(select, event, take)
      keys.end(row)
      if (reason !== undefined) failures.push({ row, reason })
    })
    for (; next < events.rows; next++) keys.end(next)
  }

  #plainKeys(
    columns: readonly Column[],
    tuple: boolean,
    of: { events: Events; keys: KeyColumn; failures: Failure[] },
  ): void {
    const { keys, failures } = of
    const { rows, keep } = of.events
    for (let row = 0; row < rows; row++) {
      if (keep !== undefined && keep[row] === 0) {
        keys.end(row)
        continue
      }
      let reason: string | undefined
      if (tuple) keys.byte(91)
      for (let part = 0; part < columns.length; part++) {
        if (part > 0) keys.byte(44)
        reason ??= addKeyPart(keys, columns[part], row, tuple)
      }
      if (tuple) keys.byte(93)
      keys.end(row)
      if (reason !== undefined) failures.push({ row, reason })
    }
  }

  /** The column of a path. A path through an object that may be missing is one only where `?.` says so: else it throws there. */
  #own({ path, chained }: Pick<Selector, 'path' | 'chained'>, events: Events): Column | undefined {
    if (path === undefined || events.objects !== undefined) return undefined
    const place = this.#places.get(path.join('.'))
    if (place === undefined || !place.gates.every((gate) => chained.includes(gate)))
      return undefined
    return events.columns[place.index]
  }
}

interface Place {
  readonly index: number
  /** Lengths of the paths of objects around it that may be missing. */
  readonly gates: readonly number[]
}

const BAD_TIME =
  'the time of an event must be ms since 1970, a Date, or an ISO text with its zone; found something else'

/** Calls the function and hands its value on. @returns why it failed, or undefined. */
export function attempt(
  select: Selector,
  row: unknown,
  take: (value: unknown) => string | undefined,
): string | undefined {
  try {
    const value = select.call(row)
    if (value instanceof Promise) {
      value.catch(ignored)
      return 'a function of the definition must give its value at once; found a promise; remove async'
    }
    return take(value)
  } catch (error) {
    return whyThrown(error)
  }
}

function ignored(): void {
  // The promise itself is the failure that is reported.
}

/** What may be said of what a user's function threw: its message could hold values, so only its name is told. */
export function whyThrown(error: unknown): string {
  if (error instanceof MillraceError) return error.message
  return `a function of the definition threw ${error instanceof Error ? error.name : 'something that is no error'}`
}

/** Collects values of one kind. */
class ColumnMaker {
  readonly #kind: ColumnKind
  readonly #rows: number
  readonly #numbers: Float64Array
  readonly #marks: Uint8Array
  readonly #texts: string[]
  readonly #vectors: number[]
  readonly #ends: Uint32Array
  #marked = false

  constructor(kind: ColumnKind, rows: number) {
    this.#kind = kind
    this.#rows = rows
    this.#numbers = new Float64Array(kind === 'number' || kind === 'boolean' ? rows : 0)
    this.#marks = new Uint8Array(rows)
    this.#texts = kind === 'string' || kind === 'json' ? Array.from({ length: rows }, () => '') : []
    this.#vectors = []
    this.#ends = new Uint32Array(rows + 1)
  }

  /** @returns why the value is not of this kind, or undefined. */
  set(row: number, value: unknown): string | undefined {
    this.#ends[row + 1] = this.#vectors.length
    if (value === undefined || value === null)
      return this.#mark(row, value === null ? NULL : ABSENT)
    switch (this.#kind) {
      case 'number':
        if (typeof value === 'boolean') this.#numbers[row] = value ? 1 : 0
        else if (typeof value === 'number' && !Number.isNaN(value)) this.#numbers[row] = value
        else if (Number.isNaN(value)) return this.#mark(row, ABSENT)
        else return this.#wrong(row, 'a number', value)
        return undefined
      case 'boolean':
        if (typeof value !== 'boolean') return this.#wrong(row, 'a boolean', value)
        this.#numbers[row] = value ? 1 : 0
        return undefined
      case 'string':
        if (typeof value !== 'string') return this.#wrong(row, 'a text', value)
        this.#texts[row] = value
        return undefined
      case 'json':
        this.#texts[row] = JSON.stringify(value)
        return undefined
      case 'vector':
        if (!isVector(value)) return this.#wrong(row, 'a list of numbers', value)
        for (const each of value) this.#vectors.push(each)
        this.#ends[row + 1] = this.#vectors.length
        return undefined
    }
  }

  done(): Column {
    const marks = this.#marked ? this.#marks : undefined
    switch (this.#kind) {
      case 'number':
        return { kind: 'number', values: this.#numbers, marks }
      case 'boolean':
        return { kind: 'boolean', values: Uint8Array.from(this.#numbers), marks }
      case 'vector':
        return { kind: 'vector', values: Float64Array.from(this.#vectors), ends: this.#ends, marks }
      default: {
        const parts = this.#texts.map((text) => Buffer.from(text, 'utf8'))
        const ends = new Uint32Array(this.#rows + 1)
        parts.forEach((part, i) => (ends[i + 1] = ends[i] + part.length))
        return { kind: this.#kind, bytes: Buffer.concat(parts), ends, marks }
      }
    }
  }

  #mark(row: number, mark: number): undefined {
    this.#marks[row] = mark
    this.#marked = true
    return undefined
  }

  #wrong(row: number, expected: string, found: unknown): string {
    this.#mark(row, ABSENT)
    return `a function must give ${expected}; found ${Array.isArray(found) ? 'a list' : typeof found}`
  }
}

function isVector(value: unknown): value is ArrayLike<number> & Iterable<number> {
  return (
    value instanceof Float64Array ||
    value instanceof Float32Array ||
    (Array.isArray(value) && value.every((each) => typeof each === 'number'))
  )
}
