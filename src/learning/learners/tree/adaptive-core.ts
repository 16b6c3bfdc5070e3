// A Hoeffding tree for classes whose branches are replaced when their errors become more.
import { cannotExport } from '../../export/cannot-export.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { Poisson } from '../ensemble/poisson.ts'
import type { AdaptiveRules } from './adaptive-settings.ts'
import { HoeffdingCore } from './hoeffding-core.ts'
import { NODE_ERROR_BYTES, NO_ALTERNATE, NO_NODE, NodeErrors, WORSE } from './node-errors.ts'
import { DEPTH, FEATURE, LEFT, PASSED, RIGHT, SHAPE } from './node-shape.ts'
import { NUMBERS } from './tree-store.ts'
import type { TreeRules } from './tree-rules.ts'
import type { LeafView, TreeView } from './tree-view.ts'

export class AdaptiveCore extends HoeffdingCore {
  readonly #adapts: AdaptiveRules
  readonly #errors: NodeErrors
  readonly #once = new Poisson(1)
  readonly #share: Float64Array
  readonly #row: Row = { x: new Float64Array(0), label: 0, weight: 0 }

  constructor(rules: TreeRules, adapts: AdaptiveRules) {
    super(rules)
    this.#adapts = adapts
    this.#errors = new NodeErrors(adapts.driftDelta)
    this.#share = new Float64Array(rules.classes)
    this.#errors.begin(this.store.root)
  }

  override get memoryBytes(): number {
    return super.memoryBytes + this.#errors.bytes
  }

  override get room(): number {
    return this.rules.maxBytes - (this.#errors?.bytes ?? 0)
  }

  /** Of the leaf and of the alternates on the way to it, each the more the fewer errors it makes, as in River. */
  override predict(x: Float64Array, out: Float64Array, at: number): void {
    const { shape } = this.store
    out.fill(0, at, at + this.rules.classes)
    let node = this.store.root
    let alone = true
    while (shape[node * SHAPE + FEATURE] >= 0) {
      const alternate = this.#errors.alternates[node]
      if (alternate !== NO_ALTERNATE) {
        alone = false
        this.#add(this.leafOf(x, alternate), x, out, at)
      }
      node = this.childOf(node, x)
    }
    if (alone) {
      this.answer(node, x, out, at)
      return
    }
    this.#add(node, x, out, at)
    let sum = 0
    for (let c = 0; c < this.rules.classes; c++) sum += out[at + c]
    if (sum > 0) for (let c = 0; c < this.rules.classes; c++) out[at + c] /= sum
  }

  override view(): TreeView<LeafView> {
    if (this.#errors.hasAlternates) {
      cannotExport('hoeffding-adaptive-tree', 'an alternate votes beside one of its branches now')
    }
    return super.view()
  }

  #add(leaf: number, x: Float64Array, out: Float64Array, at: number): void {
    const share = this.#share
    this.answer(leaf, x, share, 0)
    const error = this.#errors.meanOf(leaf)
    const weight = error > 0 ? 1 / (error * error) : 1
    for (let c = 0; c < share.length; c++) out[at + c] += weight * share[c]
  }

  override learn(x: Float64Array, label: number, weight: number, times = 1): void {
    const row = this.#row
    row.x = x
    row.label = label
    row.weight = weight
    for (let i = 0; i < times; i++) this.#learnOnce(row)
  }

  #learnOnce(row: Row): void {
    const { store } = this
    const { x, label, weight } = row
    const wrong = this.classOf(this.leafOf(x), x) === label ? 0 : 1
    let parent = NO_NODE
    let node = store.root
    while (store.shape[node * SHAPE + FEATURE] >= 0) {
      store.numbers[node * NUMBERS + PASSED] += weight
      const child = this.childOf(node, x)
      if (this.#adapt(node, parent, wrong, row)) return
      parent = node
      node = child
    }
    store.numbers[node * NUMBERS + PASSED] += weight
    this.#learnLeaf(node, wrong, row)
  }

  /** What a branch does about its errors. @returns whether it was replaced, so that nobody learns below it. */
  #adapt(node: number, parent: number, wrong: number, row: Row): boolean {
    const errors = this.#errors
    if (errors.update(node, wrong) === WORSE) {
      errors.forget(node)
      this.#errors.dropAlternate(this.store, node)
      this.#beginAlternate(node)
    } else if (errors.alternates[node] !== NO_ALTERNATE && this.#decide(node, parent)) {
      // As in River the new root learns the row, another alternate does not.
      if (parent !== NO_NODE) return true
      const { root } = this.store
      this.#learnLeaf(root, this.classOf(root, row.x) === row.label ? 0 : 1, row)
      return true
    }
    const alternate = errors.alternates[node]
    if (alternate === NO_ALTERNATE) return false
    const split = this.#learnLeaf(
      alternate,
      this.classOf(alternate, row.x) === row.label ? 0 : 1,
      row,
    )
    if (split) this.#errors.replace(this.store, node, parent)
    return split
  }

  /** Where there is room for it. */
  #beginAlternate(node: number): void {
    const { store } = this
    const errors = this.#errors
    if (store.bytes + store.nodeBytes + NODE_ERROR_BYTES > this.room) return
    const alternate = store.addNode(store.shape[node * SHAPE + DEPTH])
    errors.begin(alternate)
    errors.alternates[node] = alternate
    if (store.slotsWithin(this.room) > 0) this.open(alternate)
  }

  /** @returns whether the leaf split. */
  #learnLeaf(leaf: number, wrong: number, { x, label, weight }: Row): boolean {
    const { bootstrap } = this.#adapts
    // As in River and MOA, none drawn counts as one.
    const times = bootstrap === undefined ? 1 : Math.max(1, this.#once.draw(bootstrap))
    this.#errors.update(leaf, wrong)
    this.learnAt(leaf, x, label, weight * times)
    return this.grow(leaf)
  }

  /** Where branch and alternate have seen enough and one makes fewer errors, the other goes. @returns whether the branch does. */
  #decide(node: number, parent: number): boolean {
    const errors = this.#errors
    const { leastRows, switchDelta } = this.#adapts
    const alternate = errors.alternates[node]
    const own = errors.countOf(node)
    const other = errors.countOf(alternate)
    if (!(own > leastRows && other > leastRows)) return false
    const rate = errors.meanOf(node)
    const better = rate - errors.meanOf(alternate)
    const bound = Math.sqrt(
      2 * rate * (1 - rate) * Math.log(2 / switchDelta) * (1 / own + 1 / other),
    )
    if (better > bound) {
      this.#errors.replace(this.store, node, parent)
      return true
    }
    if (-better > bound) this.#errors.dropAlternate(this.store, node)
    return false
  }

  protected override split(leaf: number): boolean {
    const { store } = this
    if (store.bytes + 2 * (store.nodeBytes + NODE_ERROR_BYTES) > this.room) return false
    return super.split(leaf)
  }

  protected override branch(node: number): void {
    super.branch(node)
    const { shape } = this.store
    for (const each of [node, shape[node * SHAPE + LEFT], shape[node * SHAPE + RIGHT]]) {
      this.#errors.begin(each)
    }
  }

  override write(writer: StateWriter): void {
    super.write(writer)
    this.#errors.write(writer)
  }

  override read(reader: StateReader): void {
    super.read(reader)
    this.#errors.read(reader)
  }
}

/** One for all rows, filled anew with each. */
interface Row {
  x: Float64Array
  label: number
  weight: number
}
