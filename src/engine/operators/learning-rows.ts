// Rows of a batch on their way to the task that learns from them without labels.
import { ABSENT, type Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import { KEY, MERGE_TIME, type LayoutField } from '../exchange/layout.ts'
import { Router, type Hop, type RouteOptions } from '../exchange/router.ts'
import type { LearningModel } from '../learning-models.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { noRows, numbers, numbersOf } from './plain-columns.ts'

// Words of the region: how far it was said that rows have come, and the time of the last row, ms; and whether there was any.
const TOLD = 0
const LAST = 1
const SET = 2
const WORDS = 3

export interface LearningRowsOptions {
  readonly model: LearningModel
  readonly hop: Hop
  /** Of the rows. */
  readonly features: readonly LayoutField[]
}

export class LearningRows {
  readonly #places: readonly number[]
  readonly #hop: Hop
  readonly #router: Router
  readonly #told: Region

  constructor(memory: StateMemory, { model, hop, features }: LearningRowsOptions) {
    this.#places = model.learning.features.map((name) =>
      features.findIndex((feature) => feature.name === name),
    )
    this.#hop = hop
    this.#router = new Router(hop)
    this.#told = memory.region(`learning/${model.name}`, WORDS * 8)
  }

  /** A block also where there is no row: who learns is told how far this task has come. It is never idle, so that the order is one. */
  route(
    rows: { columns: readonly Column[]; features: readonly Column[]; count: number },
    options: Omit<RouteOptions, 'idle'>,
  ): Append[] {
    const { columns, features, count } = rows
    const all =
      count === 0
        ? noRows(this.#hop.layout)
        : columns
            .slice(0, KEY + 1)
            .with(MERGE_TIME, this.#times(columns[MERGE_TIME], count))
            .concat(this.#places.map((place) => asNumbers(features[place], count)))
    this.#tell(options.progress)
    return this.#router.route(all, count, { ...options, idle: false })
  }

  /** Never before what was told, though sources that stood idle, and rows made again under a changed plan, may bring what is. */
  #times(column: Column, count: number): Column {
    const { f64 } = this.#told
    const times = numbersOf(column)
    // Behind the end rows go on from the last one.
    const told = f64[TOLD] === Infinity ? f64[LAST] : f64[TOLD]
    const least = f64[SET] === 1 ? told : -Infinity
    const last = Math.max(times[count - 1], least)
    this.#told.setF64(LAST, last)
    this.#tell(last)
    return times[0] >= least
      ? column
      : numbers(Float64Array.from(times.subarray(0, count), (time) => Math.max(time, least)))
  }

  #tell(progress: number): void {
    const { f64 } = this.#told
    if (progress === -Infinity || (f64[SET] === 1 && progress <= f64[TOLD])) return
    this.#told.setF64(TOLD, progress)
    this.#told.setF64(SET, 1)
  }
}

/** Numbers and booleans as numbers; other kinds are missing. */
function asNumbers(column: Column, rows: number): Column {
  const { kind, marks } = column
  if (kind === 'number') return column
  if (kind === 'boolean')
    return { kind: 'number', values: Float64Array.from(column.values.subarray(0, rows)), marks }
  const values = new Float64Array(rows)
  return { kind: 'number', values, marks: new Uint8Array(rows).fill(ABSENT) }
}
