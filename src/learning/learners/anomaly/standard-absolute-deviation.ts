// How many deviations a value lies from the mean.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { filled } from '../../export/columns.ts'
import { MomentsLearner, type MomentsOptions } from './moments-learner.ts'

/** What is added to the deviation, as in River: without a spread the score is huge, not infinite. */
const FLOOR = 1e-10

/**
 * |value - mean| / deviation, from 0 on, at the scores of River 0.26's StandardAbsoluteDeviation (Rousseeuw and Hubert, "Anomaly Detection
 * by Robust Statistics", 2018, call it the z-score). 24 bytes a feature, and 32 more for each row of the window.
 */
export class StandardAbsoluteDeviation extends MomentsLearner {
  constructor(options: MomentsOptions) {
    super('standard-absolute-deviation', options, {})
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { moments } = this
    const each = Array.from({ length: this.features }, (_, i) => i)
    const means = graph.doubles(each.map((i) => moments.mean(i)))
    const spreads = graph.doubles(each.map((i) => Math.sqrt(moments.variance(i)) + FLOOR))
    const apart = graph.node('Abs', [graph.node('Sub', [rows.value(), means])])
    const scores = filled(graph, graph.node('Div', [apart, spreads]), [0])
    return graph.node('ReduceMax', [scores, graph.integers([1])])
  }

  protected score(feature: number, value: number): number {
    const { moments } = this
    return Math.abs(value - moments.mean(feature)) / (Math.sqrt(moments.variance(feature)) + FLOOR)
  }
}
