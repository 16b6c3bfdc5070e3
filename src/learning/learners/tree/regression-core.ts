// A Hoeffding tree for numbers, as ensembles use it: one row at a time, with a weight, and with what a leaf observes left open.
import { Prng } from '../../../base/prng.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { drawFeatures } from './draw-features.ts'
import { addValue, COUNT, MEAN } from './moments.ts'
import { DEPTH, FEATURE, LEFT, PASSED, RIGHT, SHAPE, SLOT, THRESHOLD, TRIED } from './node-shape.ts'
import {
  MEAN_ERROR,
  MODEL_ERROR,
  NUMBERS,
  RegressionStore,
  TARGET,
  type RegressionSize,
} from './regression-store.ts'
import { roundToTenth } from './round-to-tenth.ts'
import { NONE, SplitFound } from './split-points.ts'

/** What a leaf answers: the mean of its targets, its linear model, or whichever was nearer of late. */
export type RegressionLeaf = 'mean' | 'model' | 'adaptive'

export interface RegressionRules {
  readonly features: number
  /** Features a leaf observes, drawn anew for each; all of them where it is `features`. */
  readonly subset: number
  readonly grace: number
  readonly delta: number
  readonly tau: number
  readonly leaf: RegressionLeaf
  /** How much of the squared errors of a leaf is kept at the next row. */
  readonly decay: number
  /** Rows that either side of a split must have. */
  readonly leastRows: number
  /** Of the linear models. */
  readonly rate: number
  readonly maxDepth: number
  readonly maxBytes: number
}

/** Of the slope of the squared loss, and of a squared error: what keeps every state finite. */
const SLOPE_LIMIT = 1e12
const ERROR_LIMIT = 1e250

export class RegressionCore {
  readonly rules: RegressionRules
  readonly #size: RegressionSize
  #random: Prng | undefined
  store: RegressionStore
  readonly #drawn: Int32Array
  readonly #best = new SplitFound()
  readonly #own = new SplitFound()

  /** `random` draws the features of leaves; not needed where they observe all. */
  constructor(rules: RegressionRules, random?: Prng) {
    this.rules = rules
    this.#random = random
    this.#size = {
      features: rules.features,
      width: rules.subset,
      models: rules.leaf !== 'mean',
      leastRows: rules.leastRows,
    }
    this.store = new RegressionStore(this.#size)
    this.#drawn = new Int32Array(rules.features)
    this.store.root = this.newLeaf(0)
  }

  get nodes(): number {
    return this.store.nodes
  }

  get memoryBytes(): number {
    return this.store.bytes
  }

  /** 0 before the first row. */
  predict(x: Float64Array): number {
    return this.answer(this.leafOf(x), x)
  }

  learn(x: Float64Array, target: number, weight: number): void {
    const { shape, numbers } = this.store
    let node = this.store.root
    numbers[node * NUMBERS + PASSED] += weight
    while (shape[node * SHAPE + FEATURE] >= 0) {
      node = this.childOf(node, x)
      numbers[node * NUMBERS + PASSED] += weight
    }
    this.learnAt(node, x, target, weight)
    this.grow(node)
  }

  write(writer: StateWriter): void {
    this.store.write(writer)
  }

  /** A tree of what `write` wrote. */
  static read(reader: StateReader, rules: RegressionRules, random?: Prng): RegressionCore {
    const core = new RegressionCore(rules, new Prng(0))
    core.#random = random
    core.read(reader)
    return core
  }

