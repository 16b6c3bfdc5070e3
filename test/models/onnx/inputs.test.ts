// How features reach the tensors of a graph: order, kinds, widths, and what stands for a missing
// value.
import { describe, expect, it } from 'vitest'
import type {
  Column,
  NumberColumn,
  TextColumn,
  VectorColumn,
} from '../../../src/contracts/columns.ts'
import { FAILED, REFUSED, SCORED, type Scored } from '../../../src/contracts/runtime.ts'
import { booleans, numbers, texts, vectors } from '../columns.ts'
import { loadFixture } from '../fixture.ts'

const MIXED = 'amount count country:string fresh:boolean embedding:vector'

function values(scored: Scored, output = 0): number[] {
  return [...(scored.outputs[output] as NumberColumn).values]
}

async function scoreOnce(
  load: ReturnType<typeof loadFixture>,
  columns: readonly Column[],
  rows: number,
): Promise<Scored> {
  const model = await load
  try {
    return await model.score(columns, rows)
  } finally {
    await model.close()
  }
}

describe('the order of a vector', () => {
  it('comes from the model when the definition does not say', async () => {
    const model = await loadFixture('logistic', 'age mean count amount unused')
    expect(model.features).toEqual(['amount', 'count', 'mean', 'age'])
    await model.close()
  })

  it('comes from the definition first', async () => {
    const order = ['age', 'mean', 'count', 'amount']
    const model = await loadFixture('logistic', 'amount count mean age', {
      inputs: { features: order },
    })
    expect(model.features).toEqual(order)
    const turned = await model.score([numbers([4]), numbers([3]), numbers([2]), numbers([1])], 1)
    const straight = await scoreOnce(
      loadFixture('logistic', 'amount count mean age'),
      [1, 2, 3, 4].map((v) => numbers([v])),
      1,
    )
    expect(values(turned)).toEqual(values(straight))
    await model.close()
  })

  it('may be a comma list, and is by name where every input is a feature', async () => {
    const trees = await loadFixture('trees', 'mean amount count')
    expect(trees.features).toEqual(['amount', 'count', 'mean'])
    const mixed = await loadFixture('mixed', MIXED)
    expect(mixed.features).toEqual(['amount', 'count', 'country', 'fresh', 'embedding'])
    await Promise.all([trees.close(), mixed.close()])
  })

  it('is never guessed', async () => {
    await expect(loadFixture('unnamed', 'amount count mean age')).rejects.toThrow(
      /input tensor features in order; found neither .* set onnx\(file, \{ inputs: \{ features: \['first', \.\.\.\] \} \}\)/,
    )
  })

  it.each([
    [{ inputs: { vector: ['amount'] } }, /an input of the graph \(features\); found vector/],
    [
      { inputs: { features: ['amount', 'count', 'mean'] } },
      /features is float32\[\?, 4\]; found 3 values from the features amount, count, mean/,
    ],
    [
      { inputs: { features: ['amount', 'count', 'mean', 'years'] } },
      /feature years of the tensor features: expected one of amount, count, mean, age; found no such feature/,
    ],
    [
      { missing: { years: 0 } },
      /missing names features of the model \(amount, count, mean, age\); found years/,
    ],
    [{ missing: { amount: 'drop' } }, /option missing\.amount/],
    [{ bucket: 0 }, /option bucket .* from 1 to 4096/],
    [{ input: {} }, /option input .* expected one of inputs, outputs, missing/],
  ])('%o is refused', async (options, message) => {
    const load = loadFixture('unnamed', 'amount count mean age', {
      inputs: { features: ['amount', 'count', 'mean', 'age'] },
      ...options,
    })
    await expect(load).rejects.toThrow(message)
    await expect(load).rejects.toMatchObject({ name: 'ModelError', code: 'ML_MODEL' })
  })
})

