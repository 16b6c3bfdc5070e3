// The model takes more and more memory for some orders, until its process dies of it.
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

const swells: Pipeline = ordersPipeline(({ amount, orders1h }) => {
  const kept: number[][] = []
  while (amount === BAD) kept.push(new Array<number>(4_000_000).fill(amount + kept.length))
  return { score: amount * orders1h }
}, {})
export default swells
