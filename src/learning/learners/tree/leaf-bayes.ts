// Naive Bayes over what a slot observes: the vote of each class as a logarithm.
import { POINT_INVERSE, pointMean, spreadOf, MEAN, WEIGHT } from './gaussian-observer.ts'
import type { TreeStore } from './tree-store.ts'

/** ln(2 pi) / 2. */
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)
/** A product of variances beyond these becomes a logarithm, so that it stays a number. */
const TINY = 1e-100
const HUGE = 1e100

export class LeafBayes {
  /** For each feature its number of values; 0 for a number. */
  readonly #values: Int32Array
  readonly #nominal: boolean
  readonly #strict: boolean

  /** `strict`: see the rules of a tree. */
  constructor(values: Int32Array, strict: boolean) {
    this.#values = values
    this.#strict = strict
    this.#nominal = values.some((each) => each > 0)
  }

  /**
   * ln of the class's weight, and of the density of each value that is not missing. A numeric feature without spread in a class says
   * nothing of this class, as in River, or where it is strict that it has one value, as in MOA; a nominal one counts each value once
   * more than it was seen, as MOA does.
   */
  vote(store: TreeStore, slot: number, label: number, weight: number, x: Float64Array): number {
    const { bases, lines, observed, width } = store
    const at = slot * store.classes + label
    if (Number.isNaN(bases[at])) this.#refresh(store, slot, label, weight)
    let vote = bases[at]
    let line = 2 * at * width
    const first = slot * width
    for (let i = first; i < first + width; i++, line += 2) {
      const value = x[observed[i]]
      if (value === value) {
        const distance = value - lines[line]
        vote -= distance * distance * lines[line + 1]
      } else vote += this.#scale(store, slot, label, i - first)
    }
    return this.#nominal ? vote + this.#nominals(store, slot, label, x) : vote
  }

  /** Makes `bases` and `lines` of a class anew. */
  #refresh(store: TreeStore, slot: number, label: number, weight: number): void {
    const { observers, observed, lines, width, stride } = store
    const at = slot * store.classes + label
    let place = at * width * stride
    let logs = Math.log(weight)
    let product = 1
    for (let i = 0; i < width; i++, place += stride) {
      const line = 2 * (at * width + i)
      const numeric = !this.#nominal || this.#values[observed[slot * width + i]] === 0
      const variance = numeric ? spreadOf(observers, place) : 0
      lines[line] = observers[place + MEAN]
      lines[line + 1] = 0
      if (variance === 0) {
        if (!numeric || !this.#strict) continue
        lines[line] = pointMean(observers, place)
        lines[line + 1] = POINT_INVERSE
        continue
      }
      lines[line + 1] = 0.5 / variance
      product *= variance
      logs -= HALF_LOG_TWO_PI
      if (product > HUGE || product < TINY) {
        logs -= 0.5 * Math.log(product)
        product = 1
      }
    }
    store.bases[at] = logs - 0.5 * Math.log(product)
  }

  /** What a missing value takes back from `bases`: ln(2 pi variance) / 2. */
  #scale(store: TreeStore, slot: number, label: number, index: number): number {
    const half = store.lines[2 * ((slot * store.classes + label) * store.width + index) + 1]
    return half === 0 || half === POINT_INVERSE ? 0 : HALF_LOG_TWO_PI - 0.5 * Math.log(2 * half)
  }

  #nominals(store: TreeStore, slot: number, label: number, x: Float64Array): number {
    const { observers, observed, width, stride } = store
    let place = (slot * store.classes + label) * width * stride
    let sum = 0
    for (let i = slot * width; i < (slot + 1) * width; i++, place += stride) {
      const values = this.#values[observed[i]]
      const value = x[observed[i]]
      if (!isValue(value, values)) continue
      sum += nominalLog(observers, place, value, values)
    }
    return sum
  }
}

/** ln of the share of a value in a class, each value counted once more than it was seen. */
function nominalLog(observers: Float64Array, at: number, value: number, values: number): number {
  return Math.log((observers[at + 1 + value] + 1) / (observers[at + WEIGHT] + values))
}

/** Of each value. */
export function nominalLogs(observers: Float64Array, at: number, values: number): Float64Array {
  return Float64Array.from({ length: values }, (_, value) =>
    nominalLog(observers, at, value, values),
  )
}

/** Whether that is a value of a nominal feature of so many. */
export function isValue(value: number, values: number): boolean {
  return value >= 0 && value < values && value === Math.floor(value)
}
