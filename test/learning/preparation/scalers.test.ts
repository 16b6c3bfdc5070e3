// Scalers give the values of their reference, row by row.
import { describe, expect, it } from 'vitest'
import type { Preparer } from '../../../src/contracts/learner.ts'
import { LinearRegression } from '../../../src/learning/learners/linear/linear-regression.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { MaxAbsScaler } from '../../../src/learning/preparation/max-abs-scaler.ts'
import { AdaptiveStandardScaler } from '../../../src/learning/preparation/adaptive-standard-scaler.ts'
import { MinMaxScaler } from '../../../src/learning/preparation/min-max-scaler.ts'
import { RobustScaler } from '../../../src/learning/preparation/robust-scaler.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { classificationData, goldenColumns, missing, note } from '../golden.ts'

const scalers: Readonly<Record<string, (features: number) => Preparer>> = {
  standard: (features) => new StandardScaler({ features }),
  minmax: (features) => new MinMaxScaler({ features }),
  maxabs: (features) => new MaxAbsScaler({ features }),
  robust: (features) => new RobustScaler({ features }),
  'adaptive-standard': (features) => new AdaptiveStandardScaler({ features }),
}

/** The reference of the adaptive one cancels near a variance of 0, and we do not. */
const within = (name: string): number => (name === 'adaptive-standard' ? 1e-6 : 1e-9)

function columnsFor({ outputs }: Preparer, rows: number): Float64Array[] {
  return Array.from({ length: outputs }, () => new Float64Array(rows))
}

describe.skipIf(missing)(`scalers against their reference${note}`, () => {
  it.each(Object.keys(scalers))('%s gives its values, after learning each row', (name) => {
    const { columns, labels } = classificationData('elec2')
    const { row, ...golden } = goldenColumns(`rows/scaler.elec2.${name}.csv.gz`)
    const scaler = scalers[name](columns.length)
    const out = columnsFor(scaler, row.length)
    scaler.learn({ columns, from: 0, to: row.length }, labels, out)
    let apart = 0
    Object.values(golden).forEach((wanted, i) => {
      wanted.forEach((value, at) => {
        apart = Math.max(apart, Math.abs(out[i][at] - value) / (1 + Math.abs(value)))
      })
    })
    expect(row.length).toBe(2000)
    expect(apart).toBeLessThan(within(name))
  })
})

describe.each(Object.keys(scalers))('the scaler %s', (name) => {
  const make = scalers[name]
  const columns = [Float64Array.of(1, 4, Number.NaN, 2, 5), Float64Array.of(7, 7, 7, 7, 7)]
  const labels = new Float64Array(5)

  it('is 0 for a constant feature or nothing learnt, or a constant share of it, and leaves missing what is missing', () => {
    const scaler = make(2)
    const out = columnsFor(scaler, 5)
    scaler.transform({ columns, from: 0, to: 5 }, out)
    expect([...out[0]]).toEqual([0, 0, Number.NaN, 0, 0])
    scaler.learn({ columns, from: 0, to: 5 }, labels, out)
    expect(new Set(out[1]).size).toBe(1)
    expect(out[0][2]).toBeNaN()
    expect(out[0][4]).toBeGreaterThan(0)
  })
})

describe('a pipe', () => {
  it('says which two steps do not fit', () => {
    expect(() =>
      pipe(new StandardScaler({ features: 3 }), new LinearRegression({ features: 4 })),
    ).toThrow("expected 'linear-regression' to take the 3 columns of 'standard-scaler', found 4")
  })

  it('does not let a row that cannot be learnt change its preparations', () => {
    const made = (): ReturnType<typeof pipe> =>
      pipe(new StandardScaler({ features: 1 }), new LinearRegression({ features: 1 }))
    const [clean, dirty] = [made(), made()]
    clean.learn({ columns: [Float64Array.of(1, 2, 3)], from: 0, to: 3 }, Float64Array.of(1, 2, 3))
    const outcome = new Uint8Array(5)
    const left = dirty.learn(
      { columns: [Float64Array.of(1, Infinity, 2, 9, 3)], from: 0, to: 5 },
      Float64Array.of(1, 5, 2, Number.NaN, 3),
      outcome,
    )
    expect([left, ...outcome]).toEqual([2, 0, 2, 0, 1, 0])
    expect(dirty.encode()).toEqual(clean.encode())
  })
})
