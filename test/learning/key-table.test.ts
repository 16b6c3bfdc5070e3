// A bounded table of keys is a map that forgets the key used longest ago.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyTable } from '../../src/learning/key-table.ts'

/** The same, by a Map in the order of use. */
class Model {
  readonly places = new Map<string, number>()
  readonly most: number

  constructor(most: number) {
    this.most = most
  }

  claim(key: number): number {
    const name = String(key)
    const found = this.places.get(name)
    this.places.delete(name)
    if (found !== undefined) {
      this.places.set(name, found)
      return found
    }
    let place = this.places.size
    if (place === this.most) {
      const [[oldest, freed]] = this.places
      this.places.delete(oldest)
      place = freed
    }
    this.places.set(name, place)
    return ~place
  }

  /** The key of the last place moves to the one that is free. */
  dropOldest(): number {
    const [[oldest, freed]] = this.places
    this.places.delete(oldest)
    const last = this.places.size
    for (const [name, place] of this.places) if (place === last) this.places.set(name, freed)
    return last
  }
}

const key = fc.oneof(
  fc.integer({ min: 0, max: 30 }),
  fc.constantFrom(Number.NaN, -0, Infinity, 0.5, 2 ** 53, -1e300, 5e-324),
)

describe('a table of keys', () => {
  it('gives, forgets and drops as a map in the order of use does, also when restored on the way', () => {
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (keys, most) => {
          let table = new KeyTable(most)
          const model = new Model(most)
          keys.forEach((each, i) => {
            expect(table.find(each)).toBe(model.places.get(String(each)) ?? -1)
            expect(table.claim(each)).toBe(model.claim(each))
            if (i % 7 === 5) {
              expect(table.oldest).toBe([...model.places.values()][0])
              expect(table.dropOldest()).toBe(model.dropOldest())
            }
            if (i % 50 !== 49) return
            const again = new KeyTable(most)
            expect(again.restore(...table.encode())).toBe(true)
            expect(again.encode()).toEqual(table.encode())
            table = again
          })
          expect(table.count).toBe(model.places.size)
          for (let each = 0; each < 31; each++) {
            expect(table.find(each)).toBe(model.places.get(String(each)) ?? -1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('refuses keys it has no room for and an order that is none', () => {
    const table = new KeyTable(2)
    expect(table.restore(Float64Array.of(1, 2, 3), Int32Array.of(0, 1, 2))).toBe(false)
    expect(table.restore(Float64Array.of(1, 2), Int32Array.of(0, 0))).toBe(false)
    expect(table.restore(Float64Array.of(1, 2), Int32Array.of(0))).toBe(false)
    expect(table.count).toBe(0)
  })
})
