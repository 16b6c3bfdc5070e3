// Bytes that grow: by copies while they are few, where they lie from then on.
import { expect, it } from 'vitest'
import { GrowingBuffer } from '../../../src/engine/state/growing-buffer.ts'

const MB = 1 << 20

it('what was there stays and what is new is zero, across the size from which it grows in place', () => {
  const bytes = new GrowingBuffer(8)
  let written = 0
  for (const size of [8, 100, MB, 5 * MB, 5 * MB + 1, 9 * MB]) {
    const view = new Uint8Array(bytes.grow(size))
    expect(view.length).toBeGreaterThanOrEqual(size)
    for (let at = 0; at < written; at++) expect(view[at]).toBe(at % 251)
    expect(view.subarray(written).every((byte) => byte === 0)).toBe(true)
    for (let at = written; at < Math.min(size, 2000); at++) view[at] = at % 251
    written = Math.max(written, Math.min(size, 2000))
  }
})

it('a size that it has is no reason to replace it', () => {
  const bytes = new GrowingBuffer(64)
  const { buffer } = bytes
  expect(bytes.grow(64)).toBe(buffer)
  const long = bytes.grow(6 * MB)
  expect(bytes.grow(5 * MB)).toBe(long)
})

it('grown in place, the views of before have nothing, so that nobody reads what is no longer written', () => {
  const bytes = new GrowingBuffer(5 * MB)
  const first = new Uint8Array(bytes.grow(6 * MB))
  bytes.grow(7 * MB)
  expect(first.length).toBe(0)
})
