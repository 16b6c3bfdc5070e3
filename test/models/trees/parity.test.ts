// The tree kernel against ONNX Runtime, over generated ensembles of every kind of node, target and transform.
import { describe, expect, it } from 'vitest'
import { differences, kernelOf, ortOf, rowsFor, runRows } from './both-graphs.ts'
import {
  onnxFile,
  type GraphText,
  type NodeText,
  type Place,
} from '../../../src/models/onnx/onnx-file.ts'
import { numberedAttributes, randomTrees, splitAttributes, type Shape } from './random-ensemble.ts'

const SHAPE: Shape = { seed: 1, trees: 40, depth: 6, features: 7, targets: 1, missing: true }

function regressor(
  shape: Shape,
  attributes: NodeText['attributes'] = {},
  graph: Partial<GraphText> = {},
): Uint8Array {
  return onnxFile({
    nodes: [
      {
        op: 'TreeEnsembleRegressor',
        domain: 'ai.onnx.ml',
        inputs: ['x'],
        outputs: ['y'],
        attributes: {
          n_targets: shape.targets,
          ...numberedAttributes(randomTrees(shape), 'target'),
          ...attributes,
        },
      },
    ],
    inputs: [['x', 'float', shape.features]],
    outputs: [['y', 'float', shape.targets]],
    ...graph,
  })
}

interface ClassOptions {
  readonly labels?: 'int64' | 'string'
  readonly outputs?: readonly Place[]
}

function classifier(
  shape: Shape,
  attributes: NodeText['attributes'] = {},
  { labels = 'int64', outputs }: ClassOptions = {},
): Uint8Array {
  const names = Array.from({ length: shape.targets }, (_, i) => i)
  return onnxFile({
    nodes: [
      {
        op: 'TreeEnsembleClassifier',
        domain: 'ai.onnx.ml',
        inputs: ['x'],
        outputs: ['label', 'scores'],
        attributes: {
          ...(labels === 'int64'
            ? { classlabels_int64s: { ints: names.map((i) => i * 10) } }
            : { classlabels_strings: names.map((i) => `class ${i}`) }),
          ...numberedAttributes(randomTrees(shape), 'class'),
          ...attributes,
        },
      },
    ],
    inputs: [['x', 'float', shape.features]],
    outputs: outputs ?? [
      ['label', labels],
      ['scores', 'float', shape.targets],
    ],
  })
}

/** How far apart two results are: relative where they are large, in units of `tolerance`. */
async function expectSame(
  bytes: Uint8Array,
  { features }: Shape,
  tolerance: number,
): Promise<void> {
  const kernel = kernelOf(bytes)
  if (typeof kernel !== 'object') throw new Error(`the kernel leaves it: ${kernel}`)
  const ort = await ortOf(bytes)
  for (const [seed, withNaN] of [
    [1, false],
    [2, true],
  ] as const) {
    const rows = rowsFor(features, seed, withNaN)
    const own = await runRows(kernel, rows, features)
    const theirs = await runRows(ort, rows, features)
    expect(differences(own, theirs, tolerance)).toEqual([])
    expect(await runRows(kernel, rows, features, 1)).toEqual(own)
  }
  await ort.release()
}

