import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Blocks } from '../../../src/engine/state/blocks.ts'
import { KeyTable } from '../../../src/engine/state/key-table.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { FIRST_ENTRIES, Ring, RING_WORDS } from '../../../src/engine/state/ring.ts'

const STRIDE = 3

type Step =
  | { readonly kind: 'insert'; readonly behind: number }
  | { readonly kind: 'drop'; readonly part: number }
  | { readonly kind: 'clear' }

const inserts = fc.record({ kind: fc.constant('insert' as const), behind: fc.nat(3) })
const steps = fc.array(
  fc.oneof(
    { arbitrary: inserts, weight: 40 },
    {
      arbitrary: fc.record({ kind: fc.constant('drop' as const), part: fc.nat(100) }),
      weight: 4,
    },
    { arbitrary: fc.constant({ kind: 'clear' as const }), weight: 1 },
  ),
  { maxLength: 400, size: 'max' },
)

/** Rings of two keys, whose blocks come from the same memory, and what each should hold: numbers in order. */
class Rings {
  readonly memory = new StateMemory()
  readonly held: [number[], number[]] = [[], []]
  readonly ring: Ring
  readonly blocks: Blocks
  #next = 1

  constructor() {
    const table = new KeyTable(this.memory, 't', { extraWords: RING_WORDS, ordered: false })
    this.blocks = new Blocks(this.memory, 'b', FIRST_ENTRIES * STRIDE)
    this.ring = new Ring(table, 0, this.blocks)
    for (const key of [0, 1]) table.upsert(Uint8Array.of(key), 0, 1, key)
  }

  /** What goes into the ring's memory for a number. */
  #write(at: number, value: number): void {
    for (let word = 0; word < STRIDE; word++) this.ring.region.f64[at + word] = value + word / 8
  }

  step(key: 0 | 1, step: Step): void {
    const { ring } = this
    const held = this.held[key]
    ring.open(key)
    if (step.kind === 'insert') {
      const entry = Math.max(0, held.length - step.behind)
      // Between its neighbours.
      const value = entry === held.length ? this.#next++ : held[entry]
      held.splice(entry, 0, value)
      this.#write(ring.insert(entry), value)
    } else if (step.kind === 'drop' && held.length > 0) {
      const count = Math.max(1, Math.floor((held.length * step.part) / 100))
      held.splice(0, count)
      ring.dropFirst(count)
    } else if (step.kind === 'clear') {
      held.length = 0
      ring.clear()
    }
  }

  entries(key: 0 | 1): number[] {
    const { ring } = this
    ring.open(key)
    return Array.from({ length: ring.count }, (_, entry) => {
      const at = ring.at(entry)
      const words = Array.from({ length: STRIDE }, (__, word) => ring.f64[at + word] - word / 8)
      // A number that is none where an entry's words come from several.
      return words.every((word) => word === words[0]) ? words[0] : NaN
    })
  }
}

describe('the ring of a key', () => {
  it('holds what a list would, whatever comes and goes', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const rings = new Rings()
        given.forEach((step, i) => {
          rings.step(i % 3 === 0 ? 1 : 0, step)
          expect([rings.entries(0), rings.entries(1)]).toEqual(rings.held)
        })
        for (const key of [0, 1] as const) {
          const held = rings.held[key]
          rings.ring.open(key)
          for (const value of held)
            for (const guess of [0, held.length, held.length + 9])
              expect(rings.ring.countUntilNear(value, guess)).toBe(held.lastIndexOf(value) + 1)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('finds the entry of a place, and the oldest one for a place whose entry has gone', () => {
    const rings = new Rings()
    for (let i = 0; i < 40; i++) rings.step(0, { kind: 'insert', behind: 0 })
    rings.step(0, { kind: 'drop', part: 25 })
    for (let i = 0; i < 15; i++) rings.step(0, { kind: 'insert', behind: 0 })
    const { ring } = rings
    const places = rings.held[0].map((_, entry) => ring.place(entry))
    expect(ring.capacity).toBe(48)
    expect(places[0]).toBeGreaterThan(places[44])
    expect(places.map((place) => ring.entryAt(place))).toEqual(places.map((_, entry) => entry))
    rings.step(0, { kind: 'drop', part: 10 })
    expect(places.map((place) => ring.entryAt(place))).toEqual(
      places.map((_, entry) => Math.max(0, entry - 4)),
    )
  })

  it('keeps a block of which at most a third is free while it grows, and at most half while it shrinks', () => {
    const rings = new Rings()
    const { ring } = rings
    for (let i = 1; i <= 1000; i++) {
      rings.step(0, { kind: 'insert', behind: 0 })
      expect(ring.capacity).toBeLessThanOrEqual(Math.max(FIRST_ENTRIES, 1.5 * (i - 1)))
    }
    for (let left = 999; left >= 0; left--) {
      rings.step(0, { kind: 'drop', part: 0 })
      expect(ring.capacity).toBeLessThanOrEqual(Math.max(FIRST_ENTRIES, 2 * left + 1))
      expect(rings.blocks.usedBytes).toBe(ring.capacity * STRIDE * 8)
    }
  })
})

describe('blocks', () => {
  it('take the smallest class that has room', () => {
    const blocks = new Blocks(new StateMemory(), 'b', 4)
    for (let words = 1; words < 2000; words++) {
      const cls = blocks.classFor(words)
      expect(blocks.words(cls)).toBeGreaterThanOrEqual(words)
      if (cls > 0) expect(blocks.words(cls - 1)).toBeLessThan(words)
    }
    for (const words of [2 ** 33, 2 ** 34 + 1, 2 ** 40])
      expect(() => blocks.classFor(words)).toThrow('a block fits a class')
    expect([0, 1, 2, 3, 4, 5].map((cls) => blocks.words(cls))).toEqual([4, 6, 8, 12, 16, 24])
  })
})
