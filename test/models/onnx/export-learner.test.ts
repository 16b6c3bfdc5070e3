// The file of a learner: its names, what it says of itself, and how it runs. That it predicts as the learner does is part of the
// contract of learners.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { NumberColumn, VectorColumn } from '../../../src/contracts/columns.ts'
import type { Learner } from '../../../src/contracts/learner.ts'
import { ClassWeights } from '../../../src/learning/imbalance/class-weights.ts'
import { LogisticRegression } from '../../../src/learning/learners/linear/logistic-regression.ts'
import { HalfSpaceTrees } from '../../../src/learning/learners/anomaly/half-space-trees.ts'
import { AdaptiveRandomForest } from '../../../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { OzaBagging } from '../../../src/learning/learners/ensemble/oza-bagging.ts'
import { GaussianNaiveBayes } from '../../../src/learning/learners/gaussian-naive-bayes.ts'
import { LinearRegression } from '../../../src/learning/learners/linear/linear-regression.ts'
import { MatrixFactorization } from '../../../src/learning/learners/recommendation/matrix-factorization.ts'
import { HoeffdingTree } from '../../../src/learning/learners/tree/hoeffding-tree.ts'
import { HoeffdingTreeRegressor } from '../../../src/learning/learners/tree/hoeffding-tree-regressor.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { Imputer } from '../../../src/learning/preparation/imputer.ts'
import { MinMaxScaler } from '../../../src/learning/preparation/min-max-scaler.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { learnerRuntime } from '../../../src/models/learner/learner-runtime.ts'
import { exportOnnx } from '../../../src/models/onnx/export-learner.ts'
import { readModelFile } from '../../../src/models/onnx/model-file.ts'
import { onnxRuntime } from '../../../src/models/onnx/onnx-runtime.ts'
import { signature, tensorText } from '../../../src/models/onnx/signature.ts'
import { sample } from '../../contracts/learner-contract.ts'
import { classificationData, missing, note } from '../../learning/golden.ts'
import { numbers } from '../columns.ts'
import { compareExported } from '../exported.ts'
import { featuresOf, onnxSpec } from '../fixture.ts'

const scaled = (): Learner =>
  pipe(new StandardScaler({ features: 2 }), new LogisticRegression({ features: 2 }))
const names = { features: ['amount', 'count'] }

function taught(learner: Learner, rows = 500): Learner {
  const { columns, labels } = sample(learner, rows)
  learner.learn({ columns, from: 0, to: rows }, labels)
  return learner
}

function read(bytes: Uint8Array): ReturnType<typeof readModelFile> {
  return readModelFile(bytes, { maxBytes: 1e7, allow: [] })
}

