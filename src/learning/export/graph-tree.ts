// A tree as a learner shows it, as trees of a graph.
import type { GraphTree } from '../../contracts/graph-writer.ts'
import type { TreeView } from '../learners/tree/tree-view.ts'
import type { Splits } from './splits.ts'

export function graphTree<L>(
  view: TreeView<L>,
  splits: Splits,
  weight: (leaf: L) => number,
): GraphTree {
  if ('leaf' in view) return { weight: weight(view.leaf) }
  return {
    ...splits.at(view),
    yes: graphTree(view.left, splits, weight),
    no: graphTree(view.right, splits, weight),
  }
}

export function leavesOf<L>(view: TreeView<L>): readonly L[] {
  return 'leaf' in view ? [view.leaf] : [...leavesOf(view.left), ...leavesOf(view.right)]
}
