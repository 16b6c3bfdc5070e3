// What a learner says that has learnt nothing.
import { filled } from './columns.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'

/** [rows, outputs], all 0. */
export function nothing(
  graph: GraphWriter,
  rows: GraphRows,
  { columns, outputs }: { readonly columns: number; readonly outputs: number },
): GraphValue {
  const given = filled(graph, rows.value(), [0])
  const zeros = graph.doubles(new Float64Array(columns * outputs), [columns, outputs])
  return graph.node('MatMul', [given, zeros])
}