describe('kinds', () => {
  const columns = [
    numbers([2, -1, 0]),
    numbers([3, 2 ** 40 + 1, -(2 ** 53) + 1]),
    texts(['DE', 'Zürich', '']),
    booleans([true, false, false]),
    vectors([
      [1, 2, 3],
      [0, 0, 0],
      [-1, 0.5, 4],
    ]),
  ]

  it('numbers, whole numbers, strings, booleans and vectors each fill a tensor of their own', async () => {
    const model = await loadFixture('mixed', MIXED)
    const scored = await model.score(columns, 3)
    expect(model.outputs).toEqual([
      { name: 'score', kind: 'number' },
      { name: 'high', kind: 'boolean' },
      { name: 'where', kind: 'string' },
      { name: 'seen', kind: 'number' },
      { name: 'echo', kind: 'vector' },
    ])
    const first = 0.5 * 2 + 0.25 * 3 + 2 - 2 + 0.125 + 0.5 + 1.5
    expect(values(scored)[0]).toBe(first)
    expect([...(scored.outputs[1] as NumberColumn).values]).toEqual([1, 1, 0])
    const where = scored.outputs[2] as TextColumn
    expect(Buffer.from(where.bytes.subarray(where.ends[1], where.ends[2])).toString()).toBe(
      'Zürich',
    )
    expect(values(scored, 3)).toEqual([3, 2 ** 40 + 1, -(2 ** 53) + 1])
    const echo = scored.outputs[4] as VectorColumn
    expect([...echo.values]).toEqual([1, 2, 3, 0, 0, 0, -1, 0.5, 4])
    expect([...echo.ends]).toEqual([0, 3, 6, 9])
    expect(model.precision).toBe('float64')
    await model.close()
  })

  it.each([
    [
      'amount:string',
      /feature amount of the tensor amount: expected a number, boolean or vector \(the tensor is float32\); found string/,
    ],
    [
      'country',
      /feature country of the tensor country: expected a string \(the tensor is string\); found number/,
    ],
    [
      'fresh',
      /feature fresh of the tensor fresh: expected a boolean \(the tensor is bool\); found number/,
    ],
    [
      'embedding:json',
      /feature embedding of the tensor embedding: expected a number, boolean or vector .* found json/,
    ],
  ])(
    'a feature %s that does not fit is refused when the model is loaded',
    async (changed, message) => {
      const name = changed.split(':')[0]
      const features = MIXED.split(' ')
        .map((part) => (part.split(':')[0] === name ? changed : part))
        .join(' ')
      await expect(loadFixture('mixed', features)).rejects.toThrow(message)
    },
  )

  it('a tensor of a type Millrace does not pass is refused', async () => {
    await expect(loadFixture('half', 'amount')).rejects.toThrow(
      /input amount is a tensor of .* found element type 10; cast it/,
    )
  })

  it('a row whose value does not fit the tensor is refused, and only that row', async () => {
    const scored = await scoreOnce(
      loadFixture('mixed', MIXED),
      [
        numbers([1, 1, 1, 1]),
        numbers([1.5, 2 ** 53, 7, 8]),
        texts(['', '', '', '']),
        booleans([true, true, true, true]),
        vectors([
          [1, 2, 3],
          [1, 2, 3],
          [1, 2],
          [1, 2, 3],
        ]),
      ],
      4,
    )
    expect([...scored.outcome]).toEqual([REFUSED, REFUSED, REFUSED, SCORED])
    expect(scored.reasons.get(0)).toBe('feature count is no whole number that fits int64')
    expect(scored.reasons.get(2)).toMatch(
      /^feature embedding has 3 values in the model and another number in this row/,
    )
    expect([...(scored.outputs[4] as VectorColumn).ends]).toEqual([0, 0, 0, 0, 3])
  })

  it('vectors and numbers share a tensor', async () => {
    const load = loadFixture('unnamed', 'amount pair:vector age', {
      inputs: { features: ['amount', 'pair', 'age'] },
    })
    const scored = await scoreOnce(load, [numbers([1]), vectors([[2, 3]]), numbers([4])], 1)
    const straight = await scoreOnce(
      loadFixture('logistic', 'amount count mean age'),
      [1, 2, 3, 4].map((v) => numbers([v])),
      1,
    )
    expect(values(scored)).toEqual(values(straight))
    await expect(
      loadFixture('unnamed', 'a:vector b:vector', { inputs: { features: ['a', 'b'] } }),
    ).rejects.toThrow(
      /feature a .* expected a stated width; found a vector of unknown width; write 'a\[8\]' in inputs/,
    )
    const stated = await loadFixture('unnamed', 'a:vector b:vector', {
      inputs: { features: ['a[3]', 'b'] },
    })
    await stated.close()
  })

  it('the precision is that of the tensors', async () => {
    const single = await loadFixture('logistic', 'amount count mean age')
    const double = await loadFixture('double', 'amount count')
    expect([single.precision, double.precision]).toEqual(['float32', 'float64'])
    await Promise.all([single.close(), double.close()])
  })
})

