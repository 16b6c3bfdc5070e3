// Rules give the predictions of their reference, row by row, and follow what changes.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { AmRules } from '../../../src/learning/learners/rules/am-rules.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { goldenTable, missing, note, regressionData } from '../golden.ts'
import { numbersApart, prequential } from '../prequential.ts'

describe.skipIf(missing)(`AMRules against River${note}`, () => {
  const make = (features: number): ReturnType<typeof pipe> =>
    pipe(new StandardScaler({ features }), new AmRules({ features }))

  it.each(['cmapss', 'taxi'] as const)('gives its predictions on %s, row by row', (data) => {
    const learner = make(regressionData(data).columns.length)
    expect(numbersApart(learner, data, 'amrules')).toMatchObject({ first: undefined })
  })

  it('errs as it does to the end', () => {
    const { columns, labels, rows } = regressionData('taxi')
    const found = prequential(make(columns.length), { columns, labels, rows })
    const error = found.reduce((sum, each, row) => sum + Math.abs(each - labels[row]), 0) / rows
    const wanted = goldenTable('regression.csv').findLast(
      (row) => row['data'] === 'taxi' && row['learner'] === 'amrules',
    )
    expect(Math.abs(error / Number(wanted?.['mae']) - 1)).toBeLessThan(0.001)
  })
})

describe('AMRules', () => {
  it('finds where one line becomes another, and says so', () => {
    const random = new Prng(4)
    const rows = 4000
    const x = Float64Array.from({ length: rows }, () => random.next() * 4 - 2)
    const noise = x.map(() => random.next())
    const labels = x.map((value) => (value > 0.5 ? 10 + value : -value))
    const learner = new AmRules({ features: 2 })
    learner.learn({ columns: [noise, x], from: 0, to: rows }, labels)
    expect(learner.rules.length).toBeGreaterThan(0)
    expect(learner.rules[0]).toMatch(/^x1 (<=|>) 0\.[456]/)
    const out = new Float64Array(1)
    learner.predict({ columns: [Float64Array.of(0.5), Float64Array.of(1.5)], from: 0, to: 1 }, out)
    expect(Math.abs(out[0] - 11.5)).toBeLessThan(2)
  })

  it('gives up rules that have become wrong', () => {
    const random = new Prng(5)
    const rows = 8000
    const x = Float64Array.from({ length: rows }, () => random.next() * 4 - 2)
    const labels = x.map((value, row) => (value > 0 === row < 4000 ? 10 : -10))
    const learner = new AmRules({ features: 2, grace: 100 })
    const noise = x.map(() => random.next())
    learner.learn({ columns: [noise, x], from: 0, to: rows }, labels)
    const out = new Float64Array(2)
    const at = [Float64Array.of(0.5, 0.5), Float64Array.of(-1, 1)]
    learner.predict({ columns: at, from: 0, to: 2 }, out)
    expect(out[0]).toBeGreaterThan(8)
    expect(out[1]).toBeLessThan(-8)
  })
})
