// Vectors of the tests of set state: their numbers, joined by commas.
import type { Value } from './set-fixture.ts'

/** The reckoning reads the same few vectors again for every window they are in. */
const vectors = new Map<string, readonly number[]>()
const NONE: readonly number[] = []

export function itemsOf(value: Value): readonly number[] {
  if (typeof value !== 'string') return NONE
  const known = vectors.get(value)
  if (known !== undefined) return known
  const items = value.split(',').map(Number)
  vectors.set(value, items)
  return items
}
