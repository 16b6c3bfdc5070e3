// Log likelihoods of classes as their probabilities, and other votes made to sum to 1, as nodes.
import type { GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'

/** [rows, classes] of logs of the same shape: a class that was never seen has 0; one was. */
export function sharesOfLogs(
  graph: GraphWriter,
  logs: GraphValue,
  counts: Float64Array,
): GraphValue {
  const never = graph.doubles(counts.map((count) => (count > 0 ? 0 : -Infinity)))
  return graph.node('Softmax', [graph.node('Add', [logs, never])], { axis: 1 })
}

/** Each row divided by its sum; a row of zeros stays one. */
export function normalised(graph: GraphWriter, votes: GraphValue): GraphValue {
  const sum = graph.node('ReduceSum', [votes, graph.integers([1])])
  const isThere = graph.node('Greater', [sum, graph.doubles([0], [])])
  return graph.node('Div', [votes, graph.node('Where', [isThere, sum, graph.doubles([1], [])])])
}
