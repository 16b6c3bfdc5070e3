// Which trees are made full for rows alone, and how much room they take.
import { describe, expect, it } from 'vitest'
import { fullTrees } from '../../../src/models/trees/full-trees.ts'
import { nodeTable } from '../../../src/models/trees/node-table.ts'
import { onnxFile } from '../../../src/models/onnx/onnx-file.ts'
import { ensembleOf } from './both-graphs.ts'
import { numberedAttributes, randomTrees, type Shape } from './random-ensemble.ts'

const SHAPE: Shape = { seed: 4, trees: 4, depth: 6, features: 5, targets: 1, modes: [0] }

function table(shape: Partial<Shape>, type: 'float' | 'double' = 'float') {
  const all = { ...SHAPE, ...shape }
  const attributes = numberedAttributes(randomTrees(all), 'target', type === 'double')
  return nodeTable(
    ensembleOf(
      onnxFile({
        nodes: [
          {
            op: 'TreeEnsembleRegressor',
            domain: 'ai.onnx.ml',
            inputs: ['x'],
            outputs: ['y'],
            attributes: { n_targets: all.targets, ...attributes },
          },
        ],
        inputs: [['x', type, all.features]],
        outputs: [['y', 'float', all.targets]],
      }),
    ),
  )
}

describe('trees for one row', () => {
  it('are full, with seven nodes a line of 64 bytes, and the values of their leaves behind them', () => {
    expect(fullTrees(table({}))).toEqual({
      levels: [3, 3],
      lines: [0, 64],
      leaves: 9 * 64,
      size: 9 * 64 + 64 * 4,
    })
    expect(fullTrees(table({ depth: 7 }))?.levels).toEqual([1, 3, 3])
    expect(fullTrees(table({ depth: 2 }))?.lines).toEqual([0])
  })

  it('take lines of 128 bytes in doubles', () => {
    expect(fullTrees(table({ depth: 4 }, 'double'))).toEqual({
      levels: [1, 3],
      lines: [0, 128],
      leaves: 3 * 128,
      size: 3 * 128 + 16 * 8,
    })
  })

  it('are left as they are where they are deeper than nine, have no step, or lists at their leaves', () => {
    expect(fullTrees(table({ depth: 9 }))?.levels).toEqual([3, 3, 3])
    expect(fullTrees(table({ depth: 10 }))).toBeUndefined()
    expect(fullTrees(table({ depth: 0 }))).toBeUndefined()
    expect(fullTrees(table({ targets: 3 }))).toBeUndefined()
    expect(fullTrees(table({ targets: 3, perLeaf: 1 }))).toBeDefined()
  })

  it('are left as they are where they are so thin that most of their room would be filled up', () => {
    const { depths, nodes, ...rest } = table({})
    const thin = { ...rest, depths, nodes: nodes.slice(0, 40) }
    expect(fullTrees(thin)).toBeUndefined()
  })
})
