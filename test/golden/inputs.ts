// The events of the golden folders: rounds of payments and chargebacks, some late, some bad.
import { Prng } from '../../src/base/prng.ts'
import { openLog, producer } from '../../src/index.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 1)
const ROUND = 100

/** Rounds there are: two are in a golden folder, the others come later. */
export const ROUNDS = 4

function eventsOf(round: number): { payments: string[]; chargebacks: string[] } {
  const random = new Prng(round + 1)
  const payments: string[] = []
  const chargebacks: string[] = []
  for (let i = 0; i < ROUND; i++) {
    const number = round * ROUND + i
    const late = random.chance(0.03) ? 40 * MINUTE : random.below(5 * MINUTE)
    const at = START + number * 10 * MINUTE - late
    const shop = `shop-${random.below(4)}`
    const event = {
      id: `payment-${number}`,
      card: `card-${random.below(9)}`,
      shop,
      country: random.pick(['DE', 'FR', 'JP']),
      amount: random.chance(0.02) ? 'none' : random.below(100),
      at,
    }
    payments.push(JSON.stringify(event))
    const payment = `payment-${Math.max(0, number - random.below(60))}`
    if (random.chance(0.4))
      chargebacks.push(JSON.stringify({ payment, shop, at: START + number * 10 * MINUTE }))
  }
  return { payments, chargebacks }
}

/** Writes a round. @param end whether nothing comes after it. */
export async function writeRound(folder: string, round: number, end: boolean): Promise<void> {
  const { log } = await openLog(folder)
  try {
    for (const [name, events] of Object.entries(eventsOf(round))) {
      const out = await producer(log, { topic: name, id: 'golden', partitions: 2 })
      events.forEach((value, i) => out.send({ key: String(i % 5), value, time: START }))
      if (end) await out.end()
      await out.close()
    }
  } finally {
    await log.close()
  }
}