describe('the file of a learner', () => {
  it('says its features, the kind and the digest of the learner, and where it comes from', () => {
    const learner = taught(scaled())
    const origin = { pipeline: 'scoring', model: 'fraud', snapshot: 7, examples: 500 }
    const { metadata } = read(exportOnnx(learner, { ...names, origin }))
    expect(metadata.get('millrace.features')).toBe('["amount","count"]')
    expect(JSON.parse(metadata.get('millrace.learner') ?? '')).toEqual({
      kind: 'standard-scaler|logistic-regression',
      digest: createHash('sha256').update(learner.encode()).digest('hex'),
      ...origin,
    })
  })

  it('has the same bytes for the same learner, and others when it has learnt more', () => {
    const learner = taught(scaled())
    const bytes = exportOnnx(learner, names)
    expect(exportOnnx(taught(scaled()), names)).toEqual(bytes)
    expect(exportOnnx(taught(learner), names)).not.toEqual(bytes)
  })

  it.each([
    [
      'classes',
      new GaussianNaiveBayes({ features: 2, classes: 3 }),
      ['probabilities float64[?, 3]', 'label int64[?]'],
    ],
    ['a number', new LinearRegression({ features: 2 }), ['value float64[?, 1]']],
    ['an anomaly', new HalfSpaceTrees({ features: 2 }), ['score float64[?, 1]']],
  ] as const)('names what it takes and gives, of %s', (_, learner, outputs) => {
    const found = signature(read(exportOnnx(learner, names)).graph)
    const said = (of: typeof found.inputs): string[] =>
      of.map((each) => `${each.name} ${tensorText(each)}`)
    expect(said(found.inputs)).toEqual(['features float64[?, 2]'])
    expect(said(found.outputs)).toEqual(outputs)
  })

  it('is a model like any other: features in their own order, one output by its column', async () => {
    const bytes = exportOnnx(taught(scaled()), names)
    const spec = onnxSpec({ outputs: { risk: 'probabilities[1]' } })
    const model = await onnxRuntime().load(bytes, featuresOf('count amount'), spec)
    expect(model).toMatchObject({ features: ['amount', 'count'], precision: 'float64' })
    expect(model.outputs).toEqual([{ name: 'risk', kind: 'number' }])
    await model.close()
  })

  it.each([
    ['naive Bayes', () => new GaussianNaiveBayes({ features: 2, classes: 3 })],
    ['a tree', () => new HoeffdingTree({ features: 2, classes: 3 })],
    ['a forest', () => new AdaptiveRandomForest({ features: 2, classes: 3, members: 3 })],
    [
      'a tree behind a scaler',
      () =>
        pipe(new StandardScaler({ features: 2 }), new HoeffdingTree({ features: 2, classes: 3 })),
    ],
    [
      'a learner with weights',
      () =>
        new ClassWeights({
          learner: new GaussianNaiveBayes({ features: 2, classes: 3 }),
          weights: [1, 2, 3],
        }),
    ],
  ])(
    'gives equal probabilities where nothing is known, as a pipeline does: %s',
    async (_, make) => {
      const options = { inputs: { features: names.features } }
      const columns = [numbers([1, -2, 0]), numbers([0, 5, 1e99])]
      const file = await onnxRuntime().load(
        exportOnnx(make(), names),
        featuresOf('amount count'),
        onnxSpec({ ...options, outputs: { chances: 'probabilities' } }),
      )
      const own = await learnerRuntime().load(new Uint8Array(1), featuresOf('amount count'), {
        kind: 'learner',
        path: undefined,
        options: { ...options, classes: 3, outputs: { chances: 'probabilities' } },
        learner: { kind: 'it', task: 'classes', make },
      })
      for (const model of [file, own]) {
        const { outputs } = await model.score(columns, 3)
        expect([...(outputs[0] as VectorColumn).values]).toEqual(Array(9).fill(1 / 3))
        await model.close()
      }
    },
  )

  it.each([
    [['amount'], 'found 1'],
    [['amount', 'amount'], "found 'amount' twice"],
    [['amount', ''], 'found 2'],
  ])('is not made with the names %j', (features, found) => {
    expect(() => exportOnnx(scaled(), { features })).toThrow(
      expect.objectContaining({ code: 'ML_USAGE', message: expect.stringContaining(found) }),
    )
  })
})

const MAJORITY = { features: 8, classes: 2, leaf: 'majority', grace: 50, delta: 0.01 } as const

