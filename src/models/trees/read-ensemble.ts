// Reads TreeEnsembleRegressor and TreeEnsembleClassifier (ai.onnx.ml 1 and 3), whose nodes are named by tree and number.
// Source: the operators' specification in the ONNX repository (docs/Operators-ml.md).
import type { Attributes } from './attributes.ts'
import {
  EQ,
  GT,
  GTE,
  LEAF,
  LEQ,
  LT,
  NEQ,
  leave,
  type Combine,
  type Ensemble,
  type PostTransform,
  type TreeNodes,
} from './ensemble.ts'
import type { NumberType } from './wasm-code.ts'

const MODES = new Map([
  ['BRANCH_LEQ', LEQ],
  ['BRANCH_LT', LT],
  ['BRANCH_GTE', GTE],
  ['BRANCH_GT', GT],
  ['BRANCH_EQ', EQ],
  ['BRANCH_NEQ', NEQ],
  ['LEAF', LEAF],
])
const COMBINES = new Map<string, Combine>([
  ['SUM', 'sum'],
  ['AVERAGE', 'average'],
  ['MIN', 'min'],
  ['MAX', 'max'],
])
const POSTS: ReadonlySet<string> = new Set([
  'NONE',
  'SOFTMAX',
  'LOGISTIC',
  'SOFTMAX_ZERO',
  'PROBIT',
])

export interface EnsembleInput {
  readonly precision: NumberType
  readonly features: number
}

/** @param prefix of the attributes that hold weights: `target` or `class`. */
export function readEnsemble(
  attributes: Attributes,
  targets: number,
  { precision, features, prefix }: EnsembleInput & { readonly prefix: 'target' | 'class' },
): Ensemble {
  const tree = attributes.integers('nodes_treeids')
  const number = attributes.integers('nodes_nodeids')
  const place = places(tree, number)
  const find = (ofTree: number, node: number): number =>
    place.get(nodeKey(ofTree, node)) ??
    leave(`tree ${ofTree} names a node ${node} that is not there`)
  const mode = Uint8Array.from(
    attributes.texts('nodes_modes'),
    (name) => MODES.get(name) ?? leave(`a node has the mode ${name}`),
  )
  const missing = attributes.integers('nodes_missing_value_tracks_true')
  const yes = attributes.integers('nodes_truenodeids')
  const no = attributes.integers('nodes_falsenodeids')
  const weightTree = attributes.integers(`${prefix}_treeids`)
  const child = (ids: Int32Array): Int32Array =>
    ids.map((id, i) => (mode[i] === LEAF ? i : find(tree[i], id)))
  const nodes: TreeNodes = {
    mode,
    feature: attributes.integers('nodes_featureids'),
    threshold: attributes.numbers('nodes_values'),
    missingIsYes: Uint8Array.from({ length: mode.length }, (_, i) => (missing[i] === 1 ? 1 : 0)),
    yes: child(yes),
    no: child(no),
    ...weightsOf(mode.length, {
      nodes: attributes.integers(`${prefix}_nodeids`).map((node, i) => find(weightTree[i], node)),
      targets: attributes.integers(`${prefix}_ids`),
      weights: attributes.numbers(`${prefix}_weights`),
    }),
  }
  const combine =
    COMBINES.get(attributes.text('aggregate_function', 'SUM')) ??
    leave('the aggregate function is unknown')
  const roots = [...tree.keys()].filter((i) => i === 0 || tree[i - 1] !== tree[i])
  return checked({
    precision,
    features,
    targets,
    combine,
    base: [...attributes.numbers('base_values')],
    post: postTransform(attributes.text('post_transform', 'NONE')),
    roots: Int32Array.from(roots),
    nodes,
  })
}

export function postTransform(name: string): PostTransform {
  return POSTS.has(name) ? (name as PostTransform) : leave(`the post transform is ${name}`)
}

/** Leaves an ensemble alone whose attributes do not fit each other, so that ONNX Runtime says what is wrong with it. */
export function checked(ensemble: Ensemble): Ensemble {
  const { nodes, roots, features, targets } = ensemble
  const count = nodes.mode.length
  const lengths = [nodes.feature, nodes.threshold, nodes.missingIsYes, nodes.yes, nodes.no]
  if (roots.length === 0 || lengths.some(({ length }) => length !== count))
    leave('attributes of the nodes have different lengths')
  for (let i = 0; i < count; i++) {
    if (nodes.mode[i] !== LEAF && !(nodes.feature[i] >= 0 && nodes.feature[i] < features))
      leave('a node reads a value beyond the row')
  }
  if (nodes.target.some((target) => !(target >= 0 && target < targets)))
    leave('a weight is for a target that is not there')
  return ensemble
}

function nodeKey(tree: number, node: number): number {
  return tree * 0x1_0000_0000 + node
}

function places(tree: Int32Array, number: Int32Array): ReadonlyMap<number, number> {
  const place = new Map<number, number>()
  tree.forEach((id, i) => place.set(nodeKey(id, number[i]), i))
  if (place.size !== tree.length) leave('two nodes of a tree have one number')
  return place
}

export interface Weights {
  readonly nodes: Int32Array
  readonly targets: Int32Array
  readonly weights: Float64Array
}

/** Sorts weights by node, in the order in which a node's are stated. */
export function weightsOf(
  count: number,
  { nodes, targets, weights }: Weights,
): Pick<TreeNodes, 'start' | 'target' | 'weight'> {
  if (nodes.length !== targets.length || nodes.length !== weights.length)
    leave('attributes of the weights have different lengths')
  const start = new Int32Array(count + 1)
  for (const node of nodes) start[node + 1]++
  for (let i = 0; i < count; i++) start[i + 1] += start[i]
  const next = start.slice()
  const target = new Int32Array(nodes.length)
  const weight = new Float64Array(nodes.length)
  nodes.forEach((node, i) => {
    target[next[node]] = targets[i]
    weight[next[node]++] = weights[i]
  })
  return { start, target, weight }
}
