// Columns of rows by their places, as nodes.
import type { GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'

/** [rows, places]. */
export function columnsAt(
  graph: GraphWriter,
  rows: GraphValue,
  places: readonly number[],
): GraphValue {
  return graph.node('Gather', [rows, graph.integers(places)], { axis: 1 })
}

/** Side by side; there is at least one. */
export function sideBySide(graph: GraphWriter, parts: readonly GraphValue[]): GraphValue {
  return parts.length === 1 ? parts[0] : graph.node('Concat', parts, { axis: 1 })
}

/** 1 where it is so, else 0. */
export function asNumber(graph: GraphWriter, truth: GraphValue): GraphValue {
  return graph.node('Cast', [truth], { to: DOUBLE })
}

/** The value, or a constant of numbers where it is NaN. */
export function filled(
  graph: GraphWriter,
  value: GraphValue,
  instead: ArrayLike<number>,
): GraphValue {
  const constant = instead.length === 1 ? graph.doubles(instead, []) : graph.doubles(instead)
  return graph.node('Where', [graph.node('IsNaN', [value]), constant, value])
}

/** An element type of ONNX. */
const DOUBLE = 11
