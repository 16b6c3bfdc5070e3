// A number by a decision tree that grows with the stream, with linear models in its leaves.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { numberGraph } from '../../export/number-graph.ts'
import { checkSetting } from '../../settings.ts'
import { regressionView } from './regression-view.ts'
import { RegressionCore, type RegressionLeaf, type RegressionRules } from './regression-core.ts'
import { TreeLearner } from './tree-learner.ts'

export interface RegressionTreeOptions {
  /** Weight a leaf sees between two attempts to split. Default 200. */
  readonly grace?: number
  /** Chance that another split would be the better one. Default 1e-7. */
  readonly delta?: number
  /** Bound below which a tie is split. Default 0.05. */
  readonly tau?: number
  /** What a leaf answers: the mean of its targets, its linear model, or whichever was nearer of late. Default 'adaptive'. */
  readonly leaf?: RegressionLeaf
  /** How much of its squared errors an adaptive leaf keeps at the next row. Default 0.95. */
  readonly decay?: number
  /** Rows that either side of a split must have. Default 5. */
  readonly leastRows?: number
  /** Of the linear models, by stochastic gradient descent. Default 0.01. */
  readonly rate?: number
  /** A leaf so deep does not split. Default none. */
  readonly maxDepth?: number
  /** Bytes it may take: then the deepest leaves stop observing, and at last it stops growing. Default 33,554,432. */
  readonly maxBytes?: number
}

export interface HoeffdingTreeRegressorOptions extends RegressionTreeOptions {
  readonly features: number
}

/**
 * The Hoeffding tree for numbers: FIMT (Ikonomovska, Gama and Dzeroski, "Learning Model Trees from Evolving Data Streams", Data Mining
 * and Knowledge Discovery 23, 2011) without its drift detection, by the reduction of variance over search trees of the values rounded
 * to a tenth. Grows and answers as River 0.26 does, row by row. Scale the features: where they are much greater than 1 the linear
 * models run away, where they are much smaller a tenth is too coarse (as in River a tenth decides where to split, the exact value where a row goes). A missing value goes the way of most rows, and is no term of
 * the linear model. Memory: 40 bytes for each value of each feature of each leaf that learns.
 */
export class HoeffdingTreeRegressor extends TreeLearner<RegressionCore> {
  constructor(options: HoeffdingTreeRegressorOptions) {
    const kind = 'hoeffding-tree-regressor'
    const { features } = options
    const rules = regressionRules(kind, options, features)
    const settings = { ...rules }
    super(
      { kind, task: 'number', version: 1, features, outputs: 1, settings },
      () => new RegressionCore(rules),
    )
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.tree.predict(this.x)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const trees = [regressionView(this.tree)]
    return numberGraph(graph, rows, { features: this.features, trees })
  }
}

/** The rules of a tree whose leaves observe `subset` features. @throws DefinitionError where a setting is not within its bounds. */
export function regressionRules(
  kind: string,
  options: HoeffdingTreeRegressorOptions,
  subset: number,
): RegressionRules {
  const { features, leaf = 'adaptive', decay = 0.95, leastRows = 5, rate = 0.01 } = options
  const { grace = 200, delta = 1e-7, tau = 0.05, maxDepth = 1000, maxBytes = 2 ** 25 } = options
  checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
  checkSetting(kind, 'grace', grace, { above: 0 })
  checkSetting(kind, 'delta', delta, { above: 0, below: 1 })
  checkSetting(kind, 'tau', tau, { atLeast: 0 })
  checkSetting(kind, 'decay', decay, { atLeast: 0, atMost: 1 })
  checkSetting(kind, 'leastRows', leastRows, { atLeast: 1 })
  checkSetting(kind, 'rate', rate, { above: 0, atMost: 1e6 })
  checkSetting(kind, 'maxDepth', maxDepth, { atLeast: 0, whole: true })
  checkSetting(kind, 'maxBytes', maxBytes, { above: 0 })
  return {
    features,
    subset,
    grace,
    delta,
    tau,
    leaf,
    decay,
    leastRows,
    rate,
    maxDepth,
    maxBytes,
  }
}
