import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Blocks } from '../../../src/engine/state/blocks.ts'
import { KeyTable } from '../../../src/engine/state/key-table.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { FIRST_ENTRIES, Ring, RING_WORDS } from '../../../src/engine/state/ring.ts'

const STRIDE = 3
/** Where ordinals begin again. */
const ORDINALS = 3 * 2 ** 29

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

  constructor(head: number) {
    const table = new KeyTable(this.memory, 't', { extraWords: RING_WORDS, ordered: false })
    this.blocks = new Blocks(this.memory, 'b', FIRST_ENTRIES * STRIDE)
    this.ring = new Ring(table, 0, this.blocks)
    for (const key of [0, 1]) {
      const slot = table.upsert(Uint8Array.of(key), 0, 1, key)
      table.records.setI32(table.extraWord(slot) * 2 + 2, head)
    }
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
      expect(words).toEqual([words[0], words[0], words[0]])
      return words[0]
    })
  }
}

describe('the ring of a key', () => {
  it('holds what a list would, whatever comes and goes', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(0, ORDINALS - 7), (given, head) => {
        const rings = new Rings(head)
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

  it('gives each entry a number that stays with it while others go, where numbers begin again as well', () => {
    for (const head of [0, ORDINALS - 20]) {
      const rings = new Rings(head)
      for (let i = 0; i < 40; i++) rings.step(0, { kind: 'insert', behind: 0 })
      const numbers = rings.held[0].map((_, entry) => rings.ring.ordinal(entry))
      rings.step(0, { kind: 'drop', part: 75 })
      rings.ring.open(0)
      expect(numbers.map((number) => rings.ring.entryOf(number))).toEqual(
        numbers.map((_, i) => i - 30),
      )
    }
  })

  it('keeps a block of which at most a third is free while it grows, and at most half while it shrinks', () => {
    const rings = new Rings(0)
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
    expect([0, 1, 2, 3, 4, 5].map((cls) => blocks.words(cls))).toEqual([4, 6, 8, 12, 16, 24])
  })
})
