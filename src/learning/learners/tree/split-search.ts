// Where a node would split best: a threshold of a number, or one value of a nominal feature against the others.
import { GREATEST, LEAST, WEIGHT, weightUpTo } from './gaussian-observer.ts'
import { entropy, merit, type SplitCriterion } from './split-merit.ts'
import { FEATURE, SHAPE, SLOT } from './node-shape.ts'
import type { TreeStore } from './tree-store.ts'

export interface SearchRules {
  readonly criterion: SplitCriterion
  /** Thresholds that are tried between the ends of a feature. */
  readonly points: number
  /** For each feature its number of values; 0 for a number. */
  readonly values: Int32Array
  readonly classes: number
}

/** What the search of a node found last; it takes no memory a search. */
export class SplitSearch {
  readonly #rules: SearchRules
  /** The best split; -1 where there is none. */
  feature: number = -1
  threshold: number = Number.NaN
  merit: number = -Infinity
  /** Of the best split of the next best feature. */
  second: number = -Infinity
  /** Of the feature that the node splits on already; -Infinity where it is a leaf, or it has no split. */
  current: number = -Infinity
  /** Weights of the classes on both sides of the best split, and on which the class is known: 1 left, 2 right, 3 both. */
  readonly left: Float64Array
  readonly right: Float64Array
  readonly known: Uint8Array
  readonly #left: Float64Array
  readonly #right: Float64Array
  #best = -Infinity
  #at = Number.NaN

  constructor(rules: SearchRules) {
    this.#rules = rules
    this.left = new Float64Array(rules.classes)
    this.right = new Float64Array(rules.classes)
    this.known = new Uint8Array(rules.classes)
    this.#left = new Float64Array(rules.classes)
    this.#right = new Float64Array(rules.classes)
  }

  /** Looks at all features that the node observes; of equals the last is the best. */
  search(store: TreeStore, node: number): void {
    const { width, classes } = store
    const slot = store.shape[node * SHAPE + SLOT]
    const own = store.shape[node * SHAPE + FEATURE]
    const before = entropy(store.weights, node * classes, classes)
    this.feature = -1
    this.merit = -Infinity
    this.second = -Infinity
    this.current = -Infinity
    let index = -1
    for (let i = 0; i < width; i++) {
      const feature = store.observed[slot * width + i]
      this.#searchFeature(store, slot, i, before)
      if (feature === own) this.current = this.#best
      if (this.#best >= this.merit) {
        this.second = this.merit
        this.merit = this.#best
        this.threshold = this.#at
        this.feature = this.#best > -Infinity ? feature : -1
        index = i
      } else if (this.#best > this.second) this.second = this.#best
    }
    if (this.feature >= 0) this.#keep(store, slot, index)
  }

  #searchFeature(store: TreeStore, slot: number, index: number, before: number): void {
    this.#best = -Infinity
    this.#at = Number.NaN
    const values = this.#rules.values[store.observed[slot * store.width + index]]
    if (values === 0) this.#searchNumber(store, slot, index, before)
    else for (let value = 0; value < values; value++) this.#try(store, slot, index, value, before)
  }

  #searchNumber(store: TreeStore, slot: number, index: number, before: number): void {
    const { observers, classes, width, stride } = store
    let least = Infinity
    let greatest = -Infinity
    for (let c = 0; c < classes; c++) {
      const at = ((slot * classes + c) * width + index) * stride
      if (observers[at + WEIGHT] === 0) continue
      if (observers[at + LEAST] < least) least = observers[at + LEAST]
      if (observers[at + GREATEST] > greatest) greatest = observers[at + GREATEST]
    }
    const { points } = this.#rules
    const step = (greatest - least) / (points + 1)
    for (let i = 0; i < points; i++) {
      const threshold = least + step * (i + 1)
      if (least < threshold && threshold < greatest)
        this.#try(store, slot, index, threshold, before)
    }
  }

  #try(store: TreeStore, slot: number, index: number, threshold: number, before: number): void {
    const left = this.#left
    const right = this.#right
    for (let c = 0; c < left.length; c++) this.#side(store, slot, index, c, threshold)
    const own = merit(this.#rules.criterion, left, right, before)
    if (own <= this.#best) return
    this.#best = own
    this.#at = threshold
  }

  /** Writes the weights of a class on both sides. @returns on which it is known. */
  #side(store: TreeStore, slot: number, index: number, label: number, threshold: number): number {
    const { observers, classes, width, stride } = store
    const at = ((slot * classes + label) * width + index) * stride
    const weight = observers[at + WEIGHT]
    let left = 0
    let known = 3
    if (weight === 0) known = 0
    else if (this.#rules.values[store.observed[slot * width + index]] > 0) {
      left = observers[at + 1 + threshold]
      known = left === 0 ? 2 : left === weight ? 1 : 3
    } else if (threshold < observers[at + LEAST]) known = 2
    else if (threshold >= observers[at + GREATEST]) {
      known = 1
      left = weight
    } else left = weightUpTo(observers, at, threshold)
    this.#left[label] = left
    this.#right[label] = known === 1 ? 0 : weight - left
    return known
  }

  #keep(store: TreeStore, slot: number, index: number): void {
    for (let c = 0; c < this.known.length; c++) {
      this.known[c] = this.#side(store, slot, index, c, this.threshold)
    }
    this.left.set(this.#left)
    this.right.set(this.#right)
  }
}
