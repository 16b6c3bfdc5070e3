// What learners of one tree for classes share: how it answers, and how it is exported.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import type { HoeffdingCore } from './hoeffding-core.ts'
import { TreeLearner } from './tree-learner.ts'

export abstract class ClassTree extends TreeLearner<HoeffdingCore> {
  protected predictRow(out: Float64Array, at: number): void {
    this.tree.predict(this.x, out, at)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes } = this
    const voters = [{ view: this.tree.view(), weight: 1 }]
    return voteGraph(graph, rows, { features, classes, voters })
  }
}
