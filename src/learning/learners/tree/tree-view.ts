// A tree as it predicts, apart from how it is kept and how it learns.
import { densityOf, type Density } from './gaussian-observer.ts'
import type { HoeffdingCore } from './hoeffding-core.ts'
import {
  FEATURE,
  LEFT,
  NUMBERS,
  PASSED,
  RIGHT,
  SHAPE,
  SLOT,
  THRESHOLD,
  type TreeStore,
} from './tree-store.ts'

export type TreeView<L> = SplitView<L> | EndView<L>

/** A value that is at most the threshold goes left. */
export interface SplitView<L> {
  readonly feature: number
  readonly threshold: number
  readonly missingIsLeft: boolean
  readonly left: TreeView<L>
  readonly right: TreeView<L>
}

/** What a leaf says. */
export interface EndView<L> {
  readonly leaf: L
}

export interface LeafView {
  /** Shares of the classes: all 0 where it has seen nothing. */
  readonly shares: Float64Array
  /** Where naive Bayes answers. */
  readonly bayes: readonly BayesView[] | undefined
}

/** Of a class. */
export interface BayesView {
  /** ln of its share; 0 where it has no weight but is known, -Infinity where it is not known. */
  readonly prior: number
  /** Of the features it has a density of. */
  readonly densities: readonly (Density & { readonly feature: number })[]
}

/** Of a tree whose features are all numbers. */
export function treeView(core: HoeffdingCore): TreeView<LeafView> {
  const { store } = core
  const view = (node: number): TreeView<LeafView> => {
    const feature = store.shape[node * SHAPE + FEATURE]
    if (feature < 0) return { leaf: leafView(store, node, core.byBayes(node)) }
    const left = store.shape[node * SHAPE + LEFT]
    const right = store.shape[node * SHAPE + RIGHT]
    return {
      feature,
      threshold: store.numbers[node * NUMBERS + THRESHOLD],
      missingIsLeft:
        store.numbers[left * NUMBERS + PASSED] >= store.numbers[right * NUMBERS + PASSED],
      left: view(left),
      right: view(right),
    }
  }
  return view(store.root)
}

function leafView(store: TreeStore, leaf: number, byBayes: boolean): LeafView {
  const { classes, width, order, shape, slotDoubles, stride, observers, observed } = store
  const weights = store.weights.subarray(leaf * classes, (leaf + 1) * classes)
  const total = weights.reduce((sum, each) => sum + each, 0)
  const shares = weights.map((weight) => (total > 0 ? weight / total : 0))
  if (!byBayes || total === 0) return { shares, bayes: undefined }
  const slot = shape[leaf * SHAPE + SLOT]
  const bayes = Array.from(weights, (weight, c): BayesView => {
    if (order[leaf * classes + c] === 0) return { prior: -Infinity, densities: [] }
    if (!(weight > 0)) return { prior: 0, densities: [] }
    const place = slot * slotDoubles + c * width * stride
    const densities = Array.from({ length: width }, (_, i) => {
      const density = densityOf(observers, place + i * stride)
      return density === undefined ? [] : [{ ...density, feature: observed[slot * width + i] }]
    }).flat()
    return { prior: Math.log(weight / total), densities }
  })
  return { shares, bayes }
}
