// One pipeline whose stages are rescaled again and again, its inputs, and what must come of them in the end.
import { z } from 'zod'
import { Prng } from '../../src/base/prng.ts'
import type { Step } from '../../src/contracts/steps.ts'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from '../../src/index.ts'
import { Block } from '../../src/engine/exchange/block.ts'
import { FIRST, KEY } from '../../src/engine/exchange/layout.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { changingPipeline, type ChangingPipeline } from './changing-fixture.ts'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.string(),
    at: z.int(),
    card: z.string(),
    shop: z.string(),
    amount: z.number(),
  }),
  key: (p) => p.card,
  time: (p) => p.at,
})
const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), shop: z.string(), at: z.int() }),
  key: (c) => c.payment,
  time: (c) => c.at,
})

/** Every kind of state that a key has: events, tiles, texts in both, last values, time since, and one that is let go of. */
const card = payments.features('card', {
  keep: '3d',
  define: (f) => ({
    seen: f.count({ over: '1h' }),
    spent: f.sum((p) => p.amount, { over: '2d', hop: '6h' }),
    shops: f.topK((p) => p.shop, { k: 2, over: '2d', hop: '6h' }),
    kinds: f.distinct((p) => p.shop, { over: '12h' }),
    before: f.last((p) => p.shop),
    pause: f.since(),
  }),
})
const frauds = chargebacks.features('shop', {
  key: (c) => c.shop,
  keep: 'forever',
  define: (f) => ({ frauds: f.count({ over: '2d' }), newest: f.last((c) => c.payment) }),
})

export function shop(periods: boolean): Pipeline {
  const fraud = model('fraud', {
    of: payments,
    input: [card, frauds] as const,
    runtime: functionModel(
      (x: Record<string, unknown>) => ({
        score: Object.values(x).reduce<number>(
          (sum, each) => sum * 31 + (typeof each === 'number' ? each : String(each).length),
          0,
        ),
      }),
      { output: z.object({ score: z.number() }) },
    ),
    labels: {
      from: chargebacks,
      by: (c) => c.payment,
      of: (p) => p.id,
      within: '1d',
      judges: 'score',
      label: () => 1,
      otherwise: 0,
    },
  })
  const flow = pipeline('shop')
    .from(payments)
    .features(card)
    .features(frauds, { by: (p) => p.shop, wait: 'forever' })
    .predict(fraud)
  const told = periods
    ? flow.every('1h', { of: card, to: topic('hourly') }, ({ key, to, revision, features }) => ({
        id: `${key} ${to} ${revision}`,
        ...features,
      }))
    : flow
  return told.emit(topic('scores'), ({ event, features, prediction }) => ({
    id: event.id,
    features,
    ...prediction,
  }))
}

const MINUTE = 60_000
/** Columns of examples: how it came out, then the label. */
const OUTCOME = FIRST

/** Inputs in four rounds; a chargeback comes some time after its payment. */
export function rounds(seed: number) {
  const random = new Prng(seed)
  let id = 0
  return Array.from({ length: 4 }, (_, round) =>
    ['payments', 'chargebacks'].flatMap((name) =>
      [0, 1].map((partition) => ({
        name,
        partition,
        events: Array.from({ length: 40 }, (__, i) => {
          const at = (round * 40 + i) * 40 * MINUTE + random.below(3 * MINUTE)
          const where = `shop-${random.below(4)}-${'x'.repeat(random.below(3) * 9)}`
          return name === 'payments'
            ? {
                id: `p${id++}`,
                at,
                card: `a card with a long number ${random.below(12)}`,
                shop: where,
                amount: random.below(100),
              }
            : { payment: `p${random.below(id)}`, shop: where, at }
        }),
      })),
    ),
  )
}

export interface Rescale {
  readonly stage: string
  readonly tasks: number
}

export async function feed(
  on: ChangingPipeline,
  round: ReturnType<typeof rounds>[number],
): Promise<void> {
  for (const { name, partition, events } of round) await on.send(name, partition, events)
}

export async function end(on: ChangingPipeline): Promise<void> {
  for (const name of ['payments', 'chargebacks'])
    for (const partition of [0, 1]) await on.send(name, partition, ['end'])
}

/** By id; each once. */
export async function rowsOf(on: ChangingPipeline, name: string): Promise<Map<string, string>> {
  const all = new Map<string, string>()
  for (const text of (await on.values(name)).flat()) {
    const { id }: { id: string } = JSON.parse(text)
    if (all.has(id)) throw new Error(`${id} came out twice`)
    all.set(id, text)
  }
  return all
}

async function examples(on: ChangingPipeline): Promise<string[]> {
  const found: string[] = []
  for (const partition of [0, 1]) {
    const place = { topic: '_shop.model.fraud.examples', partition, from: 0 }
    const read = readPartition(on.log, place, (_, value) => {
      const block = new Block(value)
      const ids = block.column(KEY)
      if (ids.kind !== 'string') throw new Error('ids are texts')
      for (let row = 0; row < block.rows; row++) {
        const id = Buffer.from(ids.bytes.subarray(ids.ends[row], ids.ends[row + 1])).toString(
          'utf8',
        )
        found.push(`${id} ${block.numbers(OUTCOME)[row]} ${block.numbers(OUTCOME + 1)[row]}`)
      }
    })
    await on.until(read)
  }
  return found.toSorted()
}

export async function outputsOf(on: ChangingPipeline) {
  return {
    scores: Object.fromEntries(await rowsOf(on, 'scores')),
    examples: await examples(on),
    dead: (await on.values('shop.dead-letters')).flat(),
  }
}

export const TUNING = { batchRows: 7, snapshotBytes: 2000 }

/** The rounds one after the other, a rescale behind each of the first ones, wherever it is by then. */
export async function story(
  seed: number,
  rescales: readonly Rescale[],
  of: { readonly periods?: boolean; readonly dies?: (step: Step) => boolean } = {},
): Promise<ChangingPipeline> {
  const { periods = false, dies } = of
  const random = new Prng(seed, 3)
  const on = await changingPipeline(['payments', 'chargebacks'], dies)
  const flow = shop(periods)
  await on.change(flow)
  for (const [i, round] of rounds(seed).entries()) {
    await feed(on, round)
    const rescale = rescales[i]
    if (rescale === undefined) continue
    const life = await on.run(TUNING)
    await on.pass(random.below(60))
    await life.stop()
    await on.change(flow, rescale)
  }
  await end(on)
  for (let died = true; died;) {
    const life = await on.run(TUNING)
    await on.pass(60_000)
    died = life.died
  }
  return on
}

export const CARD = 'by-card.card'
export const SHOP = 'by-shop.shop'
