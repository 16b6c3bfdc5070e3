// The probabilities of classes by a decision tree that grows with the stream.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { HoeffdingCore, type LeafPrediction, type TreeRules } from './hoeffding-core.ts'
import type { SplitCriterion } from './split-merit.ts'

export interface TreeOptions {
  /** Weight a leaf sees between two attempts to split. Default 200. */
  readonly grace?: number
  /** Chance that another split would be the better one. Default 1e-7. */
  readonly delta?: number
  /** Bound below which a tie is split. Default 0.05. */
  readonly tau?: number
  /** What a leaf answers: its majority class, naive Bayes, or whichever was right more often there. Default 'adaptive'. */
  readonly leaf?: LeafPrediction
  /** Default 'gain'. */
  readonly criterion?: SplitCriterion
  /**
   * Features that are nominal, each with its number of values: `{ 3: 7 }` says that feature 3 is one of 0 .. 6. Such a feature splits
   * into one value and the others. Any other number counts as missing. Default none: all features are numbers.
   */
  readonly nominal?: Readonly<Record<number, number>>
  /** A leaf so deep does not split. Default none. */
  readonly maxDepth?: number
  /** Bytes it may take: then the leaves that have least to gain stop observing, and at last it stops growing. Default 33,554,432. */
  readonly maxBytes?: number
}

export interface HoeffdingTreeOptions extends TreeOptions {
  readonly features: number
  readonly classes: number
}

/**
 * The Hoeffding tree, VFDT (Domingos and Hulten, "Mining High-Speed Data Streams", KDD 2000), with Gaussian observers, ten thresholds a
 * feature, and leaves of Gama, Rocha and Medas ("Accurate Decision Trees for Mining High-Speed Data Streams", KDD 2003). Grows as River
 * 0.26 does, split by split. A missing value is not observed, says nothing in naive Bayes, and goes the way of most rows. Memory: 56
 * bytes a feature and class for each leaf that learns, or 8 a value more where a nominal feature has many.
 */
export class HoeffdingTree extends RowLearner {
  readonly #rules: TreeRules
  #core: HoeffdingCore

  constructor(options: HoeffdingTreeOptions) {
    const { features, classes } = options
    const rules = treeRules('hoeffding-tree', options, features)
    super({
      kind: 'hoeffding-tree',
      task: 'classes',
      version: 1,
      features,
      outputs: classes,
      settings: { ...rules },
    })
    this.#rules = rules
    this.#core = new HoeffdingCore(rules)
  }

  /** Nodes, leaves included. */
  get nodes(): number {
    return this.#core.nodes
  }

  protected predictRow(out: Float64Array, at: number): void {
    this.#core.predict(this.x, out, at)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes } = this
    const voters = [{ view: this.#core.view(), weight: 1 }]
    return voteGraph(graph, rows, { features, classes, voters })
  }

  protected learnRow(label: number): void {
    this.#core.learn(this.x, label, 1)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    this.#core.write(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const core = new HoeffdingCore(this.#rules)
    core.read(reader)
    reader.end()
    this.#core = core
  }

  override get memoryBytes(): number {
    return this.#core.memoryBytes
  }
}

/** The rules of a tree whose leaves observe `subset` features. @throws DefinitionError where a setting is not within its bounds. */
export function treeRules(kind: string, options: HoeffdingTreeOptions, subset: number): TreeRules {
  const { features, classes, leaf = 'adaptive', criterion = 'gain' } = options
  const { grace = 200, delta = 1e-7, tau = 0.05, maxDepth = 1000, maxBytes = 2 ** 25 } = options
  checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
  checkSetting(kind, 'classes', classes, { atLeast: 2, whole: true })
  checkSetting(kind, 'grace', grace, { above: 0 })
  checkSetting(kind, 'delta', delta, { above: 0, below: 1 })
  checkSetting(kind, 'tau', tau, { atLeast: 0 })
  checkSetting(kind, 'maxDepth', maxDepth, { atLeast: 0, whole: true })
  checkSetting(kind, 'maxBytes', maxBytes, { above: 0 })
  return {
    features,
    classes,
    values: valuesOf(kind, features, options.nominal ?? {}),
    subset,
    grace,
    delta,
    tau,
    leaf,
    criterion,
    maxDepth,
    maxBytes,
    points: 10,
    maxShare: 0.99,
  }
}

/** For each feature its number of values; 0 for a number. */
function valuesOf(
  kind: string,
  features: number,
  nominal: Readonly<Record<number, number>>,
): readonly number[] {
  const values = Array.from({ length: features }, () => 0)
  for (const [feature, count] of Object.entries(nominal)) {
    checkSetting(kind, 'nominal', Number(feature), { atLeast: 0, below: features, whole: true })
    values[Number(feature)] = checkSetting(kind, `nominal[${feature}]`, count, {
      atLeast: 2,
      atMost: 10_000,
      whole: true,
    })
  }
  return values
}
