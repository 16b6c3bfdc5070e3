// A Hoeffding tree for classes, as ensembles use it: one row at a time, with a weight, and with what a leaf observes left open.
import { Prng } from '../../../base/prng.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { logDensity, observe, OBSERVER } from './gaussian-observer.ts'
import { drawFeatures } from './draw-features.ts'
import { bestSplit, type Candidate, type SplitRules } from './best-split.ts'
import {
  BAYES_RIGHT,
  DEPTH,
  FEATURE,
  LEFT,
  MAJORITY_RIGHT,
  NUMBERS,
  PASSED,
  RIGHT,
  SHAPE,
  SLOT,
  THRESHOLD,
  TreeStore,
  TRIED,
} from './tree-store.ts'
import { treeView, type LeafView, type TreeView } from './tree-view.ts'

/** What a leaf answers: its majority class, naive Bayes, or whichever was right more often. */
export type LeafPrediction = 'majority' | 'bayes' | 'adaptive'

export interface TreeRules extends SplitRules {
  readonly features: number
  readonly classes: number
  /** Features a leaf observes, drawn anew for each; all of them where it is `features`. */
  readonly subset: number
  /** Weight a leaf sees between two attempts to split. */
  readonly grace: number
  readonly leaf: LeafPrediction
  readonly maxDepth: number
  readonly maxBytes: number
}

export class HoeffdingCore {
  readonly #rules: TreeRules
  #random: Prng | undefined
  #store: TreeStore
  readonly #votes: Float64Array
  readonly #drawn: Int32Array
  /** For a leaf that splits: the weights on both sides. */
  readonly #left: Float64Array
  readonly #right: Float64Array

  /** `random` draws the features of leaves; not needed where they observe all. */
  constructor(rules: TreeRules, random?: Prng) {
    this.#rules = rules
    this.#random = random
    this.#store = new TreeStore({ classes: rules.classes, width: rules.subset })
    this.#votes = new Float64Array(rules.classes)
    this.#drawn = new Int32Array(rules.features)
    this.#left = new Float64Array(rules.classes)
    this.#right = new Float64Array(rules.classes)
    this.#store.addNode(0)
    this.#open(0)
  }

  get nodes(): number {
    return this.#store.nodes
  }

  get memoryBytes(): number {
    return this.#store.bytes
  }

