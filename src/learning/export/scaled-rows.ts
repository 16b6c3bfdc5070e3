// A preparation that moves and divides each column, as nodes.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT } from '../../contracts/learner.ts'

export interface Scaling {
  /** Taken from each column. */
  readonly offsets: Float64Array
  /** What it is then divided by; Infinity makes it 0. None is negative. */
  readonly divisors: Float64Array
}

/** (value - offset) / divisor, held within the limit: NaN stays NaN. */
export function scaledRows(
  graph: GraphWriter,
  rows: GraphRows,
  { offsets, divisors }: Scaling,
): GraphRows {
  let value: GraphValue | undefined
  return {
    given: rows.given,
    value() {
      if (value !== undefined) return value
      const moved = graph.node('Sub', [rows.value(), graph.doubles(offsets)])
      value = held(graph, graph.node('Div', [moved, graph.doubles(divisors)]))
      return value
    },
    source(column) {
      const before = rows.source(column)
      if (before === undefined) return undefined
      return {
        column: before.column,
        at(given) {
          const part = (before.at(given) - offsets[column]) / divisors[column]
          return Math.max(-VALUE_LIMIT, Math.min(VALUE_LIMIT, part))
        },
      }
    },
  }
}

/** By comparisons, which are false for NaN: Clip may lose it. */
function held(graph: GraphWriter, part: GraphValue): GraphValue {
  const most = graph.doubles([VALUE_LIMIT], [])
  const least = graph.doubles([-VALUE_LIMIT], [])
  const below = graph.node('Where', [graph.node('Greater', [part, most]), most, part])
  return graph.node('Where', [graph.node('Less', [below, least]), least, below])
}