describe('the tree kernel takes the branches of ONNX Runtime, and gives its bits', () => {
  it.each(
    ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'].map(
      (name, mode) => [name, mode] as const,
    ),
  )('in trees of %s', (_, mode) => expectSame(regressor({ ...SHAPE, modes: [mode] }), SHAPE, 0))

  it('in trees of all modes, with and without a way for missing values', async () => {
    await expectSame(regressor({ ...SHAPE, seed: 7 }), SHAPE, 0)
    await expectSame(regressor({ ...SHAPE, seed: 8, missing: false }), SHAPE, 0)
  })

  it('in trees whose thresholds are infinite', async () => {
    const nodes = randomTrees({ ...SHAPE, seed: 9 }).map((node) => ({
      ...node,
      threshold: Math.abs(node.threshold) > 1 ? node.threshold * Infinity : node.threshold,
    }))
    await expectSame(regressor(SHAPE, numberedAttributes(nodes, 'target')), SHAPE, 0)
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14])('in trees of depth %i', async (depth) => {
    for (const trees of [3, 8, 13])
      for (const targets of [1, 3])
        await expectSame(
          regressor({ ...SHAPE, modes: [0, 3], trees, depth, targets, perLeaf: 1 }),
          SHAPE,
          0,
        )
  })

  it.each(['SUM', 'AVERAGE', 'MIN', 'MAX'])(
    'by %s, of one target and of several, with and without base values',
    async (how) => {
      for (const targets of [1, 3]) {
        for (const base of [
          {},
          { base_values: { floats: Array.from({ length: targets }, (_, i) => i - 0.3) } },
        ]) {
          await expectSame(
            regressor({ ...SHAPE, targets }, { aggregate_function: how, ...base }),
            SHAPE,
            0,
          )
        }
      }
    },
  )

  it('where a leaf has a value for one of several targets only', () =>
    expectSame(regressor({ ...SHAPE, targets: 3, perLeaf: 1 }), SHAPE, 0))

  it.each(['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'])(
    'with the transform %s within 1e-6',
    async (post) => {
      for (const targets of [1, 3]) {
        const positive = post === 'PROBIT'
        await expectSame(
          regressor(
            { ...SHAPE, targets, positive },
            { post_transform: post, aggregate_function: positive ? 'AVERAGE' : 'SUM' },
          ),
          SHAPE,
          1e-6,
        )
      }
    },
  )

  it('in doubles', () => {
    const attributes = numberedAttributes(randomTrees(SHAPE), 'target', true)
    const node = {
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: ['x'],
      outputs: ['y'],
      attributes: { n_targets: 1, ...attributes },
    }
    return expectSame(
      onnxFile({
        nodes: [node],
        inputs: [['x', 'double', SHAPE.features]],
        outputs: [['y', 'float', 1]],
      }),
      SHAPE,
      0,
    )
  })

  it.each(['float', 'double'] as const)(
    'of TreeEnsemble, the operator of ai.onnx.ml 5, in %s',
    (type) => {
      const shape: Shape = { ...SHAPE, targets: 2, perLeaf: 1 }
      const attributes = { n_targets: 2, ...splitAttributes(randomTrees(shape), type) }
      const node = {
        op: 'TreeEnsemble',
        domain: 'ai.onnx.ml',
        inputs: ['x'],
        outputs: ['y'],
        attributes,
      }
      return expectSame(
        onnxFile({
          ml: 5,
          nodes: [node],
          inputs: [['x', type, shape.features]],
          outputs: [['y', type, 2]],
        }),
        shape,
        0,
      )
    },
  )

  it('through Cast, Sigmoid, Softmax and Identity within 1e-6', async () => {
    const trees = (targets: number): NodeText => ({
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: ['f'],
      outputs: ['y'],
      attributes: {
        n_targets: targets,
        ...numberedAttributes(randomTrees({ ...SHAPE, targets }), 'target'),
      },
    })
    const cast: NodeText = { op: 'Cast', inputs: ['x'], outputs: ['f'], attributes: { to: 1 } }
    const inputs: readonly Place[] = [['x', 'double', SHAPE.features]]
    const same: NodeText = { op: 'Identity', inputs: ['y'], outputs: ['same'] }
    const sigmoid: NodeText = { op: 'Sigmoid', inputs: ['same'], outputs: ['p'] }
    await expectSame(
      onnxFile({ nodes: [cast, trees(1), same, sigmoid], inputs, outputs: [['p', 'float', 1]] }),
      SHAPE,
      1e-6,
    )
    const softmax: NodeText = { op: 'Softmax', inputs: ['same'], outputs: ['p'] }
    await expectSame(
      onnxFile({ nodes: [cast, trees(3), same, softmax], inputs, outputs: [['p', 'float', 3]] }),
      SHAPE,
      1e-6,
    )
  })
})

describe('the tree kernel takes a limit of values before the trees, and the place of the greatest behind', () => {
  const limited = (type: 'float' | 'double', limit: number): Uint8Array => {
    const shape: Shape = { ...SHAPE, targets: 3, perLeaf: 1 }
    const node = (op: string, inputs: string[], outputs: string[]): NodeText => ({
      op,
      inputs,
      outputs,
    })
    return onnxFile({
      ml: 5,
      nodes: [
        node('Abs', ['x'], ['size']),
        node('LessOrEqual', ['size', 'limit'], ['within']),
        node('Where', ['within', 'x', 'nan'], ['kept']),
        {
          op: 'TreeEnsemble',
          domain: 'ai.onnx.ml',
          inputs: ['kept'],
          outputs: ['y'],
          attributes: { n_targets: 3, ...splitAttributes(randomTrees(shape), type) },
        },
        { ...node('ArgMax', ['y'], ['best']), attributes: { axis: 1, keepdims: 0 } },
      ],
      constants: new Map([
        ['limit', { type, values: [limit], dims: [] }],
        ['nan', { type, values: [Number.NaN], dims: [] }],
      ]),
      inputs: [['x', type, shape.features]],
      outputs: [
        ['y', type, 3],
        ['best', 'int64'],
      ],
    })
  }

  it.each(['float', 'double'] as const)('in %s', async (type) => {
    // Some values of the rows lie at the limit, some beyond it.
    await expectSame(limited(type, 1.5), SHAPE, 0)
    await expectSame(limited(type, 1e30), SHAPE, 0)
  })
})

describe('the tree kernel gives the scores and labels of a classifier as ONNX Runtime does', () => {
  it.each(['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO'])(
    'of several classes with %s',
    async (post) => {
      const shape: Shape = { ...SHAPE, targets: 4, perLeaf: 1 }
      await expectSame(classifier(shape, { post_transform: post }), shape, 1e-6)
      await expectSame(
        classifier(
          { ...shape, perLeaf: 4 },
          { post_transform: post, base_values: { floats: [0.5, 0, -1, 2] } },
          { labels: 'string' },
        ),
        shape,
        1e-6,
      )
    },
  )

  it.each(['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO'])(
    'of two classes of which one has weights, with %s',
    async (post) => {
      for (const positive of [true, false]) {
        for (const only of [0, 1]) {
          const shape: Shape = { ...SHAPE, targets: 2, perLeaf: 1, trees: 10, positive }
          const trees = randomTrees(shape).map((node) => ({
            ...node,
            weights: node.weights.map(([, value]) => [only, value] as const),
          }))
          await expectSame(
            classifier(shape, { ...numberedAttributes(trees, 'class'), post_transform: post }),
            shape,
            1e-6,
          )
        }
      }
    },
  )

  it.each(['NONE', 'SOFTMAX', 'LOGISTIC'])(
    'of two classes that both have weights, scores alone, with %s',
    (post) =>
      expectSame(
        classifier(
          { ...SHAPE, targets: 2 },
          { post_transform: post },
          { outputs: [['scores', 'float', 2]] },
        ),
        SHAPE,
        1e-6,
      ),
  )
})
