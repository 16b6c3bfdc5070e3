// Each key has a model of its own, which is that of its rows alone, for as long as there is room.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { Learner, LearnerFactory } from '../../../src/contracts/learner.ts'
import {
  calibrated,
  classWeights,
  logisticRegression,
  maxAbsScaler,
  perKey,
  pipe,
  imputer,
} from '../../../src/learning/index.ts'
import { LogisticRegression } from '../../../src/learning/learners/linear/logistic-regression.ts'
import { PerKey } from '../../../src/learning/learners/per-key.ts'

const ROWS = 600
const random = new Prng(3)
const keys = Float64Array.from({ length: ROWS }, () => random.below(5) * 1e6)
const values = Float64Array.from({ length: ROWS }, () => random.next() - 0.5)
// What is right for one key is wrong for the next.
const labels = values.map((value, i) => (((keys[i] / 1e6) % 2 === 0) === value > 0 ? 1 : 0))
const make = (): LogisticRegression => new LogisticRegression({ features: 1 })
const data = { columns: [values, keys], from: 0, to: ROWS }

function answers(learner: PerKey): Float64Array {
  const out = new Float64Array(2 * ROWS)
  learner.predict(data, out)
  return out
}

describe('a learner per key', () => {
  it('answers each key as a learner of its rows alone does', () => {
    const learner = new PerKey({ make, key: 1 })
    expect(learner.learn(data, labels)).toBe(0)
    const found = answers(learner)
    for (let key = 0; key < 5; key++) {
      const own = [...keys.keys()].filter((row) => keys[row] === key * 1e6)
      const alone = make()
      const columns = [Float64Array.from(own, (row) => values[row])]
      const at = { columns, from: 0, to: own.length }
      alone.learn(
        at,
        Float64Array.from(own, (row) => labels[row]),
      )
      const wanted = new Float64Array(2 * own.length)
      alone.predict(at, wanted)
      own.forEach((row, i) => expect(found[2 * row + 1]).toBe(wanted[2 * i + 1]))
    }
    expect(learner.keys).toBe(5)
  })

  it('forgets the key not learnt for longest when there are too many, and nothing else', () => {
    const learner = new PerKey({ make, key: 1, most: 2 })
    const learnKey = (key: number): void => {
      const at = { columns: [Float64Array.of(1), Float64Array.of(key)], from: 0, to: 1 }
      learner.learn(at, Float64Array.of(1))
    }
    const says = (key: number): number => {
      const out = new Float64Array(2)
      learner.predict({ columns: [Float64Array.of(1), Float64Array.of(key)], from: 0, to: 1 }, out)
      return out[1]
    }
    for (const key of [1, 2, 1, 3]) learnKey(key)
    expect(says(1)).toBeGreaterThan(says(3))
    expect(says(3)).toBeGreaterThan(0.5)
    expect([says(2), says(9)]).toEqual([0.5, 0.5])
    expect(learner.keys).toBe(2)
  })

  it('answers for a new key by what all keys taught, until it has learnt enough of its own', () => {
    const shared = new PerKey({ make, key: 1, most: 100, grace: 50 })
    const all = make()
    const up = values.map((value) => (value > 0 ? 1 : 0))
    shared.learn(data, up)
    all.learn({ columns: [values], from: 0, to: ROWS }, up)
    const [found, wanted] = [new Float64Array(2), new Float64Array(2)]
    const at = { columns: [Float64Array.of(0.4), Float64Array.of(-1)], from: 0, to: 1 }
    shared.predict(at, found)
    all.predict({ columns: at.columns.slice(0, 1), from: 0, to: 1 }, wanted)
    expect(found).toEqual(wanted)
    expect(found[1]).toBeGreaterThan(0.55)
    for (let i = 0; i < 60; i++) shared.learn(at, Float64Array.of(0))
    shared.predict(at, found)
    expect(found[1]).toBeLessThan(0.5)
  })

  describe('with a TTL', () => {
    const ttl = '1m'
    const learnAt = (learner: Learner, key: number, time: number, label = 1): number => {
      const columns = [Float64Array.of(1), Float64Array.of(key)]
      const at = { columns, from: 0, to: 1, times: Float64Array.of(time) }
      return learner.learn(at, Float64Array.of(label))
    }

    it('forgets the keys that were not learnt for longer than that, when any key is learnt, and those alone', () => {
      const learner = new PerKey({ make, key: 1, ttl })
      for (const [key, seconds] of [
        [1, 0],
        [2, 10],
        [3, 20],
        [1, 30],
        [4, 70],
      ])
        learnAt(learner, key, seconds * 1000)
      // The second one is a minute old to the millisecond.
      expect(learner.keys).toBe(4)
      learnAt(learner, 4, 70_001)
      expect(learner.keys).toBe(3)
      learnAt(learner, 5, 90_001)
      expect(learner.keys).toBe(2)
      learnAt(learner, 5, 1e9)
      expect(learner.keys).toBe(1)
    })

    it('begins a key anew that comes back', () => {
      const learner = new PerKey({ make, key: 1, ttl })
      const fresh = new PerKey({ make, key: 1, ttl })
      for (let i = 0; i < 20; i++) learnAt(learner, 1, i)
      learnAt(learner, 1, 500_000, 0)
      learnAt(fresh, 1, 500_000, 0)
      expect(learner.encode()).toEqual(fresh.encode())
    })

    it('never lets time go back: a row that is late is learnt as of the latest one', () => {
      const learner = new PerKey({ make, key: 1, ttl })
      learnAt(learner, 1, 100_000)
      learnAt(learner, 2, 5)
      learnAt(learner, 3, 159_000)
      expect(learner.keys).toBe(3)
    })

    it('holds what a map of keys and times would, whatever is restored on the way', () => {
      const learn = new Prng(8)
      let learner = new PerKey({ make, key: 1, most: 6, ttl })
      const whole = new PerKey({ make, key: 1, most: 6, ttl })
      const kept = new Map<number, number>()
      let now = 0
      for (let i = 0; i < 800; i++) {
        now += learn.below(25_000)
        const key = learn.below(9)
        for (const [each, at] of kept) if (at < now - 60_000) kept.delete(each)
        kept.delete(key)
        if (kept.size === 6) for (const [oldest] of [...kept].slice(0, 1)) kept.delete(oldest)
        kept.set(key, now)
        learnAt(learner, key, now, learn.below(2))
        expect(learner.keys).toBe(kept.size)
        if (i % 40 !== 39) continue
        const again = new PerKey({ make, key: 1, most: 6, ttl })
        again.restore(learner.encode())
        expect(again.encode()).toEqual(learner.encode())
        learner = again
      }
      // The same rows without restoring, to the byte.
      const repeat = new Prng(8)
      for (let i = 0, at = 0; i < 800; i++) {
        at += repeat.below(25_000)
        learnAt(whole, repeat.below(9), at, repeat.below(2))
      }
      expect(learner.encode()).toEqual(whole.encode())
    })

    it('is told the times within a pipe and under wrappers, and says so where it is not', () => {
      const settings = { most: 10, ttl } as const
      const inner = (): LearnerFactory => perKey(logisticRegression(), settings)
      for (const factory of [
        inner(),
        pipe(maxAbsScaler(), inner()),
        pipe(imputer(), inner()),
        calibrated(inner()),
        classWeights(inner(), { weights: [1, 2] }),
        perKey(inner(), { key: 1 }),
      ]) {
        const size = { features: 3, classes: 2 }
        const learner = factory.make(size)
        const columns = [
          [-1, 2],
          [1, 1],
          [1, 1],
        ].map((of) => Float64Array.from(of))
        const before = learner.encode()
        const rows = { columns, from: 0, to: 2 }
        expect(() => learner.learn(rows, Float64Array.of(1, 0))).toThrow(
          'expected the event time of each row, by which keys are forgotten, found none; give times with the rows, or leave out ttl',
        )
        expect(learner.encode()).toEqual(before)
        const forgets = factory.make(size)
        learner.learn({ ...rows, times: Float64Array.of(0, 60_000) }, Float64Array.of(1, 0))
        forgets.learn({ ...rows, times: Float64Array.of(0, 60_001) }, Float64Array.of(1, 0))
        // A key that is forgotten takes room no more.
        expect(forgets.encode().length).toBeLessThan(learner.encode().length)
      }
    })

    it('refuses a TTL that is no duration, and the bytes of one with another', () => {
      expect(() =>
        perKey(logisticRegression(), { ttl: '0.5ms' }).make({ features: 2, classes: 2 }),
      ).toThrow(
        "ttl must be a number with a unit (ms, s, m, h, d) in whole milliseconds, such as '10s'; found '0.5ms'",
      )
      const bytes = new PerKey({ make, key: 1, ttl }).encode()
      for (const other of [new PerKey({ make, key: 1 }), new PerKey({ make, key: 1, ttl: '2m' })])
        expect(() => other.restore(bytes)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
    })
  })
})