describe('the file of trees', () => {
  it.each([
    ['a tree', () => new HoeffdingTree(MAJORITY)],
    ['a forest', () => new AdaptiveRandomForest({ ...MAJORITY, members: 3 })],
    [
      'bagging behind a scaler',
      () => pipe(new MinMaxScaler({ features: 8 }), new OzaBagging({ ...MAJORITY, members: 3 })),
    ],
    [
      'half-space trees behind a scaler',
      () => pipe(new MinMaxScaler({ features: 8 }), new HalfSpaceTrees({ features: 8 })),
    ],
    [
      'a tree for numbers behind an imputer and a scaler',
      () =>
        pipe(
          new Imputer({ features: 8, by: 0.5 }),
          new StandardScaler({ features: 8 }),
          new HoeffdingTreeRegressor({ features: 8, leaf: 'mean', grace: 50, delta: 0.1 }),
        ),
    ],
  ])(
    'is run by the kernel of trees, scores and labels: %s whose leaves are numbers',
    async (_, make) => {
      const learner = taught(make())
      const { path, apart, otherLabels } = await compareExported(
        learner,
        sample(learner, 300, 3).columns.map((column, i) =>
          column.map((value, row) => ((row + i) % 5 === 0 ? Number.NaN : value)),
        ),
      )
      expect(path).toMatch(/^tree kernel/)
      expect(apart).toBeLessThan(1e-9)
      expect(otherLabels).toBe(0)
    },
  )

  it.each(['majority', 'bayes'] as const)(
    'says the same of nominal features, what is none of their values included, with leaves that say %s',
    async (leaf) => {
      const random = new Prng(6)
      const options = { features: 3, classes: 2, leaf, grace: 20, delta: 0.1 }
      const nominal = { 0: 5, 2: 3 }
      const kinds = [5, Infinity, 3]
      const columns = kinds.map((kind) =>
        Float64Array.from({ length: 3000 }, () =>
          kind === Infinity ? random.next() : random.below(kind),
        ),
      )
      const labels = columns[0].map((value, row) =>
        value === 1 || (value === 3 && columns[2][row] === 2) || columns[1][row] > 0.8 ? 1 : 0,
      )
      const odd = columns.map((column) => {
        const values = [Number.NaN, -1, 0.5, 7, 1e120]
        return column
          .subarray(0, 300)
          .map((value, row) => (row % 4 === 0 ? random.pick(values) : value))
      })
      for (const learner of [
        new HoeffdingTree({ ...options, nominal }),
        new OzaBagging({ ...options, nominal, members: 3 }),
      ]) {
        learner.learn({ columns, from: 0, to: 3000 }, labels)
        const { apart, otherLabels } = await compareExported(learner, odd)
        expect(apart).toBeLessThan(1e-9)
        expect(otherLabels).toBe(0)
      }
    },
  )

  it.skipIf(missing)(
    `says what a tree and a forest say of each of 5,000 rows of Elec2${note}`,
    async () => {
      const { columns, labels } = classificationData('elec2')
      const options = { features: 8, classes: 2, grace: 50, delta: 0.01 }
      const cut = columns.map((column) => column.subarray(0, 5000))
      for (const learner of [
        new HoeffdingTree(options),
        new AdaptiveRandomForest({ features: 8, classes: 2, members: 5 }),
      ]) {
        learner.learn({ columns, from: 0, to: 5000 }, labels)
        const { apart, otherLabels } = await compareExported(learner, cut)
        expect(apart).toBeLessThan(1e-9)
        expect(otherLabels).toBe(0)
      }
    },
  )
})

describe('the file of a factorisation', () => {
  it('says of ids that were learnt what it says, a missing one included, and of others no more than that they are average', async () => {
    const learner = new MatrixFactorization({ factors: 3, start: { mean: 0, deviation: 0.1 } })
    const random = new Prng(4)
    const id = (): number => (random.chance(0.1) ? Number.NaN : random.below(20) * 1e12)
    const columns = [0, 1].map(() => Float64Array.from({ length: 400 }, id))
    const ratings = Float64Array.from({ length: 400 }, () => 1 + random.below(5))
    learner.learn({ columns, from: 0, to: 400 }, ratings)
    expect((await compareExported(learner, columns)).apart).toBeLessThan(1e-9)
    const model = await onnxRuntime().load(
      exportOnnx(learner, { features: ['user', 'item'] }),
      featuresOf('user item'),
      onnxSpec(),
    )
    const { outputs } = await model.score([numbers([-1]), numbers([-2])], 1)
    await model.close()
    const mean = ratings.reduce((sum, each) => sum + each, 0) / 400
    expect((outputs[0] as NumberColumn).values[0]).toBeCloseTo(mean, 12)
  })
})
