// A tree as it predicts, apart from how it is kept and how it learns.
import { nominalLogs } from './leaf-bayes.ts'
import { densityOf, type Density } from './gaussian-observer.ts'
import { FEATURE, LEFT, PASSED, RIGHT, SHAPE, SLOT, THRESHOLD } from './node-shape.ts'
import type { TreeRules } from './tree-rules.ts'
import { NUMBERS, type TreeStore } from './tree-store.ts'

export type TreeView<L> = SplitView<L> | EndView<L>

/** A value that is at most the threshold goes left; of a nominal feature one that is the threshold. */
export interface SplitView<L> {
  readonly feature: number
  readonly threshold: number
  /** Of a nominal feature: how many values it has. What is none of them is missing. */
  readonly values: number | undefined
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
  /** Of the nominal features, for each value what it adds. */
  readonly nominals: readonly NominalView[]
}

export interface NominalView {
  readonly feature: number
  readonly logs: Float64Array
}

/** The tree that is shown. */
export interface ShownTree {
  readonly rules: TreeRules
  readonly store: TreeStore
  /** Whether naive Bayes answers for a leaf. */
  byBayes(leaf: number): boolean
}

export function treeView(tree: ShownTree): TreeView<LeafView> {
  const { store, rules } = tree
  const valuesOf = (feature: number): number | undefined => rules.values[feature] || undefined
  const view = (node: number): TreeView<LeafView> => {
    const feature = store.shape[node * SHAPE + FEATURE]
    if (feature < 0) return { leaf: leafView(tree, node) }
    const left = store.shape[node * SHAPE + LEFT]
    const right = store.shape[node * SHAPE + RIGHT]
    return {
      feature,
      threshold: store.numbers[node * NUMBERS + THRESHOLD],
      values: valuesOf(feature),
      missingIsLeft:
        store.numbers[left * NUMBERS + PASSED] >= store.numbers[right * NUMBERS + PASSED],
      left: view(left),
      right: view(right),
    }
  }
  return view(store.root)
}

function leafView(tree: ShownTree, leaf: number): LeafView {
  const { store, rules } = tree
  const { classes, width, order, shape, slotDoubles, stride, observers, observed } = store
  const weights = store.weights.subarray(leaf * classes, (leaf + 1) * classes)
  const total = weights.reduce((sum, each) => sum + each, 0)
  const shares = weights.map((weight) => (total > 0 ? weight / total : 0))
  if (!tree.byBayes(leaf) || total === 0) return { shares, bayes: undefined }
  const slot = shape[leaf * SHAPE + SLOT]
  const bayes = Array.from(weights, (weight, c): BayesView => {
    if (order[leaf * classes + c] === 0) return NO_VOTE
    if (!(weight > 0)) return { prior: 0, densities: [], nominals: [] }
    const place = slot * slotDoubles + c * width * stride
    const observer = Array.from({ length: width }, (_, i) => {
      const feature = observed[slot * width + i]
      return { feature, at: place + i * stride, values: rules.values[feature] }
    })
    const densities = observer.flatMap(({ feature, at, values }) => {
      const density = values > 0 ? undefined : densityOf(observers, at, rules.strict)
      return density === undefined ? [] : [{ ...density, feature }]
    })
    const nominals = observer
      .filter(({ values }) => values > 0)
      .map(({ feature, at, values }) => ({ feature, logs: nominalLogs(observers, at, values) }))
    return { prior: Math.log(weight / total), densities, nominals }
  })
  return { shares, bayes }
}

/** Of a class that is not known, or of a leaf that does not answer so. */
export const NO_VOTE: BayesView = { prior: -Infinity, densities: [], nominals: [] }
