// The weighted votes of trees, as nodes. Leaves that all answer by their shares are one ensemble of trees, one tree a class. Where naive
// Bayes answers in a leaf, one ensemble finds the leaves, and tables of them give what stands in each.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { LeafView, TreeView } from '../learners/tree/tree-view.ts'
import { graphTree, leavesOf } from './graph-tree.ts'
import { leafVotes } from './leaf-votes.ts'
import { nominalFeatures, nominalRows } from './nominal-rows.ts'
import { nothing } from './nothing.ts'
import { preparedSplits, splitsOf } from './splits.ts'

/** A tree, and what its vote counts. */
export interface Voter {
  readonly view: TreeView<LeafView>
  readonly weight: number
}

export interface Votes {
  readonly features: number
  readonly classes: number
  readonly voters: readonly Voter[]
}

/** [rows, classes]: the mean of what the trees say, by their weights. A tree that knows nothing does not vote. */
export function voteGraph(
  graph: GraphWriter,
  given: GraphRows,
  { features, classes, voters }: Votes,
): GraphValue {
  // Of a tree that has split, each leaf has seen something.
  const known = voters.filter(
    ({ view }) => !('leaf' in view) || view.leaf.shares.some((own) => own > 0),
  )
  if (known.length === 0) return nothing(graph, given, { columns: features, outputs: classes })
  const values = nominalFeatures(known.map(({ view }) => view))
  const rows = nominalRows(graph, given, { features, values })
  const leaves = known.flatMap(({ view }) => leavesOf(view))
  if (leaves.some(({ bayes }) => bayes !== undefined)) {
    return bayesVotes(graph, rows, { features, classes, voters: known })
  }
  const splits = splitsOf(rows, features)
  const all = known.reduce((sum, { weight }) => sum + weight, 0)
  const trees = known.flatMap(({ view, weight }) =>
    Array.from({ length: classes }, (_, target) => ({
      root: graphTree(view, splits, (leaf) => (weight / all) * leaf.shares[target]),
      target,
    })),
  )
  return graph.trees(splits.rows, { targets: classes, trees })
}

function bayesVotes(
  graph: GraphWriter,
  rows: GraphRows,
  { features, classes, voters }: Votes,
): GraphValue {
  const splits = preparedSplits(rows)
  const leaves: LeafView[] = []
  const trees = voters.map(({ view }, target) => ({
    root: graphTree(view, splits, (leaf) => leaves.push(leaf) - 1),
    target,
  }))
  const places = graph.trees(splits.rows, { targets: voters.length, trees })
  const votes = leafVotes(graph, { rows: splits.rows, places, leaves, features, classes })
  if (voters.length === 1) return graph.node('Squeeze', [votes, graph.integers([1])])
  const weights = graph.doubles(
    voters.map(({ weight }) => weight),
    [voters.length, 1],
  )
  const counted = graph.node('Mul', [votes, weights])
  const sums = graph.node('ReduceSum', [counted, graph.integers([1])], { keepdims: 0 })
  const total = graph.node('ReduceSum', [sums, graph.integers([1])])
  return graph.node('Div', [sums, total])
}
