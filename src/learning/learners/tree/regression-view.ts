// A regression tree as it predicts, apart from how it is kept and how it learns.
import { MEAN } from './moments.ts'
import type { RegressionCore } from './regression-core.ts'
import { FEATURE, LEFT, PASSED, RIGHT, SHAPE, THRESHOLD } from './node-shape.ts'
import { NUMBERS, TARGET } from './regression-store.ts'
import type { TreeView } from './tree-view.ts'

export interface NumberLeaf {
  /** What it adds to the weighted sum, or all that it says. */
  readonly intercept: number
  /** One a feature, where its linear model answers; a missing value is no term. */
  readonly weights: Float64Array | undefined
}

export function regressionView(core: RegressionCore): TreeView<NumberLeaf> {
  const { shape, numbers, models, modelDoubles, root } = core.store
  const view = (node: number): TreeView<NumberLeaf> => {
    const feature = shape[node * SHAPE + FEATURE]
    if (feature < 0) {
      if (core.byMean(node)) {
        return { leaf: { intercept: numbers[node * NUMBERS + TARGET + MEAN], weights: undefined } }
      }
      const model = models.subarray(node * modelDoubles, (node + 1) * modelDoubles)
      return { leaf: { intercept: model[modelDoubles - 1], weights: model.slice(0, -1) } }
    }
    const left = shape[node * SHAPE + LEFT]
    const right = shape[node * SHAPE + RIGHT]
    return {
      feature,
      threshold: numbers[node * NUMBERS + THRESHOLD],
      values: undefined,
      missingIsLeft: numbers[left * NUMBERS + PASSED] >= numbers[right * NUMBERS + PASSED],
      left: view(left),
      right: view(right),
    }
  }
  return view(root)
}
