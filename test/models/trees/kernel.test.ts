// What the tree kernel takes, what it leaves to ONNX Runtime, and what it refuses.
import { describe, expect, it } from 'vitest'
import type { LoadedModel } from '../../../src/contracts/runtime.ts'
import { onnxRuntime } from '../../../src/models/onnx/onnx-runtime.ts'
import { numbers } from '../columns.ts'
import { featuresOf, onnxSpec } from '../fixture.ts'
import { kernelOf, rowsFor, runRows, writeRows } from './both-graphs.ts'
import { onnxFile, type NodeText } from '../../../src/models/onnx/onnx-file.ts'
import { numberedAttributes, randomTrees, type Shape } from './random-ensemble.ts'

const SHAPE: Shape = { seed: 3, trees: 12, depth: 5, features: 2, targets: 1, modes: [0] }

function trees(attributes: NodeText['attributes'] = {}): NodeText {
  return {
    op: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    outputs: ['y'],
    attributes: {
      n_targets: 1,
      ...numberedAttributes(randomTrees(SHAPE), 'target'),
      ...attributes,
    },
  }
}

function file(...nodes: readonly NodeText[]): Uint8Array {
  const last = nodes.at(-1)
  const output = last?.outputs[0] ?? ''
  return onnxFile({
    nodes,
    inputs: [['x', 'float', 2]],
    outputs: [last?.op === 'ArgMax' ? [output, 'int64'] : [output, 'float', 1]],
  })
}

function load(
  bytes: Uint8Array,
  options: Readonly<Record<string, unknown>> = {},
  importOrt?: () => never,
): Promise<LoadedModel> {
  const spec = onnxSpec({ inputs: { x: ['a', 'b'] }, missing: { '*': 'nan' }, ...options })
  return onnxRuntime(importOrt).load(bytes, featuresOf('a b'), spec)
}

const noRuntime = (): never => {
  throw new Error('onnxruntime-node is not installed')
}

describe('the tree kernel', () => {
  it('scores trees where ONNX Runtime is not installed, and says what runs them', async () => {
    const model = await load(file(trees()), {}, noRuntime)
    expect(model.path).toBe('tree kernel 1, 12 trees of up to 5 steps, float32, bucket 256')
    const scored = await model.score([numbers([0, 1, null]), numbers([1, null, 2])], 3)
    expect(scored.rows).toBe(3)
  })

  it.each([
    ['floats', { type: 'float', targets: 1, trees: 12, depth: 5 }],
    ['doubles', { type: 'double', targets: 1, trees: 17, depth: 2 }],
    ['several targets, one a tree', { type: 'float', targets: 3, trees: 9, depth: 13, perLeaf: 1 }],
    ['several targets a leaf', { type: 'double', targets: 3, trees: 8, depth: 4 }],
  ] as const)('gives a row the same bits in a run of any length: %s', async (_, wanted) => {
    const { type, targets, ...shape } = wanted
    const nodes = randomTrees({ ...SHAPE, ...shape, targets, missing: true })
    const node = {
      ...trees(),
      attributes: {
        n_targets: targets,
        ...numberedAttributes(nodes, 'target', type === 'double'),
      },
    }
    const inputs = [['x', type, 2]] as const
    const bytes = onnxFile({ nodes: [node], inputs, outputs: [['y', 'float', targets]] })
    const kernel = kernelOf(bytes, 64)
    if (typeof kernel !== 'object') throw new Error(`the kernel leaves it: ${kernel}`)
    const rows = rowsFor(2, 5, true)
    const whole = (await runRows(kernel, rows, 2)).get('y') ?? []
    expect(whole).toHaveLength(64 * targets)
    // Whole tiles, tiles that are nearly full, and rows alone, from different places.
    for (
      let from = 0, length = 1;
      from + length <= 64;
      from += length, length = (length % 19) + 1
    ) {
      writeRows(kernel, rows.subarray(from * 2), length)
      const { y } = await kernel.run(length)
      expect(y.dims).toEqual([length, targets])
      expect([...y.data].slice(0, length * targets)).toEqual(
        whole.slice(from * targets, (from + length) * targets),
      )
    }
  })

  it('is left out where the definition says so', async () => {
    const model = await load(file(trees()), { kernel: 'onnxruntime' })
    expect(model.path).toMatch(/^onnxruntime .* \(no tree kernel: the option kernel says so\)$/)
    await model.close()
    await expect(load(file(trees()), { kernel: 'fast' })).rejects.toThrow(
      "expected 'auto' or 'onnxruntime'",
    )
  })

  it.each([
    [
      'an operator it does not know follows',
      [trees(), { op: 'Tanh', inputs: ['y'], outputs: ['z'] }],
      'the operator Tanh follows the trees',
    ],
    [
      'an operator comes before',
      [
        { op: 'Abs', inputs: ['x'], outputs: ['a'] },
        { ...trees(), inputs: ['a'] },
      ],
      'the operator Abs comes before the trees',
    ],
    [
      'the last of the greatest is asked for',
      [
        trees(),
        {
          op: 'ArgMax',
          inputs: ['y'],
          outputs: ['z'],
          attributes: { axis: 1, keepdims: 0, select_last_index: 1 },
        },
      ],
      'an ArgMax that gives the last',
    ],
  ] as const)(
    'leaves a graph to ONNX Runtime in which %s, and says why',
    async (_, nodes, reason) => {
      expect(kernelOf(file(...nodes))).toBe(reason)
      const model = await load(file(...nodes))
      expect(model.path).toContain(`(no tree kernel: ${reason})`)
      await model.close()
    },
  )

  it('refuses trees whose nodes lead in a circle, which would never end', async () => {
    const back = {
      nodes_truenodeids: {
        ints: randomTrees(SHAPE).map(({ mode, yes }) => (mode === 6 ? 0 : Math.max(0, yes - 1))),
      },
    }
    await expect(load(file(trees(back)))).rejects.toThrow('a way that leads back')
    await expect(load(file(trees(back)), { kernel: 'onnxruntime' })).rejects.toThrow('refused')
  })

  it('has nothing to say about graphs without trees', () => {
    expect(kernelOf(file({ op: 'Abs', inputs: ['x'], outputs: ['y'] }))).toBeUndefined()
  })
})