  /** Writes the probabilities of the classes: all 0 before the first row. */
  predict(x: Float64Array, out: Float64Array, at: number): void {
    const leaf = this.#leafOf(x)
    if (this.#byBayes(leaf)) this.#bayes(leaf, x, out, at)
    else this.#majority(leaf, out, at)
  }

  /** As it predicts now. */
  view(): TreeView<LeafView> {
    return treeView(this.#store, (leaf) => this.#byBayes(leaf))
  }

  learn(x: Float64Array, label: number, weight: number): void {
    const leaf = this.#pass(x, weight)
    const store = this.#store
    const { classes } = this.#rules
    const slot = store.shape[leaf * SHAPE + SLOT]
    if (slot >= 0 && this.#rules.leaf === 'adaptive') this.#judge(leaf, x, label, weight)
    const place = leaf * classes + label
    if (store.order[place] === 0) store.order[place] = next(store.order, leaf * classes, classes)
    store.weights[place] += weight
    if (slot < 0) return
    this.#observe(slot, x, label, weight)
    const seen = this.#total(leaf)
    if (store.shape[leaf * SHAPE + DEPTH] >= this.#rules.maxDepth) {
      this.#close(leaf)
      return
    }
    if (seen - store.numbers[leaf * NUMBERS + TRIED] < this.#rules.grace) return
    this.#trySplit(leaf, slot, seen)
    store.numbers[leaf * NUMBERS + TRIED] = seen
  }

  write(writer: StateWriter): void {
    this.#store.write(writer)
  }

  /** A tree of what `write` wrote. */
  static read(reader: StateReader, rules: TreeRules, random?: Prng): HoeffdingCore {
    const core = new HoeffdingCore(rules, new Prng(0))
    core.#random = random
    core.#store = TreeStore.read(reader, { classes: rules.classes, width: rules.subset })
    return core
  }

  // The way to a leaf. A missing value goes where more rows went.

  #leafOf(x: Float64Array): number {
    const { shape, numbers } = this.#store
    let node = 0
    for (let feature = shape[FEATURE]; feature >= 0; feature = shape[node * SHAPE + FEATURE]) {
      node = this.#child(node, x[feature], shape, numbers)
    }
    return node
  }

  #pass(x: Float64Array, weight: number): number {
    const { shape, numbers } = this.#store
    let node = 0
    numbers[PASSED] += weight
    for (let feature = shape[FEATURE]; feature >= 0; feature = shape[node * SHAPE + FEATURE]) {
      node = this.#child(node, x[feature], shape, numbers)
      numbers[node * NUMBERS + PASSED] += weight
    }
    return node
  }

  #child(node: number, value: number, shape: Int32Array, numbers: Float64Array): number {
    const left = shape[node * SHAPE + LEFT]
    const right = shape[node * SHAPE + RIGHT]
    const threshold = numbers[node * NUMBERS + THRESHOLD]
    if (value <= threshold) return left
    if (value > threshold) return right
    return numbers[left * NUMBERS + PASSED] >= numbers[right * NUMBERS + PASSED] ? left : right
  }

  // What a leaf says.

  #byBayes(leaf: number): boolean {
    const { shape, numbers } = this.#store
    if (shape[leaf * SHAPE + SLOT] < 0 || this.#rules.leaf === 'majority') return false
    if (this.#rules.leaf === 'bayes') return true
    return numbers[leaf * NUMBERS + BAYES_RIGHT] >= numbers[leaf * NUMBERS + MAJORITY_RIGHT]
  }

  #majority(leaf: number, out: Float64Array, at: number): void {
    const total = this.#total(leaf)
    const { classes } = this.#rules
    for (let c = 0; c < classes; c++) {
      out[at + c] = total > 0 ? this.#store.weights[leaf * classes + c] / total : 0
    }
  }

  /**
   * Naive Bayes of the leaf. As in River, a class that it knows but has no weight of counts as probability 1 before normalising, and a
   * feature without spread in a class is left out for that class alone.
   */
  #bayes(leaf: number, x: Float64Array, out: Float64Array, at: number): void {
    const total = this.#total(leaf)
    const { classes, subset } = this.#rules
    if (total === 0) {
      out.fill(0, at, at + classes)
      return
    }
    const { weights, order, observers, observed, shape, slotDoubles } = this.#store
    const slot = shape[leaf * SHAPE + SLOT]
    let greatest = -Infinity
    for (let c = 0; c < classes; c++) {
      if (order[leaf * classes + c] === 0) continue
      const weight = weights[leaf * classes + c]
      let vote = 0
      if (weight > 0) {
        vote = Math.log(weight / total)
        let place = slot * slotDoubles + c * subset * OBSERVER
        for (let i = 0; i < subset; i++, place += OBSERVER) {
          const value = x[observed[slot * subset + i]]
          if (value === value) vote += logDensity(observers, place, value)
        }
      }
      out[at + c] = vote
      if (vote > greatest) greatest = vote
    }
    // So far from all that was seen that no class has a density: the weights alone speak.
    if (greatest === -Infinity) {
      this.#majority(leaf, out, at)
      return
    }
    let sum = 0
    for (let c = 0; c < classes; c++) {
      const known = order[leaf * classes + c] !== 0
      out[at + c] = known ? Math.exp(out[at + c] - greatest) : 0
      sum += out[at + c]
    }
    for (let c = 0; c < classes; c++) out[at + c] /= sum
  }

  /** Counts whether majority and naive Bayes have the row right that the leaf has not learnt yet. */
  #judge(leaf: number, x: Float64Array, label: number, weight: number): void {
    const { numbers } = this.#store
    const total = this.#total(leaf)
    if (
      total === 0 ||
      this.#first(leaf, this.#store.weights, leaf * this.#rules.classes) === label
    ) {
      // As in River: a leaf without any class has the majority right; one whose weights are 0 has its first class.
      if (total > 0 || this.#firstKnown(leaf, label))
        numbers[leaf * NUMBERS + MAJORITY_RIGHT] += weight
    }
    if (total === 0) return
    this.#bayes(leaf, x, this.#votes, 0)
    if (this.#first(leaf, this.#votes, 0) === label) numbers[leaf * NUMBERS + BAYES_RIGHT] += weight
  }

  #firstKnown(leaf: number, label: number): boolean {
    const { order } = this.#store
    const { classes } = this.#rules
    const none = order.subarray(leaf * classes, (leaf + 1) * classes).every((each) => each === 0)
    return none || order[leaf * classes + label] === 1
  }