  /** Takes what `write` wrote. */
  read(reader: StateReader): void {
    this.store = RegressionStore.read(reader, this.#size)
  }

  /** A leaf that observes, with the linear model and the errors of the node it comes from. */
  newLeaf(depth: number, from: number = NONE): number {
    const { store } = this
    const leaf = store.addNode(depth)
    if (from !== NONE) {
      const { modelDoubles } = store
      store.models.copyWithin(leaf * modelDoubles, from * modelDoubles, (from + 1) * modelDoubles)
      store.numbers[leaf * NUMBERS + MEAN_ERROR] = store.numbers[from * NUMBERS + MEAN_ERROR]
      store.numbers[leaf * NUMBERS + MODEL_ERROR] = store.numbers[from * NUMBERS + MODEL_ERROR]
    }
    drawFeatures(this.#drawn, this.rules.subset, this.#random)
    store.openSlot(leaf, this.#drawn.subarray(0, this.rules.subset))
    return leaf
  }

  // The way to a leaf. A missing value goes where more rows went.

  leafOf(x: Float64Array, from: number = this.store.root): number {
    const { shape } = this.store
    let node = from
    while (shape[node * SHAPE + FEATURE] >= 0) node = this.childOf(node, x)
    return node
  }

  childOf(node: number, x: Float64Array): number {
    const { shape, numbers } = this.store
    const left = shape[node * SHAPE + LEFT]
    const right = shape[node * SHAPE + RIGHT]
    const value = x[shape[node * SHAPE + FEATURE]]
    const threshold = numbers[node * NUMBERS + THRESHOLD]
    if (value <= threshold) return left
    if (value > threshold) return right
    return numbers[left * NUMBERS + PASSED] >= numbers[right * NUMBERS + PASSED] ? left : right
  }

  // What a leaf says, and what it learns.

  answer(leaf: number, x: Float64Array): number {
    if (this.byMean(leaf)) return this.store.numbers[leaf * NUMBERS + TARGET + MEAN]
    return this.#model(leaf, x)
  }

  /** Whether the mean of its targets answers in that leaf; else its linear model does. */
  byMean(leaf: number): boolean {
    const { numbers } = this.store
    const at = leaf * NUMBERS
    if (this.rules.leaf !== 'adaptive') return this.rules.leaf === 'mean'
    return numbers[at + MEAN_ERROR] < numbers[at + MODEL_ERROR]
  }

  /** Weight of what a leaf has learnt, with what it was given. */
  weightOf(leaf: number): number {
    return this.store.numbers[leaf * NUMBERS + TARGET + COUNT]
  }

  learnAt(leaf: number, x: Float64Array, target: number, weight: number): void {
    const { store, rules } = this
    const { numbers } = store
    const at = leaf * NUMBERS
    if (rules.leaf === 'adaptive') {
      const byMean = squared(target - numbers[at + TARGET + MEAN])
      const byModel = squared(target - this.#model(leaf, x))
      numbers[at + MEAN_ERROR] = rules.decay * numbers[at + MEAN_ERROR] + byMean
      numbers[at + MODEL_ERROR] = rules.decay * numbers[at + MODEL_ERROR] + byModel
    }
    addValue(numbers, at + TARGET, target, weight)
    if (store.shape[leaf * SHAPE + SLOT] >= 0) this.#observe(leaf, x, target, weight)
    if (rules.leaf !== 'mean') this.#step(leaf, x, target, weight)
  }

  /** Lets a leaf split, where it may and the bound allows it. @returns whether it did. */
  grow(leaf: number): boolean {
    const { store, rules } = this
    if (store.shape[leaf * SHAPE + SLOT] < 0) return false
    const at = leaf * NUMBERS
    const seen = store.numbers[at + TARGET + COUNT]
    if (store.shape[leaf * SHAPE + DEPTH] >= rules.maxDepth) {
      store.closeSlot(leaf)
      return false
    }
    if (seen - store.numbers[at + TRIED] < rules.grace) return false
    store.numbers[at + TRIED] = seen
    return this.#trySplit(leaf, seen)
  }

  #model(leaf: number, x: Float64Array): number {
    const { models, modelDoubles } = this.store
    const at = leaf * modelDoubles
    let sum = 0
    for (let i = 0; i < x.length; i++) if (x[i] === x[i]) sum += models[at + i] * x[i]
    return sum + models[at + x.length]
  }

  /** A step of stochastic gradient descent on the squared error; the intercept has a rate of its own, 0.01, as in River. */
  #step(leaf: number, x: Float64Array, target: number, weight: number): void {
    const { models, modelDoubles } = this.store
    const { rate } = this.rules
    const at = leaf * modelDoubles
    const full = 2 * (this.#model(leaf, x) - target) * weight
    const slope = Math.max(-SLOPE_LIMIT, Math.min(SLOPE_LIMIT, full))
    models[at + x.length] -= 0.01 * slope
    for (let i = 0; i < x.length; i++) if (x[i] === x[i]) models[at + i] -= rate * (slope * x[i])
  }

  #observe(leaf: number, x: Float64Array, target: number, weight: number): void {
    const { store } = this
    const { width, points } = store
    if (!this.#hasRoom(leaf)) return
    const at = store.shape[leaf * SHAPE + SLOT] * width
    const { observed, roots } = store
    for (let i = at; i < at + width; i++) {
      const value = x[observed[i]]
      if (value === value) roots[i] = points.add(roots[i], roundToTenth(value), target, weight)
    }
  }

  /** Whether the leaf may observe a row; where the bytes are used up, the deepest leaves stop observing first, as in River. */
  #hasRoom(leaf: number): boolean {
    const { store } = this
    while (!store.points.roomFor(store.width, this.room - store.bytes)) {
      let deepest = NONE
      for (let node = 0; node < store.places; node++) {
        if (store.shape[node * SHAPE + SLOT] < 0) continue
        if (
          deepest === NONE ||
          store.shape[node * SHAPE + DEPTH] > store.shape[deepest * SHAPE + DEPTH]
        ) {
          deepest = node
        }
      }
      store.closeSlot(deepest)
      if (deepest === leaf) return false
    }
    return true
  }

  #trySplit(leaf: number, seen: number): boolean {
    const { store, rules } = this
    const { width, points, numbers } = store
    const best = this.#best
    const own = this.#own
    const at = store.shape[leaf * SHAPE + SLOT] * width
    const allAt = leaf * NUMBERS + TARGET
    best.clear()
    let second = -Infinity
    let feature = NONE
    for (let i = at; i < at + width; i++) {
      if (store.roots[i] === NONE) continue
      own.clear()
      points.best(store.roots[i], numbers, allAt, own)
      // Of equals the last wins.
      if (own.merit >= best.merit) {
        second = best.merit
        best.copy(own)
        feature = store.observed[i]
      } else if (own.merit > second) second = own.merit
    }
    if (feature === NONE || !(best.merit > 0)) return false
    const bound = Math.sqrt(Math.log(1 / rules.delta) / (2 * seen))
    const ratio = second / best.merit
    if (ratio < 1 - bound || bound < rules.tau) return this.split(leaf, feature)
    if (!(second > 0)) return false
    const bad = { best: best.merit, share: ratio - 2 * bound }
    for (let i = at; i < at + width; i++) {
      store.roots[i] = points.prune(store.roots[i], numbers, allAt, bad)
    }
    return false
  }

  /** Bytes that the store may take. */
  get room(): number {
    return this.rules.maxBytes
  }

  protected split(leaf: number, feature: number): boolean {
    const { store } = this
    if (store.bytes + 2 * (store.nodeBytes + 8 * store.width) > this.room) return false
    const best = this.#best
    const depth = store.shape[leaf * SHAPE + DEPTH] + 1
    store.closeSlot(leaf)
    const left = this.newLeaf(depth, leaf)
    const right = this.newLeaf(depth, leaf)
    for (const [child, side] of [
      [left, best.left],
      [right, best.right],
    ] as const) {
      const at = child * NUMBERS
      store.numbers.set(side, at + TARGET)
      store.numbers[at + TRIED] = side[COUNT]
      store.numbers[at + PASSED] = side[COUNT]
    }
    store.shape[leaf * SHAPE + FEATURE] = feature
    store.shape[leaf * SHAPE + LEFT] = left
    store.shape[leaf * SHAPE + RIGHT] = right
    store.numbers[leaf * NUMBERS + THRESHOLD] = best.value
    return true
  }
}

function squared(error: number): number {
  return Math.min(ERROR_LIMIT, error * error)
}
