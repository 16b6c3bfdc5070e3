// The probabilities of classes by a decision tree that grows with the stream.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { HoeffdingCore } from './hoeffding-core.ts'
import { treeRules, type HoeffdingTreeOptions, type TreeRules } from './tree-rules.ts'

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
