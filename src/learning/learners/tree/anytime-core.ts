// A Hoeffding tree for classes that splits as soon as a split is better than none, and takes a better one when it comes.
import { HoeffdingCore } from './hoeffding-core.ts'
import { shareRoom } from './leaf-room.ts'
import { FEATURE, LEFT, PASSED, RIGHT, SHAPE, SLOT, THRESHOLD, TRIED } from './node-shape.ts'
import { BAYES_RIGHT, MAJORITY_RIGHT, NUMBERS } from './tree-store.ts'
import type { TreeRules } from './tree-rules.ts'

export interface AnytimeRules {
  /** Weight that a branch must have seen since it took its split. */
  readonly after: number
  /** Weight that a branch sees between two looks at its split. */
  readonly every: number
}

/** Of a branch, which judges no leaf prediction: its weight when it took its split. */
const CHOSEN = MAJORITY_RIGHT

/** What became of a branch: it goes on, with its split or with another threshold, or its children are new. */
type Outcome = 'kept' | 'moved' | 'renewed'

export class AnytimeCore extends HoeffdingCore {
  readonly #anytime: AnytimeRules
  /** Whether a node may not be changed, because its parent was in this row. */
  #held = false

  constructor(rules: TreeRules, anytime: AnytimeRules) {
    super(rules)
    this.#anytime = anytime
  }

  override learn(x: Float64Array, label: number, weight: number, times = 1): void {
    for (let i = 0; i < times; i++) this.#learnOnce(x, label, weight)
  }

  #learnOnce(x: Float64Array, label: number, weight: number): void {
    const { store } = this
    this.learnAt(this.leafOf(x), x, label, weight)
    let node = store.root
    this.#held = false
    while (store.shape[node * SHAPE + FEATURE] >= 0) {
      store.numbers[node * NUMBERS + PASSED] += weight
      this.learnClass(node, label, weight)
      const slot = store.shape[node * SHAPE + SLOT]
      if (slot >= 0) this.observe(slot, x, label, weight)
      // By the split as the row met it.
      const child = this.childOf(node, x)
      const outcome = slot >= 0 && this.#isDue(node) ? this.#look(node) : 'kept'
      if (outcome === 'renewed') return
      // As in River, where the threshold of a branch moves, its child stays as it is in this row.
      this.#held = outcome === 'moved'
      node = child
    }
    store.numbers[node * NUMBERS + PASSED] += weight
    this.grow(node)
  }

  #isDue(node: number): boolean {
    const { numbers } = this.store
    const seen = this.weightOf(node)
    if (seen - numbers[node * NUMBERS + CHOSEN] < this.#anytime.after) return false
    if (seen - numbers[node * NUMBERS + TRIED] < this.#anytime.every) return false
    numbers[node * NUMBERS + TRIED] = seen
    return true
  }

  /** Looks whether another split is better by the bound than the one a branch has, or none is. */
  #look(node: number): Outcome {
    const { store, search, rules } = this
    if (this.isPure(node)) return 'kept'
    search.search(store, node)
    // As in River, where nothing can be split nobody below learns from the row.
    if (search.feature < 0) return 'renewed'
    const seen = this.weightOf(node)
    const bound = this.bound(node, seen)
    if (-search.merit > bound) {
      if (!this.#held) this.#prune(node)
      return 'renewed'
    }
    if (search.current === -Infinity) return 'kept'
    if (!(search.merit - search.current > bound) && !(bound < rules.tau)) return 'kept'
    if (search.feature === store.shape[node * SHAPE + FEATURE]) {
      if (this.#held) return 'kept'
      store.numbers[node * NUMBERS + THRESHOLD] = search.threshold
      store.numbers[node * NUMBERS + CHOSEN] = seen
      return 'moved'
    }
    if (!this.#held) {
      this.#dropChildren(node)
      this.branch(node)
      store.numbers[node * NUMBERS + CHOSEN] = seen
    }
    shareRoom(this)
    return 'renewed'
  }

  /** The branch becomes a leaf, which goes on with what the branch observed. */
  #prune(node: number): void {
    const { store } = this
    this.#dropChildren(node)
    store.shape.fill(-1, node * SHAPE + FEATURE, node * SHAPE + RIGHT + 1)
    store.numbers[node * NUMBERS + TRIED] = 0
    store.numbers[node * NUMBERS + MAJORITY_RIGHT] = 0
    store.numbers[node * NUMBERS + BAYES_RIGHT] = 0
    shareRoom(this)
  }

  #dropChildren(node: number): void {
    const { shape } = this.store
    const left = shape[node * SHAPE + LEFT]
    const right = shape[node * SHAPE + RIGHT]
    this.store.freeTree(left)
    this.store.freeTree(right)
  }

  /** Against no split at all, whose merit is 0. A leaf with nothing to split observes no more until another one splits, as in River. */
  protected override trySplit(leaf: number, seen: number): boolean {
    const { search, store, rules } = this
    if (this.isPure(leaf)) return false
    if (this.isDominated(leaf, seen)) {
      store.closeSlot(leaf)
      return false
    }
    search.search(store, leaf)
    if (search.feature < 0) {
      store.closeSlot(leaf)
      return false
    }
    const bound = this.bound(leaf, seen)
    if (!(search.merit > bound) && !(bound < rules.tau)) return false
    return this.split(leaf)
  }

  /** A branch goes on observing. */
  protected override split(leaf: number): boolean {
    const { store } = this
    const held = this.#held
    if (!held) {
      if (store.bytes + 2 * store.nodeBytes > this.room) return false
      this.branch(leaf)
      store.numbers[leaf * NUMBERS + CHOSEN] = this.weightOf(leaf)
    }
    shareRoom(this)
    return !held
  }
}
