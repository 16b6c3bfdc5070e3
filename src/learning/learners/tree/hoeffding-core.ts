// A Hoeffding tree for classes, as ensembles use it: one row at a time, with a weight, and with what a leaf observes left open.
import { Prng } from '../../../base/prng.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { drawFeatures } from './draw-features.ts'
import { LEAST_VOTE, observeNumber, WEIGHT } from './gaussian-observer.ts'
import { isValue, LeafBayes } from './leaf-bayes.ts'
import { shareRoom } from './leaf-room.ts'
import { range } from './split-merit.ts'
import { SplitSearch } from './split-search.ts'
import { DEPTH, FEATURE, LEFT, PASSED, RIGHT, SHAPE, SLOT, THRESHOLD, TRIED } from './node-shape.ts'
import {
  BAYES_RIGHT,
  MAJORITY_RIGHT,
  nextRank,
  NUMBERS,
  TreeStore,
  type TreeSize,
} from './tree-store.ts'
import type { TreeRules } from './tree-rules.ts'
import { treeView, type LeafView, type TreeView } from './tree-view.ts'

export class HoeffdingCore {
  readonly rules: TreeRules
  store: TreeStore
  readonly search: SplitSearch
  readonly #size: TreeSize
  #random: Prng | undefined
  readonly #values: Int32Array
  readonly #nominal: boolean
  readonly #bayes: LeafBayes
  readonly #votes: Float64Array
  readonly #drawn: Int32Array

