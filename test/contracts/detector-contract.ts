// What every drift detector must keep: the same numbers give the same signals and bytes, wherever it was encoded and restored.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { DRIFT, type Detector } from '../../src/contracts/detector.ts'

/** Numbers of one mean, then of another: bits, or reals of deviation 1. */
export function changing(input: 'bits' | 'numbers', seed: number): Float64Array {
  const random = new Prng(seed)
  return Float64Array.from({ length: 3000 }, (_, i) => {
    const high = i >= 1500
    if (input === 'bits') return random.chance(high ? 0.6 : 0.15) ? 1 : 0
    return random.next() + random.next() + random.next() + (high ? 1.5 : 0)
  })
}

/** As many numbers of a stream that does not change: bits of a rate, or reals of deviation 1. */
export function stationary(of: number | 'numbers', seed: number, length: number): Float64Array {
  const random = new Prng(seed)
  return Float64Array.from({ length }, () => {
    if (of !== 'numbers') return random.chance(of) ? 1 : 0
    let sum = -6
    for (let i = 0; i < 12; i++) sum += random.next()
    return sum
  })
}

export interface DetectorCase {
  readonly make: () => Detector
  /** One with other settings. */
  readonly other: () => Detector
  /** What it is judged on: bits for those whose budget is stated for error bits. */
  readonly budgetOn: 'bits' | 'numbers'
}

export function detectorContract(name: string, { make, other, budgetOn }: DetectorCase): void {
  describe(`the detector ${name}`, () => {
    const values = changing(make().input, 7)
    const signals = (of: Detector, from = 0, to = values.length): number[] =>
      Array.from(values.subarray(from, to), (value) => of.update(value))

    it('tells a change once it is there, and that it went up', () => {
      const detector = make()
      const drift = signals(detector).findIndex((signal, row) => row >= 1500 && signal === DRIFT)
      expect(drift).toBeGreaterThan(0)
      expect(drift).toBeLessThan(2200)
      const first = make()
      values.subarray(0, drift + 1).forEach((value) => first.update(value))
      expect(first.direction).toBe(1)
    })

    it('went the way its two parts lie, where it compares two', () => {
      const detector = make()
      const down = Float64Array.from(values, (value) =>
        detector.input === 'bits' ? 1 - value : -value,
      )
      const drifts = [...values, ...down].filter((value) => {
        if (detector.update(value) !== DRIFT) return false
        const { before, after } = detector.parts ?? { before: 0, after: detector.direction }
        expect(Math.sign(after - before)).toBe(detector.direction)
        return true
      })
      expect(drifts.length).toBeGreaterThan(0)
    })

    it('makes another that has seen nothing, with the same settings', () => {
      for (const each of [make(), other()]) {
        const bytes = each.encode()
        signals(each)
        expect(each.fresh().encode()).toEqual(bytes)
        expect(each.encode()).not.toEqual(bytes)
      }
    })

    it('gives the same signals and bytes for the same numbers', () => {
      const [one, two] = [make(), make()]
      expect(signals(one)).toEqual(signals(two))
      expect(one.encode()).toEqual(two.encode())
    })

    it.each([0, 1, 29, 100, 1499, 1600, 2999])(
      'goes on as it was when restored after %i',
      (cut) => {
        const whole = make()
        const wanted = signals(whole)
        const first = make()
        signals(first, 0, cut)
        const second = make()
        signals(second, 0, 700)
        second.restore(first.encode())
        expect(second.encode()).toEqual(first.encode())
        expect(signals(second, cut)).toEqual(wanted.slice(cut))
        expect(second.encode()).toEqual(whole.encode())
      },
    )

    it('refuses what is no number it takes, and is not changed by it', () => {
      const detector = make()
      signals(detector, 0, 100)
      const before = detector.encode()
      const bad = [Number.NaN, Infinity, -Infinity, ...(detector.input === 'bits' ? [0.5, 2] : [])]
      for (const value of bad) {
        expect(() => detector.update(value)).toThrow(
          expect.objectContaining({ code: 'ML_EVENT', message: expect.stringContaining('found') }),
        )
      }
      expect(detector.encode()).toEqual(before)
    })

    it('refuses bytes that are cut, of another detector, or of other settings, and keeps its own', () => {
      const detector = make()
      signals(detector, 0, 200)
      const bytes = detector.encode()
      const broken = [
        new Uint8Array(0),
        bytes.subarray(0, bytes.length - 1),
        Uint8Array.from([...bytes, 0]),
        other().encode(),
      ]
      for (const each of broken) {
        expect(() => detector.restore(each)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
      }
      expect(detector.encode()).toEqual(bytes)
    })

    it('keeps its budget of false alarms, and states none for settings that alarm more', () => {
      const budget = make().rowsBetweenFalseAlarms ?? 0
      expect(budget).toBeGreaterThan(0)
      const rows = Math.max(100_000, 4 * budget)
      // Alarms are rarest where errors are, for some, and where bits are fair, for others.
      const streams = budgetOn === 'bits' ? [0.05, 0.2, 0.5] : (['numbers'] as const)
      for (const of of streams) {
        const detector = make()
        const still = stationary(of, 11, rows)
        const alarms = still.reduce(
          (sum, value) => sum + (detector.update(value) === DRIFT ? 1 : 0),
          0,
        )
        expect(alarms).toBeLessThanOrEqual(rows / budget)
      }
      expect(other().rowsBetweenFalseAlarms).toBeUndefined()
    })

    it('says how much memory it takes: what it encodes, without the header, and below 10 kB', () => {
      const { length } = make().encode()
      expect(make().memoryBytes).toBeGreaterThan(length - 200)
      expect(make().memoryBytes).toBeLessThan(Math.min(length, 10_000))
    })
  })
}
