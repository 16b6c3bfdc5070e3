// A preparation that moves and divides each column, as nodes.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT } from '../../contracts/learner.ts'
import { preparedRows } from './prepared-rows.ts'

export interface Scaling {
  /** Taken from each column. */
  readonly offsets: Float64Array
  /** What it is then divided by. Where it is not above 0 the column is 0. */
  readonly divisors: Float64Array
}

/** (value - offset) / divisor, held within the limit: NaN stays NaN. */
export function scaledRows(graph: GraphWriter, rows: GraphRows, scaling: Scaling): GraphRows {
  const isSpread = scaling.divisors.map((divisor) => (divisor > 0 ? 1 : 0))
  const offsets = scaling.offsets.map((offset, i) => (isSpread[i] === 1 ? offset : 0))
  const divisors = scaling.divisors.map((divisor, i) => (isSpread[i] === 1 ? divisor : Infinity))
  return preparedRows(
    rows,
    () => {
      const moved = graph.node('Sub', [rows.value(), graph.doubles(offsets)])
      return held(graph, graph.node('Div', [moved, graph.doubles(divisors)]))
    },
    (column) => ({
      column,
      at: (value) => {
        const part = (value - offsets[column]) / divisors[column]
        return Math.max(-VALUE_LIMIT, Math.min(VALUE_LIMIT, part))
      },
      missing: Number.NaN,
    }),
  )
}

/** By comparisons, which are false for NaN: Clip may lose it. */
function held(graph: GraphWriter, part: GraphValue): GraphValue {
  const most = graph.doubles([VALUE_LIMIT], [])
  const least = graph.doubles([-VALUE_LIMIT], [])
  const below = graph.node('Where', [graph.node('Greater', [part, most]), most, part])
  return graph.node('Where', [graph.node('Less', [below, least]), least, below])
}
