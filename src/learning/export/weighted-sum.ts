// Weighted sums of columns, and the probabilities of two classes from one, as nodes.
import { filled } from './columns.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'

export interface Weights {
  /** Of each column, for each sum in turn: [columns, sums]. */
  readonly weights: Float64Array
  readonly intercepts: Float64Array
}

/** [rows, sums]; a missing value counts 0. */
export function weightedSums(
  graph: GraphWriter,
  rows: GraphRows,
  { weights, intercepts }: Weights,
): GraphValue {
  const given = filled(graph, rows.value(), [0])
  const sums = intercepts.length
  const product = graph.node('MatMul', [
    given,
    graph.doubles(weights, [weights.length / sums, sums]),
  ])
  return graph.node('Add', [product, graph.doubles(intercepts)])
}

/** [rows, 2] of [rows, 1]: the logistic of a sum is the probability of class 1. */
export function twoClasses(graph: GraphWriter, sum: GraphValue): GraphValue {
  const one = graph.doubles([1], [])
  const power = graph.node('Exp', [graph.node('Neg', [sum])])
  const probability = graph.node('Div', [one, graph.node('Add', [one, power])])
  const other = graph.node('Sub', [one, probability])
  return graph.node('Concat', [other, probability], { axis: 1 })
}
