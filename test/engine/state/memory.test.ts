import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateMemory, type SnapshotCursor } from '../../../src/engine/state/memory.ts'

type Step =
  | {
      readonly kind: 'write'
      readonly region: number
      readonly at: number
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'grow'; readonly region: number; readonly bytes: number }
  | { readonly kind: 'commit' | 'snapshot' | 'crash' }

const anyWrite = fc.record({
  kind: fc.constant('write' as const),
  region: fc.nat(2),
  at: fc.oneof(fc.nat(200), fc.nat(6_000)),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 400 }),
})
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: anyWrite },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('grow' as const),
      region: fc.nat(2),
      bytes: fc.nat(20_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('commit', 'commit', 'commit', 'snapshot', 'crash'),
    }),
  },
)

/** What is durable: the chunks of the last whole snapshot, the deltas from its begin on, and a snapshot under way. */
class Durable {
  chunks: Uint8Array[] = []
  deltas: Uint8Array[] = []
  #cursor: SnapshotCursor | undefined
  #begun: Uint8Array[] = []
  #from = 0

  commit(memory: StateMemory): void {
    this.deltas.push(memory.takeDelta().slice())
    if (this.#cursor === undefined) return
    const chunk = memory.readChunk(this.#cursor)
    if (chunk !== undefined) {
      this.#begun.push(chunk.slice())
      return
    }
    this.chunks = this.#begun
    this.deltas = this.deltas.slice(this.#from)
    this.#cursor = undefined
  }

  begin(memory: StateMemory): void {
    if (this.#cursor !== undefined) return
    this.#cursor = memory.startSnapshot(1_024)
    this.#begun = []
    this.#from = this.deltas.length
  }

  restore(): StateMemory {
    this.#cursor = undefined
    const memory = new StateMemory()
    memory.restore(this.chunks)
    for (const delta of this.deltas) memory.apply(delta)
    return memory
  }
}

function change(memory: StateMemory, step: Extract<Step, { region: number }>): void {
  const region = memory.region(`region ${step.region}`, 64)
  if (step.kind === 'grow') {
    region.grow(step.bytes)
    return
  }
  region.grow(step.at + step.bytes.length)
  region.u8.set(step.bytes, step.at)
  region.touch(step.at, step.bytes.length)
}

describe('the memory of a task', () => {
  it('comes back byte for byte from snapshot chunks and deltas, however writes, commits, snapshots and crashes fall', () => {
    let whole = 0
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 120, size: 'max' }), (steps) => {
        let memory = new StateMemory()
        const durable = new Durable()
        let committed = memory.digest()
        for (const one of steps) {
          if (one.kind === 'write' || one.kind === 'grow') change(memory, one)
          else if (one.kind === 'snapshot') durable.begin(memory)
          else if (one.kind === 'commit') {
            durable.commit(memory)
            committed = memory.digest()
          } else {
            memory = durable.restore()
            expect(memory.digest()).toBe(committed)
          }
        }
        durable.commit(memory)
        if (durable.chunks.length > 0) whole++
        expect(durable.restore().digest()).toBe(memory.digest())
      }),
      { numRuns: 200 },
    )
    expect(whole).toBeGreaterThan(20)
  })

  it('writes as its delta the words that changed and nothing else', () => {
    const memory = new StateMemory()
    const region = memory.region('a', 1 << 20)
    memory.takeDelta()
    expect(memory.takeDelta().length).toBe(1)
    for (const word of [0, 31, 32, 33, 40_000, 131_071]) region.setF64(word, word + 0.5)
    const delta = memory.takeDelta()
    expect(delta.length).toBeLessThan(6 * 8 + 4 * 5 + 12)
    expect(memory.takeDelta().length).toBe(1)
  })

  it('takes a delta twice, or one that a later chunk already holds, without harm', () => {
    const memory = new StateMemory()
    const region = memory.region('a', 64)
    region.setF64(1, 1)
    const first = memory.takeDelta().slice()
    region.setF64(1, 2)
    const second = memory.takeDelta()
    const again = new StateMemory()
    for (const delta of [first, second, first, second]) again.apply(delta)
    expect(again.digest()).toBe(memory.digest())
    expect(again.takeDelta().length).toBe(1)
  })

  it('has in its chunks every word of regions that are full, whatever the size of the chunks', () => {
    const memory = new StateMemory()
    for (const [name, words] of [
      ['a', 1000],
      ['b', 65],
      ['c', 3777],
    ] as const) {
      const region = memory.region(name, words * 8)
      for (let i = 0; i < words; i++) region.setF64(i, i + 1)
    }
    for (const maxBytes of [1024, 1500, 4096, 10_000, 1 << 20]) {
      const cursor = memory.startSnapshot(maxBytes)
      const again = new StateMemory()
      for (let chunk = memory.readChunk(cursor); chunk; chunk = memory.readChunk(cursor))
        again.apply(chunk)
      expect(again.digest()).toBe(memory.digest())
    }
  })

  it('skips what is all zero in a snapshot', () => {
    const memory = new StateMemory()
    memory.region('a', 1 << 20).setF64(70_000, 1)
    const cursor = memory.startSnapshot(1 << 20)
    expect(memory.readChunk(cursor)?.length).toBeLessThan(600)
    expect(memory.readChunk(cursor)).toBeUndefined()
  })

  it('looks at a bounded part of it for a chunk, also where all is zero', () => {
    const memory = new StateMemory()
    const { words } = memory.region('a', 1 << 20)
    const cursor = memory.startSnapshot(4096)
    let chunks = 0
    for (let seen = 0; memory.readChunk(cursor) !== undefined; chunks++) {
      expect(cursor.region > 0 ? words - seen : cursor.word - seen).toBeLessThanOrEqual(8192)
      seen = cursor.word
    }
    expect(chunks).toBeGreaterThan(10)
  })

  it('refuses bytes that are no delta, and a restore over something', () => {
    const memory = new StateMemory()
    memory.region('a', 64).setF64(0, 1)
    const delta = memory.takeDelta()
    expect(() => new StateMemory().apply(delta.subarray(0, delta.length - 3))).toThrow(/early end/)
    expect(() => new StateMemory().apply(Uint8Array.of(9))).toThrow(/another version/)
    expect(() => memory.restore([delta])).toThrow(
      expect.objectContaining({
        code: 'ML_STATE',
        message: expect.stringContaining('expected an empty memory'),
      }),
    )
  })
})
