// Reads TreeEnsemble (ai.onnx.ml 5), whose inner nodes and leaves are numbered apart.
// Source: the operator's specification in the ONNX repository (docs/Operators-ml.md).
import type { Attributes } from './attributes.ts'
import { LEAF, leave, type Combine, type Ensemble } from './ensemble.ts'
import { checked, postTransform, weightsOf, type EnsembleInput } from './read-ensemble.ts'

const COMBINES: readonly Combine[] = ['average', 'sum', 'min', 'max']
const POSTS = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT']

/** Modes 0 to 5 are those of this folder; 6 asks for membership of a set. */
const MEMBER = 6

export function readTreeEnsemble(
  attributes: Attributes,
  { precision, features }: EnsembleInput,
): Ensemble {
  const inner = attributes.integers('nodes_featureids')
  const splits = attributes.numbers('nodes_splits')
  const modes = attributes.numbers('nodes_modes')
  if (modes.includes(MEMBER)) leave('a node asks for membership of a set')
  const targets = attributes.integers('leaf_targetids')
  const missing = attributes.integers('nodes_missing_value_tracks_true')
  const count = inner.length + targets.length
  const child = (ids: Int32Array, areLeaves: Int32Array): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => {
      if (i >= inner.length) return i
      const place = areLeaves[i] === 1 ? inner.length + ids[i] : ids[i]
      const isThere =
        ids[i] >= 0 && (areLeaves[i] === 1 ? ids[i] < targets.length : ids[i] < inner.length)
      return isThere ? place : leave(`a node names node ${ids[i]}, which is not there`)
    })
  const padded = <T extends Int32Array | Float64Array>(values: T, into: T): T => {
    into.set(values)
    return into
  }
  return checked({
    precision,
    features,
    targets: attributes.integer('n_targets', 1),
    combine:
      COMBINES[attributes.integer('aggregate_function', 1)] ??
      leave('the aggregate function is unknown'),
    base: [],
    post: postTransform(POSTS[attributes.integer('post_transform', 0)] ?? 'unknown'),
    roots: attributes.integers('tree_roots'),
    nodes: {
      mode: Uint8Array.from({ length: count }, (_, i) => (i < inner.length ? modes[i] : LEAF)),
      feature: padded(inner, new Int32Array(count)),
      threshold: padded(splits, new Float64Array(count)),
      missingIsYes: Uint8Array.from({ length: count }, (_, i) => (missing[i] === 1 ? 1 : 0)),
      yes: child(attributes.integers('nodes_truenodeids'), attributes.integers('nodes_trueleafs')),
      no: child(attributes.integers('nodes_falsenodeids'), attributes.integers('nodes_falseleafs')),
      ...weightsOf(count, {
        nodes: targets.map((_, leaf) => inner.length + leaf),
        targets,
        weights: attributes.numbers('leaf_weights'),
      }),
    },
  })
}
