// Metrics by calendar month of the prediction, in UTC.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import {
  binaryMetrics,
  type BinaryMetrics,
  type BinaryReport,
} from '../../../src/learning/metrics/binary-metrics.ts'
import { MonthlyMetrics } from '../../../src/learning/metrics/monthly-metrics.ts'
import {
  regressionMetrics,
  type RegressionMetrics,
  type RegressionReport,
} from '../../../src/learning/metrics/regression-metrics.ts'

const KIND = binaryMetrics(64)

function monthly(
  memory: StateMemory = new StateMemory(),
): MonthlyMetrics<BinaryReport, BinaryMetrics> {
  return new MonthlyMetrics(memory.region('late/1', 0), KIND)
}

const time = fc.date({
  min: new Date('1850-01-01T00:00:00Z'),
  max: new Date('2250-01-01T00:00:00Z'),
  noInvalidDate: true,
})

describe('monthly metrics', () => {
  it('put a pair into the month of its time, UTC', () => {
    const of = monthly()
    of.add(Date.UTC(2001, 0, 31, 23, 59, 59, 999), 0.25, 0)
    of.add(Date.UTC(2001, 1, 1), 0.5, 1)
    of.add(Date.UTC(2000, 1, 29, 12), 0.75, 1)
    expect(of.months().map(({ month, metrics }) => [month, metrics.count, metrics.brier])).toEqual([
      ['2000-02', 1, 0.0625],
      ['2001-01', 1, 0.0625],
      ['2001-02', 1, 0.25],
    ])
    expect(of.value()).toMatchObject({ count: 3, positives: 2 })
  })

  it('know the month of any time, before 1970 and over leap years too', () => {
    const kind = regressionMetrics()
    fc.assert(
      fc.property(time, (date) => {
        const of = new MonthlyMetrics<RegressionReport, RegressionMetrics>(
          new StateMemory().region('m', 0),
          kind,
        )
        of.add(date.getTime(), 1, 1)
        expect(of.months()[0].month).toBe(date.toISOString().slice(0, 7))
      }),
    )
  })

  it('take a pair back from its month', () => {
    const of = monthly()
    of.add(Date.UTC(2001, 3, 5), 0.2, 0)
    of.add(Date.UTC(2001, 4, 5), 0.2, 0)
    of.remove(Date.UTC(2001, 3, 5), 0.2, 0)
    of.add(Date.UTC(2001, 3, 5), 0.2, 1)
    expect(of.months().map(({ metrics }) => metrics.positives)).toEqual([1, 0])
  })

  it('merge month by month, and come back from deltas', () => {
    const memory = new StateMemory()
    const of = monthly(memory)
    const copy = new StateMemory()
    const other = monthly()
    for (let day = 0; day < 120; day++) {
      of.add(Date.UTC(2001, 0, 1 + day), (day % 10) / 10, day % 3 === 0 ? 1 : 0)
      other.add(Date.UTC(2001, 2, 1 + day), (day % 7) / 7, day % 2)
      if (day % 17 === 0) copy.apply(memory.takeDelta())
    }
    of.merge(other)
    copy.apply(memory.takeDelta())
    expect(of.months().map(({ month, metrics }) => [month, metrics.count])).toEqual([
      ['2001-01', 31],
      ['2001-02', 28],
      ['2001-03', 62],
      ['2001-04', 60],
      ['2001-05', 31],
      ['2001-06', 28],
    ])
    expect(of.value().count).toBe(240)
    const restored = monthly(copy)
    expect(restored.months()).toEqual(of.months())
    expect(restored.value()).toEqual(of.value())
  })
})
