import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClassMetrics, classMetrics } from '../../../src/learning/metrics/class-metrics.ts'
import { confusion } from '../../../src/learning/metrics/confusion.ts'
import { cumulative } from '../../../src/learning/metrics/cumulative.ts'
import { ownMemory } from '../../../src/learning/metrics/metric-memory.ts'
import { probability } from '../../../src/learning/metrics/probability.ts'

const CLASSES = 4
const OPTIONS = { classes: CLASSES, chances: true }

interface Pair {
  readonly chances: readonly number[]
  readonly label: number
}

const pair = fc.record({
  chances: fc
    .array(fc.integer({ min: 1, max: 40 }), { minLength: CLASSES, maxLength: CLASSES })
    .map((parts) => parts.map((part) => part / parts.reduce((all, each) => all + each, 0))),
  label: fc.integer({ min: 0, max: CLASSES - 1 }),
})

function metrics(options = OPTIONS): ClassMetrics {
  return new ClassMetrics(ownMemory(ClassMetrics.doubles(options)), 0, options)
}

function said({ chances }: Pair): number {
  return chances.indexOf(Math.max(...chances))
}

function of(pairs: readonly Pair[]): ClassMetrics {
  const made = metrics()
  for (const each of pairs) made.add(said(each), each.label, each.chances[each.label])
  return made
}

describe('metrics of several classes', () => {
  it('are those that millrace evaluate gives of the same probabilities', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (pairs) => {
        const table = cumulative(confusion({ classes: CLASSES }))
        const chances = cumulative(probability({ classes: CLASSES }))
        for (const each of pairs)
          for (const metric of [table, chances])
            metric.add(Float64Array.from(each.chances), 0, each.label)
        const { accuracy, kappa, f1Macro, classes } = table.value()
        expect(of(pairs).value()).toMatchObject({ accuracy, kappa, f1Macro, classes })
        expect(of(pairs).value().logLoss).toBe(chances.value().logLoss)
      }),
    )
  })

  it('take a pair back without a trace, and do not know how pairs were parted', () => {
    const two = fc.array(pair, { maxLength: 20 })
    fc.assert(
      fc.property(two, two, (left, right) => {
        const merged = of(left)
        classMetrics(OPTIONS).merge(merged, of(right))
        expect(merged.value()).toEqual(of([...right, ...left]).value())
        for (const each of left) merged.remove(said(each), each.label, each.chances[each.label])
        expect(merged.value()).toEqual(of(right).value())
      }),
    )
  })

  it('say what the labels alone would give', () => {
    const made = metrics()
    for (const label of [0, 0, 0, 1]) made.add(2, label, 0.25)
    expect(made.value()).toMatchObject({ count: 4, accuracy: 0, baseAccuracy: 0.75 })
    expect(made.value().baseRateLogLoss).toBeCloseTo(
      -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)),
    )
    expect(made.value().logLoss).toBeCloseTo(Math.log(4))
  })

  it('have every pair of classes up to 16 of them, and the same figures beyond', () => {
    const few = metrics({ classes: 16, chances: false })
    const many = metrics({ classes: 17, chances: false })
    for (const made of [few, many]) {
      made.add(3, 3)
      made.add(5, 3)
    }
    expect(few.value().confusion?.[3]).toEqual([0, 0, 0, 1, 0, 1, ...Array(10).fill(0)])
    expect(many.value()).toMatchObject({ confusion: undefined, accuracy: 0.5, logLoss: undefined })
    expect(many.value().kappa).toBe(few.value().kappa)
  })
})