describe('a missing value', () => {
  const holes = [
    numbers([20, undefined, null, Number.NaN, Number.POSITIVE_INFINITY, 1e39]),
    numbers([0, 0, 0, 0, 0, 0]),
    numbers([0, 0, 0, 0, 0, 0]),
  ]

  it('refuses its row by default, infinities and what overflows float32 included', async () => {
    const scored = await scoreOnce(loadFixture('trees', 'amount count mean'), holes, 6)
    expect([...scored.outcome]).toEqual([SCORED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED])
    expect(scored.reasons.get(4)).toBe(
      "feature amount is absent, NaN or infinite, and its policy is 'refuse'; onnx(file, { missing: { amount: ... } }) states another",
    )
  })

  it('is NaN for the model where the policy says so', async () => {
    const load = loadFixture('trees', 'amount count mean', {
      missing: { '*': 'nan' },
      outputs: { late: 'probabilities[1]' },
    })
    const scored = await scoreOnce(load, holes, 6)
    expect([...scored.outcome]).toEqual(new Array(6).fill(SCORED))
    const [right, ...left] = values(scored)
    // The first tree sends a missing amount to its true branch: -1 there, 1.5 on the other.
    expect(right).toBeCloseTo(1 / (1 + Math.exp(-1.25)), 6)
    for (const each of left) expect(each).toBeCloseTo(1 / (1 + Math.exp(1.25)), 6)
  })

  it('is the number the policy names, and a named feature goes before *', async () => {
    const options = {
      missing: { '*': 'refuse', amount: 20 },
      outputs: { late: 'probabilities[1]' },
    }
    const scored = await scoreOnce(loadFixture('trees', 'amount count mean', options), holes, 6)
    expect(new Set(values(scored)).size).toBe(1)
  })

  it('in a tensor of whole numbers cannot be NaN', async () => {
    await expect(loadFixture('lookup', 'id', { missing: { id: 'nan' } })).rejects.toThrow(
      /feature id of the tensor id: expected a policy that fits int64; found missing: nan/,
    )
    const scored = await scoreOnce(
      loadFixture('lookup', 'id', { missing: { '*': 'nan' } }),
      [numbers([1, undefined])],
      2,
    )
    expect([...scored.outcome]).toEqual([SCORED, REFUSED])
    const filled = await scoreOnce(
      loadFixture('lookup', 'id', { missing: { id: 2 } }),
      [numbers([1, undefined])],
      2,
    )
    expect(values(filled)).toEqual([1.5, 2.5])
  })
})

describe('a row the graph fails on', () => {
  it('is found and kept away from the others, and its value is not told', async () => {
    const ids = Array.from({ length: 200 }, (_, row) => (row === 17 || row === 150 ? 777 : row % 4))
    const scored = await scoreOnce(loadFixture('lookup', 'id'), [numbers(ids)], 200)
    ids.forEach((id, row) => {
      expect(scored.outcome[row]).toBe(id === 777 ? FAILED : SCORED)
      if (id !== 777) expect(values(scored)[row]).toBe(id + 0.5)
    })
    expect(scored.reasons.get(17)).toMatch(/^the model failed on this row in Gather/)
    expect(scored.reasons.get(17)).not.toContain('777')
  })

  it('fails when the graph gives no finite number', async () => {
    const scored = await scoreOnce(loadFixture('logarithm', 'amount'), [numbers([1, 0, -1])], 3)
    expect([...scored.outcome]).toEqual([SCORED, FAILED, FAILED])
    expect(values(scored)).toEqual([0, 0, 0])
    expect(scored.reasons.get(1)).toBe('the model gave no finite number for the output score')
  })
})
