// One drift is one event, and a change for the better need not be one.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { DRIFT } from '../../../src/contracts/detector.ts'
import { Adwin } from '../../../src/learning/drift/adwin.ts'
import { DriftWatch, type DriftWatchOptions } from '../../../src/learning/drift/drift-watch.ts'
import { distanceChance, Kswin, leastSteps } from '../../../src/learning/drift/kswin.ts'
import { HddmW } from '../../../src/learning/drift/hddm-w.ts'
import { stationary } from '../../contracts/detector-contract.ts'

/** Error bits of the rates, 500 of each. */
function bits(...rates: readonly number[]): Float64Array {
  const random = new Prng(3)
  return Float64Array.from({ length: 500 * rates.length }, (_, i) =>
    random.chance(rates[Math.floor(i / 500)]) ? 1 : 0,
  )
}

function told(watch: DriftWatch, values: Float64Array): number[] {
  return [...values.keys()].filter((row) => watch.update(values[row]) === DRIFT)
}

const watching = (options: DriftWatchOptions): DriftWatch => new DriftWatch(new Adwin(), options)

describe('a watch over a detector', () => {
  const stream = bits(0.2, 0.9, 0.1, 0.9)

  it('tells every drift where nothing else is said', () => {
    const watch = watching({})
    expect(told(watch, stream).map((row) => Math.floor(row / 500))).toEqual([1, 2, 3])
    expect(watch.counts).toEqual({ seen: 2000, told: 3, cooled: 0, turned: 0 })
  })

  it('keeps back, and counts, those in the cool-down', () => {
    const watch = watching({ cooldown: 900 })
    expect(told(watch, stream).map((row) => Math.floor(row / 500))).toEqual([1, 3])
    expect(watch.counts).toEqual({ seen: 2000, told: 2, cooled: 1, turned: 0 })
  })

  it('keeps back, and counts, those in the other direction', () => {
    const up = watching({ direction: 'up' })
    expect(told(up, stream).map((row) => Math.floor(row / 500))).toEqual([1, 3])
    expect(up.counts.turned).toBe(1)
    const down = watching({ direction: 'down' })
    expect(told(down, stream).map((row) => Math.floor(row / 500))).toEqual([2])
    expect(down.direction).toBe(1)
  })

  it('goes on as it was when restored, in the middle of a cool-down', () => {
    const whole = watching({ cooldown: 900 })
    const wanted = told(whole, stream)
    const first = watching({ cooldown: 900 })
    told(first, stream.subarray(0, 1001))
    const second = watching({ cooldown: 900 })
    second.restore(first.encode())
    expect(told(second, stream.subarray(1001)).map((row) => row + 1001)).toEqual(wanted.slice(1))
    expect(second.encode()).toEqual(whole.encode())
    expect(() => watching({ cooldown: 1 }).restore(first.encode())).toThrow('other settings')
    expect(() => new DriftWatch(new HddmW(), { cooldown: 900 }).restore(first.encode())).toThrow(
      'hddm-w',
    )
  })

  it('refuses a cool-down that is no whole number', () => {
    expect(() => watching({ cooldown: -1 })).toThrow(
      "expected 'cooldown' to be a whole number of at least 0, found -1",
    )
  })
})

describe('the test of kswin', () => {
  it('has the exact p-values, counted in whole numbers', () => {
    expect(distanceChance(3, 3)).toBeCloseTo(0.1, 14)
    expect(distanceChance(3, 2)).toBeCloseTo(0.6, 14)
    // 2 (C(60, 17) - C(60, 4)) / C(60, 30)
    expect(distanceChance(30, 13)).toBeCloseTo(0.006548396368058781, 14)
    expect(leastSteps(30, 0.005)).toBe(14)
    expect(leastSteps(2, 0.005)).toBe(3)
  })

  it('alarms as often as its alpha says, where the samples do not overlap', () => {
    const alpha = 0.05
    let alarms = 0
    const values = stationary('numbers', 5, 100 * 2000)
    for (let i = 0; i < 2000; i++) {
      const kswin = new Kswin({ alpha, seed: i })
      for (let j = 0; j < 100; j++) if (kswin.update(values[100 * i + j]) === DRIFT) alarms++
    }
    // The p-value is of steps: 0.0346 is the greatest below 0.05. Four deviations of 2000 draws.
    expect(alarms / 2000).toBeGreaterThan(0.018)
    expect(alarms / 2000).toBeLessThan(0.051)
  })
})
