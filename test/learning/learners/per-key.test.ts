// Each key has a model of its own, which is that of its rows alone, for as long as there is room.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
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
})
