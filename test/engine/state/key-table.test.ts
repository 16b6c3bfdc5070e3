import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyTable } from '../../../src/engine/state/key-table.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'

type Step = { readonly kind: 'upsert' | 'find' | 'remove' | 'oldest'; readonly key: string }

const key = fc.oneof(
  fc.nat(30).map((n) => `k${n}`),
  fc.nat(10).map((n) => `${'a long key '.repeat(n)}${n}`),
  // Of one length and hash, and alike in all but their ends.
  fc.nat(9).map((n) => `a long key that differs at its end ${n}`),
  fc.constant(''),
)
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>('upsert', 'upsert', 'find', 'remove', 'oldest'),
    key,
  }),
  { maxLength: 300, size: 'max' },
)

/** Few hashes, so that many keys share one. */
function hashOf(bytes: Uint8Array): number {
  return bytes.length % 3 === 0 ? 0xffff_ffff : bytes.length % 5
}

function call(table: KeyTable, how: 'find' | 'upsert', text: string): number {
  const bytes = Buffer.from(`..${text}..`)
  const hash = hashOf(Buffer.from(text))
  return table[how](bytes, 2, bytes.length - 2, hash)
}

describe('the key table', () => {
  it('finds the keys a map would, in the order of their updates, and again after a recovery', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const memory = new StateMemory()
        const options = { extraWords: 1, ordered: true }
        const table = new KeyTable(memory, 't', options)
        const slots = new Map<string, number>()
        given.forEach(({ kind, key: text }, time) => {
          const known = slots.get(text)
          if (kind === 'upsert') {
            const slot = call(table, 'upsert', text)
            expect(table.added).toBe(known === undefined)
            if (known === undefined) {
              expect([...slots.values()]).not.toContain(slot)
              expect(table.records.f64[table.extraWord(slot)]).toBe(0)
            } else {
              expect(slot).toBe(known)
            }
            table.records.setF64(table.extraWord(slot), time)
            table.refresh(slot, time)
            slots.delete(text)
            slots.set(text, slot)
          } else if (kind === 'find') {
            expect(call(table, 'find', text)).toBe(known ?? -1)
          } else if (kind === 'oldest') {
            expect(table.oldest()).toBe([...slots.values()][0] ?? -1)
          } else if (known !== undefined) {
            table.remove(known)
            slots.delete(text)
          }
        })
        expect(table.count).toBe(slots.size)
        const recovered = new StateMemory()
        recovered.apply(memory.takeDelta())
        const again = new KeyTable(recovered, 't', options)
        for (const [text, slot] of slots) {
          expect(call(again, 'find', text)).toBe(slot)
          expect(again.oldest()).toBe(slot)
          again.remove(slot)
        }
        expect(again.count).toBe(0)
        expect(again.usedBytes).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('keeps a hundred thousand keys whose hashes are alike in their low bits', () => {
    const table = new KeyTable(new StateMemory(), 't', { extraWords: 0, ordered: false })
    const bytes = Buffer.alloc(8)
    const hash = (n: number): number => (Math.imul(n, 0x9e3779b1) << 8) >>> 0
    for (let n = 0; n < 100_000; n++) {
      bytes.writeUInt32LE(n, 0)
      expect(table.upsert(bytes, 0, 8, hash(n))).toBe(n)
    }
    for (let n = 0; n < 100_000; n += 2) table.remove(n)
    for (let n = 0; n < 100_000; n++) {
      bytes.writeUInt32LE(n, 0)
      if (table.find(bytes, 0, 8, hash(n)) !== (n % 2 === 0 ? -1 : n)) throw new Error(`key ${n}`)
    }
    expect(table.count).toBe(50_000)
  })
})
