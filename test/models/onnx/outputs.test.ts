// How the tensors of a graph become the outputs of a prediction, and how a model runs.
import { describe, expect, it } from 'vitest'
import type { NumberColumn, VectorColumn } from '../../../src/contracts/columns.ts'
import { onnxRuntime } from '../../../src/models/onnx/onnx-runtime.ts'
import type { OutputSlot } from '../../../src/models/onnx/output-map.ts'
import { checkRows } from '../../../src/models/onnx/output-reader.ts'
import { numbers } from '../columns.ts'
import { featuresOf, fixture, loadFixture, onnxSpec } from '../fixture.ts'

describe('outputs', () => {
  it('are all tensors under their own names when the definition does not say', async () => {
    const model = await loadFixture('trees', 'amount count mean')
    expect(model.outputs).toEqual([
      { name: 'label', kind: 'number' },
      { name: 'probabilities', kind: 'vector' },
    ])
    const scored = await model.score([numbers([20, 1]), numbers([0, 0]), numbers([0, 0])], 2)
    const [label, probabilities] = scored.outputs as [NumberColumn, VectorColumn]
    expect([...label.values]).toEqual([1, 0])
    expect(probabilities.values[0] + probabilities.values[1]).toBeCloseTo(1, 6)
    await model.close()
  })

  it('may be columns of one tensor, under names of the definition', async () => {
    const model = await loadFixture('double', 'amount count', {
      outputs: { first: 'classes[0]', last: 'classes[2]', all: 'classes' },
    })
    const { outputs } = await model.score([numbers([0.5]), numbers([-1])], 1)
    const [first, last, all] = outputs as [NumberColumn, NumberColumn, VectorColumn]
    expect([first.values[0], last.values[0]]).toEqual([all.values[0], all.values[2]])
    await model.close()
  })

  it.each([
    [
      { outputs: { score: 'chance' } },
      /output score: expected one of label int64\[\?\], probabilities float32\[\?, 2\]; found chance/,
    ],
    [
      { outputs: { score: 'probabilities[2]' } },
      /output score: expected a column of probabilities, which has 2; found probabilities\[2\]/,
    ],
    [{ outputs: { score: 3 } }, /option outputs\.score/],
  ])('%o is refused', async (options, message) => {
    await expect(loadFixture('trees', 'amount count mean', options)).rejects.toThrow(message)
  })
})

describe('runs', () => {
  it('must give as many rows as they took, as wide as at load', () => {
    const info = { name: 'score', kind: 'vector' } as const
    const slot: OutputSlot = {
      name: 'score',
      tensor: 'p',
      kind: 'float32',
      column: undefined,
      width: 2,
      info,
    }
    expect(() => checkRows(slot, [8, 2], 8)).not.toThrow()
    for (const dims of [[1, 2], [8, 3], [8]])
      expect(() => checkRows(slot, dims, 8)).toThrow(
        expect.objectContaining({ name: 'ModelError', code: 'ML_INFERENCE' }),
      )
  })

  it('have the size the graph fixes, else 64 or the stated one', async () => {
    const fixed = await loadFixture('fixed', 'amount')
    const free = await loadFixture('logarithm', 'amount')
    const stated = await loadFixture('logarithm', 'amount', { bucket: 16 })
    expect(fixed.path).toMatch(/^onnxruntime \d+\.\d+\.\d+, cpu \w+, bucket 8, 1 thread$/)
    expect(free.path).toContain('bucket 64,')
    expect(stated.path).toContain('bucket 16,')
    const scored = await fixed.score([numbers([1, 2, 3, 4, 5, 6, 7, 8, 9])], 9)
    expect((scored.outputs[0] as NumberColumn).values[8]).toBeCloseTo(1 / (1 + Math.exp(-9)), 6)
    await Promise.all([fixed.close(), free.close(), stated.close()])
    await expect(loadFixture('fixed', 'amount', { bucket: 16 })).rejects.toThrow(
      /must agree on the rows of a run; found 8 and 16/,
    )
  })

  it('of any size give a row the same bits wherever it lies, or the model is refused', async () => {
    const columns = Array.from({ length: 4 }, (_, f) =>
      numbers(Array.from({ length: 30 }, (_none, row) => Math.cos(row * 3 + f))),
    )
    for (const bucket of [1, 3, 5, 7, 9, 13, 17]) {
      const model = await loadFixture('logistic', 'amount count mean age', { bucket }).catch(
        (error: unknown) => error,
      )
      if (model instanceof Error) {
        expect(model.message).toMatch(/a multiple of 16/)
        continue
      }
      const loaded = model as Awaited<ReturnType<typeof loadFixture>>
      const all = (await loaded.score(columns, 30)).outputs[0] as NumberColumn
      for (let row = 0; row < 30; row++) {
        const one = await loaded.score(
          columns.map((column) => numbers([column.values[row]])),
          1,
        )
        expect(Object.is((one.outputs[0] as NumberColumn).values[0], all.values[row])).toBe(true)
      }
      await loaded.close()
    }
  })
})

describe('the optional package', () => {
  it('is named with the command that installs it when it is missing', async () => {
    const missing = onnxRuntime(() => import(['onnxruntime', 'absent'].join('-')))
    await expect(
      missing.load(fixture('logarithm'), featuresOf('amount'), onnxSpec()),
    ).rejects.toMatchObject({
      code: 'ML_DEPENDENCY',
      message: expect.stringContaining('npm install --ignore-scripts onnxruntime-node'),
    })
  })
})
