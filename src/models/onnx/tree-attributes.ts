// Trees as the attributes of TreeEnsemble (ai.onnx.ml 5), in doubles: inner nodes and leaves are numbered apart, over all trees.
// Source: the operator's specification in the ONNX repository (docs/Operators-ml.md).
import type { GraphForest, GraphTree } from '../../contracts/graph-writer.ts'
import type { AttributeValue } from './onnx-file.ts'

const LESS_OR_EQUAL = 0
const EQUAL = 4

/** Where a node lies: among the leaves or among the inner nodes. */
interface Place {
  readonly isLeaf: 0 | 1
  readonly at: number
}

export function treeAttributes(
  trees: GraphForest['trees'],
): Readonly<Record<string, AttributeValue>> {
  const features: number[] = []
  const splits: number[] = []
  const missing: number[] = []
  const modes: number[] = []
  const yes: Place[] = []
  const no: Place[] = []
  const targets: number[] = []
  const weights: number[] = []
  const write = (node: GraphTree, target: number): Place => {
    if ('weight' in node) {
      targets.push(target)
      return { isLeaf: 1, at: weights.push(node.weight) - 1 }
    }
    const at = features.push(node.feature) - 1
    splits.push(node.threshold)
    modes.push(node.equal === true ? EQUAL : LESS_OR_EQUAL)
    missing.push(node.missingIsYes ? 1 : 0)
    yes[at] = write(node.yes, target)
    no[at] = write(node.no, target)
    return { isLeaf: 0, at }
  }
  const roots = trees.map(({ root, target }) => write(split(root), target).at)
  const ints = (values: readonly number[]): AttributeValue => ({ ints: values })
  return {
    tree_roots: ints(roots),
    nodes_featureids: ints(features),
    nodes_splits: { type: 'double', values: splits },
    nodes_modes: { type: 'uint8', values: modes },
    nodes_missing_value_tracks_true: ints(missing),
    nodes_truenodeids: ints(yes.map(({ at }) => at)),
    nodes_trueleafs: ints(yes.map(({ isLeaf }) => isLeaf)),
    nodes_falsenodeids: ints(no.map(({ at }) => at)),
    nodes_falseleafs: ints(no.map(({ isLeaf }) => isLeaf)),
    leaf_targetids: ints(targets),
    leaf_weights: { type: 'double', values: weights },
  }
}

/** A root is an inner node: a tree of one leaf asks for what decides nothing. */
function split(root: GraphTree): GraphTree {
  if (!('weight' in root)) return root
  return { feature: 0, threshold: 0, missingIsYes: false, yes: root, no: root }
}
