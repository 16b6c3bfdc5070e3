// What trees say that give numbers, as nodes. Leaves that are all numbers are one ensemble of trees; where a linear
// model answers in a leaf, one ensemble finds the leaves, and tables of them give the models.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { NumberLeaf } from '../learners/tree/regression-view.ts'
import type { TreeView } from '../learners/tree/tree-view.ts'
import { columnsAt, filled } from './columns.ts'
import { graphTree, leavesOf } from './graph-tree.ts'
import { preparedSplits, splitsOf } from './splits.ts'

export interface NumberTrees {
  readonly features: number
  readonly trees: readonly TreeView<NumberLeaf>[]
}

/** [rows, trees]. */
export function numberGraph(
  graph: GraphWriter,
  rows: GraphRows,
  { features, trees }: NumberTrees,
): GraphValue {
  const isPlain = trees.every((view) =>
    leavesOf(view).every(({ weights }) => weights === undefined),
  )
  if (!isPlain) return modelAnswers(graph, rows, { features, trees })
  const splits = splitsOf(rows, features)
  return graph.trees(splits.rows, {
    targets: trees.length,
    trees: trees.map((view, target) => ({
      root: graphTree(view, splits, ({ intercept }) => intercept),
      target,
    })),
  })
}

function modelAnswers(
  graph: GraphWriter,
  rows: GraphRows,
  { features, trees }: NumberTrees,
): GraphValue {
  const splits = preparedSplits(rows)
  const leaves: NumberLeaf[] = []
  const roots = trees.map((view, target) => ({
    root: graphTree(view, splits, (leaf) => leaves.push(leaf) - 1),
    target,
  }))
  const places = graph.trees(splits.rows, { targets: trees.length, trees: roots })
  const place = graph.node('Cast', [places], { to: INT64 })
  const table = new Float64Array(leaves.length * features)
  leaves.forEach(({ weights }, i) => {
    if (weights !== undefined) table.set(weights, i * features)
  })
  const models = graph.doubles(table, [leaves.length, features])
  const intercepts = graph.doubles(leaves.map(({ intercept }) => intercept))
  // [rows, trees, features], then [rows, trees].
  const x = graph.node('Unsqueeze', [filled(graph, splits.rows, [0]), graph.integers([1])])
  const terms = graph.node('Mul', [x, graph.node('Gather', [models, place], { axis: 0 })])
  const sums = graph.node('ReduceSum', [terms, graph.integers([2])], { keepdims: 0 })
  const own = graph.node('Gather', [intercepts, place], { axis: 0 })
  return graph.node('Add', [sums, own])
}

/** [rows, 1]: the median of each row of so many answers; of an even number the mean of the two in the middle. */
export function medianGraph(graph: GraphWriter, answers: GraphValue, count: number): GraphValue {
  const half = count >> 1
  const least = graph.node('TopK', [answers, graph.integers([half + 1])], { axis: 1, largest: 0 })
  const upper = columnsAt(graph, least, [half])
  if (count % 2 === 1) return upper
  const two = graph.doubles([2], [])
  return graph.node('Add', [
    graph.node('Div', [columnsAt(graph, least, [half - 1]), two]),
    graph.node('Div', [upper, two]),
  ])
}

/** An element type of ONNX. */
const INT64 = 7
