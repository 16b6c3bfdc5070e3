// The index that is made of all keys at once, as a task does that gets its state back.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { KeyIndex } from '../../../src/engine/state/key-index.ts'

/** Hashes, some of which several slots have. */
function hashesOf(count: number, seed: number): Int32Array {
  const random = new Prng(seed)
  const hashes = Int32Array.from({ length: count }, () => random.below(2 ** 32) | 0)
  for (let i = 1; i < count; i += 7) hashes[i] = hashes[i - 1]
  return hashes
}

function indexOf(hashes: Int32Array): KeyIndex {
  return KeyIndex.of((take) => hashes.forEach((hash, slot) => take(hash, slot)))
}

function slotsOf(index: KeyIndex, hash: number): number[] {
  const slots: number[] = []
  for (let slot = index.first(hash); slot >= 0; slot = index.next()) slots.push(slot)
  return slots.toSorted((a, b) => a - b)
}

/** Slots whose hash does not lead to them, and to all others that have it. */
function missed(index: KeyIndex, hashes: Int32Array): number[] {
  const wanted = Map.groupBy(hashes.keys(), (slot) => hashes[slot])
  return [...wanted].flatMap(([hash, slots]) =>
    slotsOf(index, hash).join() === slots.join() ? [] : slots,
  )
}

describe('an index of all keys at once', () => {
  it.each([0, 1, 2, 1000, 100_000])('finds each of %i', (count) => {
    const hashes = hashesOf(count, count)
    expect(missed(indexOf(hashes), hashes)).toEqual([])
  })

  it('finds keys of more than one batch, of which it takes a million', () => {
    const hashes = hashesOf(1_200_000, 5)
    const index = indexOf(hashes)
    let lost = 0
    hashes.forEach((hash, slot) => {
      let found = index.first(hash)
      while (found >= 0 && found !== slot) found = index.next()
      if (found !== slot) lost++
    })
    expect(lost).toBe(0)
  })

  it('goes on as one to which they were added one by one', () => {
    const hashes = hashesOf(5000, 3)
    const index = indexOf(hashes)
    const more = hashesOf(20_000, 4)
    more.forEach((hash, i) => index.add(hash, hashes.length + i))
    expect(missed(index, Int32Array.from([...hashes, ...more]))).toEqual([])
    hashes.forEach((hash, slot) => index.remove(hash, slot))
    const left = more.map((hash) => slotsOf(index, hash).filter((slot) => slot < 5000).length)
    expect(left.every((count) => count === 0)).toBe(true)
    expect(missed(index, hashes).length).toBe(hashes.length)
  })

  it('has nothing where there was nothing', () => {
    expect(slotsOf(indexOf(new Int32Array(0)), 42)).toEqual([])
  })
})
