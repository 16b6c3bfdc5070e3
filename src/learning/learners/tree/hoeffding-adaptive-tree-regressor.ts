// A number by a tree that grows with the stream, and whose branches are replaced when the world changes.
import { Prng } from '../../../base/prng.ts'
import { AdaptiveRegressionCore } from './adaptive-regression-core.ts'
import { adaptiveRules, adaptiveSettings, type AdaptiveOptions } from './adaptive-settings.ts'
import { regressionRules, type HoeffdingTreeRegressorOptions } from './hoeffding-tree-regressor.ts'
import { TreeLearner } from './tree-learner.ts'

export interface HoeffdingAdaptiveTreeRegressorOptions
  extends HoeffdingTreeRegressorOptions, AdaptiveOptions {}

/**
 * The Hoeffding adaptive tree (Bifet and Gavalda, "Adaptive Learning from Evolving Data Streams", IDA 2009) for numbers, as in River 0.26:
 * each node has a detector of its errors; where they become more, an alternate leaf begins beside the branch, and takes its place when
 * its errors are fewer, or when it splits. Without `bootstrap` it gives River's numbers, row by row. Scale the features. Memory: that
 * of a Hoeffding tree for numbers, and 3.4 kB a node.
 */
export class HoeffdingAdaptiveTreeRegressor extends TreeLearner<AdaptiveRegressionCore> {
  constructor(options: HoeffdingAdaptiveTreeRegressorOptions) {
    const kind = 'hoeffding-adaptive-tree-regressor'
    const { features } = options
    const rules = regressionRules(kind, options, features)
    const adapts = adaptiveSettings(kind, options)
    const random = new Prng(adapts.seed)
    const settings = { ...rules, ...adapts }
    super(
      { kind, task: 'number', version: 1, features, outputs: 1, settings },
      () => new AdaptiveRegressionCore(rules, adaptiveRules(adapts, random)),
      random,
    )
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.tree.predict(this.x)
  }
}
