// Random tree ensembles, as the attributes of each operator that has trees.
import { Prng } from '../../../src/base/prng.ts'
import type { NodeText, Tensor } from '../../../src/models/onnx/onnx-file.ts'

const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ']

export interface Shape {
  readonly seed: number
  readonly trees: number
  /** Most steps to a leaf. */
  readonly depth: number
  readonly features: number
  readonly targets: number
  /** Numbers in `MODES`. Default: all. */
  readonly modes?: readonly number[]
  /** Targets of one leaf. Default: all of them; 1: that of its tree, in turn. */
  readonly perLeaf?: number
  readonly missing?: boolean
  readonly positive?: boolean
}

interface Node {
  readonly tree: number
  readonly id: number
  readonly mode: number
  readonly feature: number
  readonly threshold: number
  readonly missing: number
  yes: number
  no: number
  readonly weights: readonly (readonly [target: number, value: number])[]
}

/** Thresholds that rows hit exactly. */
export const GRID = [-2.5, -1, -0.5, 0, 0.25, 1, 1.5, 3]

export function randomTrees(shape: Shape): readonly Node[] {
  const random = new Prng(shape.seed)
  return Array.from({ length: shape.trees }, (_, tree) => randomTree(shape, tree, random)).flat()
}

function randomTree(shape: Shape, tree: number, random: Prng): readonly Node[] {
  const nodes: Node[] = []
  const modes = shape.modes ?? [0, 1, 2, 3, 4, 5]
  const grow = (depth: number): number => {
    const id = nodes.length
    const isLeaf = depth >= shape.depth || (depth > 0 && random.chance(0.2))
    const node: Node = {
      tree,
      id,
      mode: isLeaf ? 6 : random.pick(modes),
      feature: isLeaf ? 0 : random.below(shape.features),
      threshold: isLeaf ? 0 : random.pick(GRID),
      missing: shape.missing === true && random.chance(0.5) ? 1 : 0,
      yes: 0,
      no: 0,
      weights: isLeaf ? leafWeights(shape, tree, random) : [],
    }
    nodes.push(node)
    if (!isLeaf) {
      node.yes = grow(depth + 1)
      node.no = grow(depth + 1)
    }
    return id
  }
  grow(0)
  return nodes
}

function leafWeights(
  { targets, perLeaf = targets, positive = false }: Shape,
  tree: number,
  random: Prng,
): Node['weights'] {
  const value = (): number => Math.fround(positive ? random.next() / 10 : random.next() - 0.5)
  return Array.from({ length: perLeaf }, (_, i) => [(tree + i) % targets, value()] as const)
}

type Attributes = NonNullable<NodeText['attributes']>

/** Of TreeEnsembleRegressor (`target`) and TreeEnsembleClassifier (`class`); `double` states numbers as tensors of doubles. */
export function numberedAttributes(
  nodes: readonly Node[],
  prefix: 'target' | 'class',
  double = false,
): Attributes {
  const all = (of: (node: Node) => number): { readonly ints: readonly number[] } => ({
    ints: nodes.map(of),
  })
  const weights = nodes.flatMap((node) =>
    node.weights.map(([target, value]) => ({ node, target, value })),
  )
  const numbers = (name: string, values: readonly number[]): Attributes =>
    double
      ? { [`${name}_as_tensor`]: { type: 'double', values } satisfies Tensor }
      : { [name]: { floats: values } }
  return {
    nodes_treeids: all(({ tree }) => tree),
    nodes_nodeids: all(({ id }) => id),
    nodes_featureids: all(({ feature }) => feature),
    nodes_modes: nodes.map(({ mode }) => MODES[mode] ?? 'LEAF'),
    ...numbers(
      'nodes_values',
      nodes.map(({ threshold }) => threshold),
    ),
    nodes_truenodeids: all(({ yes }) => yes),
    nodes_falsenodeids: all(({ no }) => no),
    nodes_missing_value_tracks_true: all(({ missing }) => missing),
    [`${prefix}_treeids`]: { ints: weights.map(({ node }) => node.tree) },
    [`${prefix}_nodeids`]: { ints: weights.map(({ node }) => node.id) },
    [`${prefix}_ids`]: { ints: weights.map(({ target }) => target) },
    ...numbers(
      `${prefix}_weights`,
      weights.map(({ value }) => value),
    ),
  }
}

/** Of TreeEnsemble (ai.onnx.ml 5): inner nodes and leaves are numbered apart, over all trees. */
export function splitAttributes(nodes: readonly Node[], type: 'float' | 'double'): Attributes {
  const inner = nodes.filter(({ mode }) => mode !== 6)
  const leaves = nodes.filter(({ mode }) => mode === 6)
  const find = (node: Node, id: number): { readonly leaf: number; readonly at: number } => {
    const child = nodes.find((each) => each.tree === node.tree && each.id === id)
    if (child === undefined) throw new Error(`no node ${id} in tree ${node.tree}`)
    return child.mode === 6
      ? { leaf: 1, at: leaves.indexOf(child) }
      : { leaf: 0, at: inner.indexOf(child) }
  }
  const yes = inner.map((node) => find(node, node.yes))
  const no = inner.map((node) => find(node, node.no))
  return {
    tree_roots: { ints: inner.flatMap((node, i) => (node.id === 0 ? [i] : [])) },
    nodes_featureids: { ints: inner.map(({ feature }) => feature) },
    nodes_splits: { type, values: inner.map(({ threshold }) => threshold) },
    nodes_modes: { type: 'uint8', values: inner.map(({ mode }) => mode) },
    nodes_missing_value_tracks_true: { ints: inner.map(({ missing }) => missing) },
    nodes_truenodeids: { ints: yes.map(({ at }) => at) },
    nodes_trueleafs: { ints: yes.map(({ leaf }) => leaf) },
    nodes_falsenodeids: { ints: no.map(({ at }) => at) },
    nodes_falseleafs: { ints: no.map(({ leaf }) => leaf) },
    leaf_targetids: { ints: leaves.map(({ weights: [[target]] }) => target) },
    leaf_weights: { type, values: leaves.map(({ weights: [[, value]] }) => value) },
  }
}
