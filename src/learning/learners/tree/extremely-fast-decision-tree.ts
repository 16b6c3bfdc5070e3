// The probabilities of classes by a tree that splits early, and thinks again.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { AnytimeCore } from './anytime-core.ts'
import { treeRules, type HoeffdingTreeOptions } from './tree-rules.ts'

export interface ExtremelyFastDecisionTreeOptions extends HoeffdingTreeOptions {
  /** Weight that a branch must have seen since it took its split before it looks for a better one. Default 20. */
  readonly reevaluateAfter?: number
  /** Weight that a branch sees between two such looks. Default 20; 1 is at every row, as River does it, and costs as much more. */
  readonly reevaluateEvery?: number
}

/**
 * The extremely fast decision tree, EFDT or Hoeffding anytime tree (Manapragada, Webb and Salehi, "Extremely Fast Decision Tree", KDD
 * 2018): a leaf splits as soon as a split is better than none by Hoeffding's bound; branches go on observing, and take a better split
 * when there is one, or none. With `reevaluateEvery` 1 it gives the probabilities of River 0.26, row by row. Memory: 56 bytes a
 * feature and class for each node.
 */
export class ExtremelyFastDecisionTree extends RowLearner {
  readonly #make: () => AnytimeCore
  #core: AnytimeCore

  constructor(options: ExtremelyFastDecisionTreeOptions) {
    const kind = 'extremely-fast-decision-tree'
    const rules = treeRules(kind, options, options.features)
    const { reevaluateAfter: after = 20, reevaluateEvery: every = 20 } = options
    checkSetting(kind, 'reevaluateAfter', after, { above: 0 })
    checkSetting(kind, 'reevaluateEvery', every, { above: 0 })
    super({
      kind,
      task: 'classes',
      version: 1,
      features: options.features,
      outputs: options.classes,
      settings: { ...rules, after, every },
    })
    this.#make = () => new AnytimeCore(rules, { after, every })
    this.#core = this.#make()
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
    const core = this.#make()
    core.read(reader)
    reader.end()
    this.#core = core
  }

  override get memoryBytes(): number {
    return this.#core.memoryBytes
  }
}
