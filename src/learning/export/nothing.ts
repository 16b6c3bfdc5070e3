// What a learner says that has learnt nothing.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'

/** [rows, outputs], all 0. */
export function nothing(
  graph: GraphWriter,
  rows: GraphRows,
  { columns, outputs }: { readonly columns: number; readonly outputs: number },
): GraphValue {
  const given = rows.value()
  const none = graph.doubles([0], [])
  const filled = graph.node('Where', [graph.node('IsNaN', [given]), none, given])
  const zeros = graph.doubles(new Float64Array(columns * outputs), [columns, outputs])
  return graph.node('MatMul', [filled, zeros])
}