  /** The class of the greatest vote; of equals the one that came first to this leaf. */
  #first(leaf: number, votes: Float64Array, at: number): number {
    const { order } = this.#store
    const { classes } = this.#rules
    let best = -1
    for (let c = 0; c < classes; c++) {
      const rank = order[leaf * classes + c]
      if (rank === 0) continue
      if (best < 0 || votes[at + c] > votes[at + best]) best = c
      else if (votes[at + c] === votes[at + best] && rank < order[leaf * classes + best]) best = c
    }
    return best
  }

  #total(node: number): number {
    const { weights } = this.#store
    const { classes } = this.#rules
    let sum = 0
    for (let c = 0; c < classes; c++) sum += weights[node * classes + c]
    return sum
  }

  // What a leaf learns, and how it splits.

  #observe(slot: number, x: Float64Array, label: number, weight: number): void {
    const { observers, observed, slotOrder, slotDoubles } = this.#store
    const { classes, subset } = this.#rules
    const rank = slot * classes + label
    if (slotOrder[rank] === 0) slotOrder[rank] = next(slotOrder, slot * classes, classes)
    let place = slot * slotDoubles + label * subset * OBSERVER
    for (let i = 0; i < subset; i++, place += OBSERVER) {
      const value = x[observed[slot * subset + i]]
      if (value === value) observe(observers, place, value, weight)
    }
  }

  /** Gives a leaf a slot of its own, and draws what it observes. */
  #open(leaf: number): void {
    const store = this.#store
    const slot = store.addSlot()
    store.shape[leaf * SHAPE + SLOT] = slot
    const { subset } = this.#rules
    const drawn = this.#drawn
    drawFeatures(drawn, subset, this.#random)
    store.observed.set(drawn.subarray(0, subset), slot * subset)
  }

  /** The leaf learns its classes from now on, no features. */
  #close(leaf: number): void {
    const at = leaf * SHAPE + SLOT
    this.#store.freeSlot(this.#store.shape[at])
    this.#store.shape[at] = -1
  }

  #trySplit(leaf: number, slot: number, seen: number): void {
    const found = bestSplit(this.#store, { leaf, slot, seen }, this.#rules)
    if (found === 'wait') return
    if (found === 'renew') this.#store.clearSlot(slot)
    else this.#split(leaf, slot, found)
  }

  #split(leaf: number, slot: number, { feature, place, threshold }: Candidate): void {
    const store = this.#store
    const { classes, maxBytes } = this.#rules
    if (store.bytes + 2 * store.nodeBytes > maxBytes) return
    const left = this.#left
    const right = this.#right
    const depth = store.shape[leaf * SHAPE + DEPTH] + 1
    const children = [store.addNode(depth), store.addNode(depth)]
    place.sides(store, threshold, left, right)
    // As in River, in the order in which the leaf's observers met the classes.
    const ranks = store.slotOrder.subarray(slot * classes, (slot + 1) * classes)
    for (let c = 0; c < classes; c++) {
      const sides = place.known(store, c, threshold)
      if ((sides & 1) !== 0) store.order[children[0] * classes + c] = ranks[c]
      if ((sides & 2) !== 0) store.order[children[1] * classes + c] = ranks[c]
    }
    store.weights.set(left, children[0] * classes)
    store.weights.set(right, children[1] * classes)
    children.forEach((child) => {
      const total = this.#total(child)
      store.numbers[child * NUMBERS + TRIED] = total
      store.numbers[child * NUMBERS + PASSED] = total
    })
    this.#close(leaf)
    store.shape[leaf * SHAPE + FEATURE] = feature
    store.shape[leaf * SHAPE + LEFT] = children[0]
    store.shape[leaf * SHAPE + RIGHT] = children[1]
    store.numbers[leaf * NUMBERS + THRESHOLD] = threshold
    for (const child of children) if (this.#hasRoom()) this.#open(child)
  }

  /** Whether there is room for a slot; where not, the leaf that has least to gain gives up its own. */
  #hasRoom(): boolean {
    const store = this.#store
    if (store.freeSlots > 0 || store.bytes + store.slotBytes <= this.#rules.maxBytes) return true
    const { classes } = this.#rules
    let least = -1
    let promise = Infinity
    for (let node = 0; node < store.nodes; node++) {
      if (store.shape[node * SHAPE + SLOT] < 0) continue
      let greatest = 0
      for (let c = 0; c < classes; c++) {
        greatest = Math.max(greatest, store.weights[node * classes + c])
      }
      const own = this.#total(node) - greatest
      if (own < promise) {
        promise = own
        least = node
      }
    }
    if (least < 0) return false
    this.#close(least)
    return true
  }
}

/** The rank of a class that comes now. */
function next(order: Int32Array, at: number, classes: number): number {
  let rank = 1
  for (let c = 0; c < classes; c++) if (order[at + c] > 0) rank++
  return rank
}
