// A Hoeffding tree for numbers whose branches are replaced when their errors become more.
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { Poisson } from '../ensemble/poisson.ts'
import type { AdaptiveRules } from './adaptive-settings.ts'
import { erf } from './erf.ts'
import { COUNT, MEAN, MOMENTS, variance } from './moments.ts'
import { NODE_ERROR_BYTES, NO_ALTERNATE, NO_NODE, NodeErrors, WORSE } from './node-errors.ts'
import { RegressionCore, type RegressionRules } from './regression-core.ts'
import { DEPTH, FEATURE, LEFT, PASSED, RIGHT, SHAPE } from './node-shape.ts'
import { NUMBERS } from './regression-store.ts'

/** The greatest error that is counted, so that its square stays finite. */
const ERROR_LIMIT = 1e120

/** One for all rows, filled anew with each. */
interface Row {
  x: Float64Array
  target: number
  weight: number
}

export class AdaptiveRegressionCore extends RegressionCore {
  readonly #adapts: AdaptiveRules
  readonly #errors: NodeErrors
  readonly #once = new Poisson(1)
  readonly #row: Row = { x: new Float64Array(0), target: 0, weight: 0 }

  constructor(rules: RegressionRules, adapts: AdaptiveRules) {
    super(rules)
    this.#adapts = adapts
    this.#errors = new NodeErrors(adapts.driftDelta)
    this.#errors.begin(this.store.root)
  }

  override get memoryBytes(): number {
    return super.memoryBytes + this.#errors.bytes
  }

  override get room(): number {
    return this.rules.maxBytes - (this.#errors?.bytes ?? 0)
  }

  /** The mean of what the leaf and the alternates on the way to it say, as in River. */
  override predict(x: Float64Array): number {
    const { shape } = this.store
    let node = this.store.root
    let sum = 0
    let count = 1
    while (shape[node * SHAPE + FEATURE] >= 0) {
      const alternate = this.#errors.alternates[node]
      if (alternate !== NO_ALTERNATE) {
        sum += this.answer(this.leafOf(x, alternate), x)
        count++
      }
      node = this.childOf(node, x)
    }
    return (sum + this.answer(node, x)) / count
  }

  override learn(x: Float64Array, target: number, weight: number): void {
    const { store } = this
    const row = this.#row
    row.x = x
    row.target = target
    row.weight = weight
    const error = this.#errorAt(this.leafOf(x), row)
    let parent = NO_NODE
    let node = store.root
    while (store.shape[node * SHAPE + FEATURE] >= 0) {
      store.numbers[node * NUMBERS + PASSED] += weight
      const child = this.childOf(node, x)
      if (this.#adapt(node, parent, error, row)) return
      parent = node
      node = child
    }
    store.numbers[node * NUMBERS + PASSED] += weight
    this.#learnLeaf(node, error, row)
  }

  #errorAt(leaf: number, { x, target }: Row): number {
    return Math.min(ERROR_LIMIT, Math.abs(target - this.answer(leaf, x)))
  }

  /** What a branch does about its errors. @returns whether it was replaced, so that nobody learns below it. */
  #adapt(node: number, parent: number, error: number, row: Row): boolean {
    const errors = this.#errors
    const worse = errors.update(node, error) === WORSE
    if (worse && errors.alternates[node] === NO_ALTERNATE) {
      errors.forget(node)
      this.#beginAlternate(node)
    } else if (errors.alternates[node] !== NO_ALTERNATE && this.#decide(node, parent)) {
      // As in River the new root learns the row, another alternate does not.
      const { root } = this.store
      if (parent === NO_NODE) this.#learnLeaf(root, this.#errorAt(root, row), row)
      return true
    }
    const alternate = errors.alternates[node]
    if (alternate === NO_ALTERNATE) return false
    const split = this.#learnLeaf(alternate, this.#errorAt(alternate, row), row)
    if (split) this.#errors.replace(this.store, node, parent)
    return split
  }

  /** Where there is room for it. */
  #beginAlternate(node: number): void {
    const { store } = this
    if (store.bytes + store.nodeBytes + 8 * store.width + NODE_ERROR_BYTES > this.room) return
    const alternate = this.newLeaf(store.shape[node * SHAPE + DEPTH])
    this.#errors.begin(alternate)
    this.#errors.alternates[node] = alternate
  }

  /** @returns whether the leaf split. */
  #learnLeaf(leaf: number, error: number, { x, target, weight }: Row): boolean {
    const { bootstrap } = this.#adapts
    // As in River, none drawn counts as one.
    const times = bootstrap === undefined ? 1 : Math.max(1, this.#once.draw(bootstrap))
    this.#errors.update(leaf, error)
    this.learnAt(leaf, x, target, weight * times)
    return this.grow(leaf)
  }

  /** Where branch and alternate have seen enough and their mean errors differ (z-test), one goes. @returns whether the branch does. */
  #decide(node: number, parent: number): boolean {
    const { moments, alternates } = this.#errors
    const { leastRows, switchDelta } = this.#adapts
    const own = node * MOMENTS
    const other = alternates[node] * MOMENTS
    if (!(moments[own + COUNT] > leastRows && moments[other + COUNT] > leastRows)) return false
    const apart = moments[other + MEAN] - moments[own + MEAN]
    const spread =
      variance(moments, other) / moments[other + COUNT] +
      variance(moments, own) / moments[own + COUNT]
    if (!(spread > 0)) return false
    const chance = 1 + erf(-Math.abs(apart) / Math.sqrt(spread) / Math.SQRT2)
    if (chance > switchDelta) return false
    if (apart < 0) this.#errors.replace(this.store, node, parent)
    else this.#errors.dropAlternate(this.store, node)
    return apart < 0
  }

  protected override split(leaf: number, feature: number): boolean {
    const { store } = this
    if (store.bytes + 2 * (store.nodeBytes + 8 * store.width + NODE_ERROR_BYTES) > this.room) {
      return false
    }
    if (!super.split(leaf, feature)) return false
    const { shape } = store
    for (const each of [leaf, shape[leaf * SHAPE + LEFT], shape[leaf * SHAPE + RIGHT]]) {
      this.#errors.begin(each)
    }
    return true
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