  /** `random` draws the features of leaves; not needed where they observe all. */
  constructor(rules: TreeRules, random?: Prng) {
    const { classes, features, subset, values } = rules
    this.rules = rules
    this.#random = random
    this.#size = { classes, width: subset, values: Math.max(...values) }
    this.#values = Int32Array.from(values)
    this.#nominal = this.#size.values > 0
    this.#bayes = new LeafBayes(this.#values, rules.strict)
    this.search = new SplitSearch({ ...rules, values: this.#values })
    this.#votes = new Float64Array(classes)
    this.#drawn = new Int32Array(features)
    drawFeatures(this.#drawn, subset, rules.patches ? random : undefined)
    this.store = new TreeStore(this.#size)
    this.store.root = this.newLeaf(0)
  }

  get nodes(): number {
    return this.store.nodes
  }

  get memoryBytes(): number {
    return this.store.bytes
  }

  /** Writes the probabilities of the classes: all 0 before the first row. */
  predict(x: Float64Array, out: Float64Array, at: number): void {
    this.answer(this.leafOf(x), x, out, at)
  }

  /** As it predicts now. */
  view(): TreeView<LeafView> {
    return treeView(this)
  }

  /** The class it would answer; -1 before the first row. */
  classify(x: Float64Array): number {
    return this.classOf(this.leafOf(x), x)
  }

  /** Learns the row that many times, each with the weight: as often as a draw says. */
  learn(x: Float64Array, label: number, weight: number, times = 1): void {
    let leaf = this.#pass(this.store.root, x, weight * times)
    for (let i = 1; i < times; i++) {
      this.learnAt(leaf, x, label, weight)
      if (this.grow(leaf)) leaf = this.#pass(this.childOf(leaf, x), x, weight * (times - i))
    }
    this.learnAt(leaf, x, label, weight)
    this.grow(leaf)
  }

  write(writer: StateWriter): void {
    this.store.write(writer)
    if (this.rules.patches) writer.array(this.#drawn)
  }

  /** Takes what `write` wrote. */
  read(reader: StateReader): void {
    this.store = TreeStore.read(reader, this.#size)
    if (this.rules.patches) reader.into(this.#drawn)
  }

  /** Bytes that the store may take. */
  get room(): number {
    return this.rules.maxBytes
  }

  /** A leaf that observes, where there is room for it. */
  newLeaf(depth: number): number {
    const leaf = this.store.addNode(depth)
    if (leaf === 0 || this.store.slotsWithin(this.room) > 0) this.open(leaf)
    return leaf
  }

  /** Has a node observe features, drawn where it is not all of them. */
  open(node: number): void {
    const { subset, patches } = this.rules
    if (!patches) drawFeatures(this.#drawn, subset, this.#random)
    this.store.openSlot(node, this.#drawn.subarray(0, subset))
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
    const feature = shape[node * SHAPE + FEATURE]
    const left = shape[node * SHAPE + LEFT]
    const right = shape[node * SHAPE + RIGHT]
    const value = x[feature]
    const threshold = numbers[node * NUMBERS + THRESHOLD]
    if (this.#nominal && this.#values[feature] > 0) {
      if (value === threshold) return left
      if (isValue(value, this.#values[feature])) return right
    } else {
      if (value <= threshold) return left
      if (value > threshold) return right
    }
    return numbers[left * NUMBERS + PASSED] >= numbers[right * NUMBERS + PASSED] ? left : right
  }

  #pass(from: number, x: Float64Array, weight: number): number {
    const { shape, numbers } = this.store
    let node = from
    numbers[node * NUMBERS + PASSED] += weight
    while (shape[node * SHAPE + FEATURE] >= 0) {
      node = this.childOf(node, x)
      numbers[node * NUMBERS + PASSED] += weight
    }
    return node
  }

  // What a leaf says.

  /** Writes the probabilities of a leaf. */
  answer(leaf: number, x: Float64Array, out: Float64Array, at: number): void {
    const { classes } = this.rules
    const total = this.weightOf(leaf)
    const greatest = this.byBayes(leaf) ? this.#vote(leaf, x, out, at, total) : -Infinity
    // So far from all that was seen that no class has a density: the weights alone speak.
    if (greatest === -Infinity) {
      for (let c = 0; c < classes; c++) {
        out[at + c] = total > 0 ? this.store.weights[leaf * classes + c] / total : 0
      }
      return
    }
    let sum = 0
    for (let c = 0; c < classes; c++) {
      out[at + c] = Math.exp(out[at + c] - greatest)
      sum += out[at + c]
    }
    for (let c = 0; c < classes; c++) out[at + c] /= sum
  }

  /** The class that a leaf answers; -1 where it has learnt nothing. */
  classOf(leaf: number, x: Float64Array): number {
    const total = this.weightOf(leaf)
    if (total === 0) return -1
    const votes = this.#votes
    if (!this.byBayes(leaf) || this.#vote(leaf, x, votes, 0, total) === -Infinity) {
      return this.#first(leaf, this.store.weights, leaf * this.rules.classes)
    }
    return this.#first(leaf, votes, 0)
  }

  /** Weight of what a node has learnt, with what it was given. */
  weightOf(node: number): number {
    const { weights } = this.store
    const { classes } = this.rules
    let sum = 0
    for (let c = 0; c < classes; c++) sum += weights[node * classes + c]
    return sum
  }

  /** Whether naive Bayes answers in that leaf; else its majority class does. */
  byBayes(leaf: number): boolean {
    const { shape, numbers } = this.store
    if (shape[leaf * SHAPE + SLOT] < 0 || this.rules.leaf === 'majority') return false
    if (this.rules.leaf === 'bayes') return true
    return numbers[leaf * NUMBERS + BAYES_RIGHT] >= numbers[leaf * NUMBERS + MAJORITY_RIGHT]
  }

  /**
   * The logarithms of naive Bayes' votes, and the greatest of them; -Infinity where there is none. As in River, a class that the leaf
   * knows but has no weight of has the vote of the whole weight.
   */
  #vote(leaf: number, x: Float64Array, out: Float64Array, at: number, total: number): number {
    const { classes } = this.rules
    const { store } = this
    const slot = store.shape[leaf * SHAPE + SLOT]
    let greatest = -Infinity
    for (let c = 0; c < classes; c++) {
      const weight = store.weights[leaf * classes + c]
      let vote = -Infinity
      if (weight > 0) vote = this.#bayes.vote(store, slot, c, weight, x)
      else if (total > 0 && store.order[leaf * classes + c] !== 0) vote = Math.log(total)
      out[at + c] = vote
      if (vote > greatest) greatest = vote
    }
    return greatest > LEAST_VOTE ? greatest : -Infinity
  }

  /** The class of the greatest vote; of equals the one that came first to this leaf. */
  #first(leaf: number, votes: Float64Array, at: number): number {
    const { order } = this.store
    const { classes } = this.rules
    let best = -1
    for (let c = 0; c < classes; c++) {
      const rank = order[leaf * classes + c]
      if (rank === 0) continue
      if (best < 0 || votes[at + c] > votes[at + best]) best = c
      else if (votes[at + c] === votes[at + best] && rank < order[leaf * classes + best]) best = c
    }
    return best
  }

  // What a leaf learns, and how it splits.

  learnAt(leaf: number, x: Float64Array, label: number, weight: number): void {
    const slot = this.store.shape[leaf * SHAPE + SLOT]
    if (slot >= 0 && this.rules.leaf === 'adaptive') this.#judge(leaf, x, label, weight)
    this.learnClass(leaf, label, weight)
    if (slot >= 0) this.observe(slot, x, label, weight)
  }

  protected learnClass(node: number, label: number, weight: number): void {
    const { weights, order } = this.store
    const { classes } = this.rules
    const place = node * classes + label
    if (order[place] === 0) order[place] = nextRank(order, node * classes, classes)
    weights[place] += weight
  }

  /** Counts whether majority and naive Bayes have the row right that the leaf has not learnt yet. */
  #judge(leaf: number, x: Float64Array, label: number, weight: number): void {
    const { numbers, order, weights } = this.store
    const { classes } = this.rules
    const total = this.weightOf(leaf)
    const majority = this.#first(leaf, weights, leaf * classes)
    // As in River: a leaf without any class has the majority right; one whose weights are 0 has its first class.
    const right =
      total > 0 ? majority === label : majority < 0 || order[leaf * classes + label] === 1
    if (right) numbers[leaf * NUMBERS + MAJORITY_RIGHT] += weight
    if (total === 0) return
    const votes = this.#votes
    const none = this.#vote(leaf, x, votes, 0, total) === -Infinity
    if ((none ? majority : this.#first(leaf, votes, 0)) === label) {
      numbers[leaf * NUMBERS + BAYES_RIGHT] += weight
    }
  }

  protected observe(slot: number, x: Float64Array, label: number, weight: number): void {
    const { observers, observed, slotOrder, bases, width, stride } = this.store
    const { classes } = this.rules
    const rank = slot * classes + label
    if (slotOrder[rank] === 0) slotOrder[rank] = nextRank(slotOrder, slot * classes, classes)
    bases[rank] = Number.NaN
    let place = rank * width * stride
    for (let i = slot * width; i < (slot + 1) * width; i++, place += stride) {
      const value = x[observed[i]]
      if (this.#nominal && this.#values[observed[i]] > 0) {
        if (!isValue(value, this.#values[observed[i]])) continue
        observers[place + WEIGHT] += weight
        observers[place + 1 + value] += weight
      } else if (value === value) observeNumber(observers, place, value, weight)
    }
  }

  /** Lets a leaf split, where it may and the bound allows it. @returns whether it did. */
  grow(leaf: number): boolean {
    const { store, rules } = this
    if (store.shape[leaf * SHAPE + SLOT] < 0) return false
    if (store.shape[leaf * SHAPE + DEPTH] >= rules.maxDepth) {
      store.closeSlot(leaf)
      return false
    }
    const seen = this.weightOf(leaf)
    if (seen - store.numbers[leaf * NUMBERS + TRIED] < rules.grace) return false
    store.numbers[leaf * NUMBERS + TRIED] = seen
    return this.trySplit(leaf, seen)
  }

  protected trySplit(leaf: number, seen: number): boolean {
    const { search, store, rules } = this
    if (this.isPure(leaf)) return false
    if (!this.isDominated(leaf, seen)) {
      search.search(store, leaf)
      const bound = this.bound(leaf, seen)
      if (!(search.merit - search.second > bound) && !(bound < rules.tau)) return false
      if (search.feature >= 0) return this.split(leaf)
    }
    // There is nothing to split, and the leaf begins to observe anew, as River does where its null split wins.
    store.clearSlot(store.shape[leaf * SHAPE + SLOT])
    return false
  }

  /** Whether it has seen fewer than two classes. */
  isPure(node: number): boolean {
    const { classes } = this.rules
    let present = 0
    for (let c = 0; c < classes; c++) if (this.store.weights[node * classes + c] !== 0) present++
    return present < 2
  }

  /** Whether the share of one class is so great that there is nothing to split. */
  isDominated(node: number, seen: number): boolean {
    const { classes, maxShare } = this.rules
    let greatest = 0
    for (let c = 0; c < classes; c++) {
      greatest = Math.max(greatest, this.store.weights[node * classes + c])
    }
    return greatest / seen > maxShare
  }

  /** Hoeffding's bound for a node that has seen so much. */
  bound(node: number, seen: number): number {
    const { classes, criterion, delta } = this.rules
    let known = 0
    for (let c = 0; c < classes; c++) if (this.store.order[node * classes + c] !== 0) known++
    const scale = range(criterion, known)
    return Math.sqrt((scale * scale * Math.log(1 / delta)) / (2 * seen))
  }

  /** Splits a leaf as the search found it. @returns whether there was room for it. */
  protected split(leaf: number): boolean {
    const { store } = this
    if (store.bytes + 2 * store.nodeBytes > this.room) return false
    this.branch(leaf)
    store.closeSlot(leaf)
    shareRoom(this)
    return true
  }

  /** Gives a node two new leaves, on the sides of the split that was found. */
  protected branch(node: number): void {
    const { store, search } = this
    const { classes } = this.rules
    const slot = store.shape[node * SHAPE + SLOT]
    const depth = store.shape[node * SHAPE + DEPTH] + 1
    const left = store.addNode(depth)
    const right = store.addNode(depth)
    // As in River, in the order in which the leaf's observers met the classes.
    for (let c = 0; c < classes; c++) {
      const rank = store.slotOrder[slot * classes + c]
      if ((search.known[c] & 1) !== 0) store.order[left * classes + c] = rank
      if ((search.known[c] & 2) !== 0) store.order[right * classes + c] = rank
    }
    store.weights.set(search.left, left * classes)
    store.weights.set(search.right, right * classes)
    for (const child of [left, right]) {
      const total = this.weightOf(child)
      store.numbers[child * NUMBERS + TRIED] = total
      store.numbers[child * NUMBERS + PASSED] = total
    }
    store.shape[node * SHAPE + FEATURE] = search.feature
    store.shape[node * SHAPE + LEFT] = left
    store.shape[node * SHAPE + RIGHT] = right
    store.numbers[node * NUMBERS + THRESHOLD] = search.threshold
  }
}
