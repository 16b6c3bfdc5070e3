// What must have come of orders, as a reader that is not ours sees it: the score of each once and right, and no transaction left open.
import { expect } from 'vitest'
import { orderOf } from '../e2e/order-folders.ts'
import type { JavaReader } from './java-reader.ts'

/** Of pipelines/orders.ts, with a score of `amount * orders1h` and no more orders than an hour has. */
export async function expectScores(
  reader: JavaReader,
  topic: string,
  { orders, bad = [] }: { readonly orders: number; readonly bad?: readonly number[] },
): Promise<void> {
  await reader.noneOpen()
  const seen = (await reader.records(topic)).map(({ value }) => value)
  const counts = new Map<string, number>()
  const expected = Array.from({ length: orders }, (_, i) => {
    const { id, shop, amount } = orderOf(i, bad)
    const count = (counts.get(shop) ?? 0) + 1
    counts.set(shop, count)
    return JSON.stringify({ id, score: amount * count })
  })
  expect(seen.toSorted()).toEqual(expected.toSorted())
}
