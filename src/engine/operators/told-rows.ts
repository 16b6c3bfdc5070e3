// Rows of a batch on their way to a task that takes those of many in one order: it is told how far this task has come, and no later row may
// be before that.
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import { MERGE_TIME } from '../exchange/layout.ts'
import { Router, type Hop, type RouteOptions } from '../exchange/router.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { noRows, numbers, numbersOf } from './plain-columns.ts'

// Words of the region: how far it was said that rows have come, and the time of the last row, ms; and whether there was any.
const TOLD = 0
const LAST = 1
const SET = 2
const WORDS = 3

export class ToldRows {
  readonly #hop: Hop
  readonly #router: Router
  readonly #told: Region

  constructor(memory: StateMemory, region: string, hop: Hop) {
    this.#hop = hop
    this.#router = new Router(hop)
    this.#told = memory.region(region, WORDS * 8)
  }

  /** How far it was said that rows have come, ms. */
  get told(): number {
    const { f64 } = this.#told
    return f64[SET] === 1 ? f64[TOLD] : -Infinity
  }

  /**
   * A block also where there is no row. It is never idle, so that the order is one.
   * @param place columns of the layout up to the key. @param values those behind it.
   */
  route({ place, values, count }: ToldColumns, options: Omit<RouteOptions, 'idle'>): Append[] {
    const all =
      count === 0
        ? noRows(this.#hop.layout)
        : [...place.with(MERGE_TIME, this.#times(place[MERGE_TIME], count)), ...values]
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
    if (progress === -Infinity || progress <= this.told) return
    this.#told.setF64(TOLD, progress)
    this.#told.setF64(SET, 1)
  }
}

export interface ToldColumns {
  readonly place: readonly Column[]
  readonly values: readonly Column[]
  readonly count: number
}
