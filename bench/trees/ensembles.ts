// Ensembles to measure, as the bytes of their files.
import { readFileSync } from 'node:fs'
import { onnxFile, type NodeText } from '../../src/models/onnx/onnx-file.ts'
import {
  numberedAttributes,
  randomTrees,
  type Shape,
} from '../../test/models/trees/random-ensemble.ts'

export interface NamedEnsemble {
  readonly name: string
  readonly bytes: Uint8Array
}

const TREES = { op: 'TreeEnsembleRegressor', domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['y'] }

function regressor(shape: Shape): Uint8Array {
  const node: NodeText = {
    ...TREES,
    attributes: { n_targets: 1, ...numberedAttributes(randomTrees(shape), 'target') },
  }
  return onnxFile({
    nodes: [node],
    inputs: [['x', 'float', shape.features]],
    outputs: [['y', 'float', 1]],
  })
}

/** Each tree is of one class, in turn. */
function classifier(shape: Shape): Uint8Array {
  const labels = Array.from({ length: shape.targets }, (_, i) => i)
  const node: NodeText = {
    ...TREES,
    op: 'TreeEnsembleClassifier',
    outputs: ['label', 'scores'],
    attributes: {
      classlabels_int64s: { ints: labels },
      post_transform: 'SOFTMAX',
      ...numberedAttributes(randomTrees(shape), 'class'),
    },
  }
  return onnxFile({
    nodes: [node],
    inputs: [['x', 'float', shape.features]],
    outputs: [
      ['label', 'int64'],
      ['scores', 'float', shape.targets],
    ],
  })
}

const flights = new URL('../../examples/flights/late.onnx', import.meta.url)

export function ensembles(): readonly NamedEnsemble[] {
  const shape: Shape = { seed: 1, trees: 100, depth: 6, features: 9, targets: 1, modes: [0] }
  return [
    { name: '100 trees of depth 6 (examples/flights)', bytes: readFileSync(flights) },
    { name: '100 trees of depth 6, drawn', bytes: regressor(shape) },
    {
      name: '500 trees of depth 8, drawn',
      bytes: regressor({ ...shape, trees: 500, depth: 8, features: 20 }),
    },
    {
      name: '5 classes, 100 trees of depth 6, drawn',
      bytes: classifier({ ...shape, targets: 5, perLeaf: 1 }),
    },
  ]
}
