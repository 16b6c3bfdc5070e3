import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RecordsBuilder } from '../../src/base/records.ts'
import { murmur2, partitionOf } from '../../src/base/murmur2.ts'
import { Prng } from '../../src/base/prng.ts'
import { Block } from '../../src/engine/exchange/block.ts'
import { FIRST, KEY } from '../../src/engine/exchange/layout.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import {
  functionModel,
  model,
  pipeline,
  stream,
  topic,
  type FeatureSet,
  type Topic,
} from '../../src/index.ts'
import type { FeatureBuilder } from '../../src/pipeline/feature-builder.ts'
import { changingPipeline, type ChangingPipeline } from './changing-fixture.ts'

const Payment = z.object({
  id: z.string(),
  at: z.int(),
  card: z.string(),
  shop: z.string(),
  amount: z.number(),
})
const from = (source: Topic) =>
  stream('payments', { source, schema: Payment, key: (p) => p.card, time: (p) => p.at })
/** The first stage of whatever is made of the second reads its source itself. */
const anywhere = from(topic('payments'))
const keyed = from(topic('payments', { partitionedBy: 'key' }))
type Payments = typeof anywhere
const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), shop: z.string(), at: z.int() }),
  key: (c) => c.payment,
  time: (c) => c.at,
})
const Score = z.object({ score: z.number(), version: z.number() })

interface Version {
  readonly number: number
  readonly extra?: boolean
  readonly card?: 'count' | 'more' | 'other'
  readonly shop?: boolean
  readonly direct?: boolean
}

const count = (f: FeatureBuilder<z.infer<typeof Payment>>) => ({
  seen: f.count({ over: '1h' }),
  spent: f.sum((p) => p.amount, { over: '2h' }),
})
const frauds = chargebacks.features('shop', {
  key: (c) => c.shop,
  define: (f) => ({ frauds: f.count({ over: '2d' }) }),
})

/** Scores by all features there are, so that a score tells of each of them. */
function runtimeOf(version: number) {
  const scored = (x: Record<string, unknown>) => ({
    score: Object.values(x).reduce<number>((sum, each) => sum * 31 + Number(each ?? 7), 0),
    version,
  })
  return functionModel(scored, { output: Score })
}

const labels = {
  from: chargebacks,
  by: (c: { payment: string }) => c.payment,
  of: (p: { id: string }) => p.id,
  within: '1d',
  judges: 'score',
  label: () => 1,
  otherwise: 0,
} as const

/** One pipeline, changed this way and that. */
function shopOf({ number, card = 'count', shop = true, direct = false }: Version) {
  const payments = direct ? keyed : anywhere
  const sets = {
    count: () => payments.features('card', { define: count }),
    more: () =>
      payments.features('card', {
        define: (f) => ({ ...count(f), longest: f.max((p) => p.amount, { over: '12h' }) }),
      }),
    other: () =>
      payments.features('card', {
        keep: 'forever',
        define: (f) => ({ seen: f.count({ over: '3h' }), spent: f.last((p) => p.amount) }),
      }),
  }
  const of = { payments, card: sets[card](), version: number }
  return shop ? withShop(of) : withoutShop(of)
}

interface Seen {
  readonly seen: number
  readonly spent: number | undefined
}

type Card = FeatureSet<'payments', 'card', Seen, Seen>

interface ShopOf {
  readonly payments: Payments
  readonly card: Card
  readonly version: number
}

function withShop({ payments, card, version }: ShopOf) {
  const input = [card, frauds] as const
  const fraud = model('fraud', { of: payments, input, runtime: runtimeOf(version), labels })
  return pipeline('shop')
    .from(payments)
    .features(card)
    .features(frauds, { by: (p) => p.shop, wait: 'forever' })
    .predict(fraud)
    .every('1h', { of: card, to: topic('hourly') }, ({ key, to, revision, features }) => ({
      id: `${key} ${to} ${revision}`,
      version,
      ...features,
    }))
    .emit(topic('scores'), ({ event, features, prediction }) => ({
      id: event.id,
      features,
      ...prediction,
    }))
}

function withoutShop({ payments, card, version }: ShopOf) {
  const input = [card] as const
  const fraud = model('fraud', { of: payments, input, runtime: runtimeOf(version), labels })
  return pipeline('shop')
    .from(payments)
    .features(card)
    .predict(fraud)
    .every('1h', { of: card, to: topic('hourly') }, ({ key, to, revision, features }) => ({
      id: `${key} ${to} ${revision}`,
      version,
      ...features,
    }))
    .emit(topic('scores'), ({ event, features, prediction }) => ({
      id: event.id,
      features,
      ...prediction,
    }))
}

interface Scored {
  readonly id: string
  readonly version: number
}

const MINUTE = 60_000
/** Columns of examples: how it came out, then the label. */
const OUTCOME = FIRST

interface Keyed {
  readonly key: string
  readonly event: object
}

/** Inputs in four rounds, each record in the partition of its key; a chargeback comes some time after its payment. */
function rounds(seed: number): { name: string; partition: number; events: Keyed[] }[][] {
  const random = new Prng(seed)
  let id = 0
  const made = (name: string, at: number): Keyed => {
    const shop = `s${random.below(3)}`
    if (name === 'chargebacks') {
      const payment = `p${random.below(id)}`
      return { key: payment, event: { payment, shop, at } }
    }
    const card = `c${random.below(5)}`
    return { key: card, event: { id: `p${id++}`, at, card, shop, amount: random.below(100) } }
  }
  return Array.from({ length: 4 }, (_, round) =>
    ['payments', 'chargebacks'].flatMap((name) => {
      const events = Array.from({ length: 80 }, (__, i) =>
        made(name, (round * 80 + i) * 5 * MINUTE + random.below(2 * MINUTE)),
      )
      return [0, 1].map((partition) => ({
        name,
        partition,
        events: events.filter(({ key }) => partitionOf(murmur2(Buffer.from(key)), 2) === partition),
      }))
    }),
  )
}

async function feed(on: ChangingPipeline, round: ReturnType<typeof rounds>[number]): Promise<void> {
  for (const { name, partition, events } of round) {
    const records = new RecordsBuilder()
    for (const { key, event } of events) records.add(0, key, JSON.stringify(event), '')
    await on.write(name, records.records(), partition)
  }
}

async function end(on: ChangingPipeline): Promise<void> {
  for (const name of ['payments', 'chargebacks'])
    for (const partition of [0, 1]) await on.send(name, partition, ['end'])
}

async function rowsOf(on: ChangingPipeline, name: string): Promise<Map<string, string>> {
  const all = new Map<string, string>()
  for (const text of (await on.values(name)).flat()) {
    const { id }: Scored = JSON.parse(text)
    if (all.has(id)) throw new Error(`${id} came out twice`)
    all.set(id, text)
  }
  return all
}

/** Predictions by id, and what was told of every hour. */
async function outputs(on: ChangingPipeline): Promise<Map<string, string>> {
  return new Map([...(await rowsOf(on, 'scores')), ...(await rowsOf(on, 'hourly'))])
}

/** What became of every prediction: its id, the outcome and the label. */
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

/** What a version gives that runs alone, from the start. */
async function alone(version: Version, seed: number) {
  const on = await changingPipeline(['payments', 'chargebacks'])
  await on.change(shopOf(version))
  for (const round of rounds(seed)) await feed(on, round)
  await end(on)
  await on.run()
  await on.pass(20_000)
  return { scores: await outputs(on), examples: await examples(on) }
}

const TUNING = { batchRows: 7, snapshotBytes: 2000 }

/** Versions one after the other; each is killed after a while. */
async function inTurn(versions: readonly Version[], seed: number): Promise<ChangingPipeline> {
  const random = new Prng(seed, 3)
  const on = await changingPipeline(['payments', 'chargebacks'])
  const all = rounds(seed)
  for (const [i, version] of versions.entries()) {
    if (i < all.length) await feed(on, all[i])
    if (i === versions.length - 1) {
      for (const round of all.slice(i + 1)) await feed(on, round)
      await end(on)
    }
    await on.change(shopOf(version))
    const life = await on.run(TUNING)
    if (i === versions.length - 1) await on.pass(60_000)
    else {
      await on.pass(random.below(60))
      await life.stop()
    }
  }
  return on
}

const CHANGES: readonly (readonly [what: string, versions: readonly Version[]])[] = [
  ['a feature is added', [{ number: 1 }, { number: 2, card: 'more' }]],
  ['a feature is removed', [{ number: 1, card: 'more' }, { number: 2 }]],
  ['features are changed', [{ number: 1 }, { number: 2, card: 'other' }]],
  ['a lookup is inserted', [{ number: 1, shop: false }, { number: 2 }]],
  ['a lookup is removed', [{ number: 1 }, { number: 2, shop: false }]],
  [
    'one change follows another before it is through, and is taken back',
    [
      { number: 1 },
      { number: 2, card: 'more' },
      { number: 3, card: 'more', shop: false },
      { number: 4 },
    ],
  ],
]

const DIRECT: typeof CHANGES = [
  ...CHANGES.map(
    ([what, versions]) =>
      [
        `${what}, and it reads its source itself`,
        versions.map((each) => ({ ...each, direct: true })),
      ] as const,
  ),
  ['its source comes to lie where keys belong', [{ number: 1 }, { number: 2, direct: true }]],
  [
    'its source does no more, and a feature is added',
    [
      { number: 1, direct: true },
      { number: 2, card: 'more' },
    ],
  ],
]

describe('a pipeline that is changed', () => {
  for (const [what, versions] of [...CHANGES, ...DIRECT])
    it(`predicts every event once, and as if it had always been so, when ${what}`, async () => {
      for (const seed of [1, 2, 3]) {
        const on = await inTurn(versions, seed)
        const found = await outputs(on)
        const [first, ...others] = await Promise.all(
          versions.map(async (version) => [version.number, await alone(version, seed)] as const),
        )
        const expected = new Map([first, ...others])
        const wrong = [...found].filter(([id, text]) => {
          const { version }: Scored = JSON.parse(text)
          return expected.get(version)?.scores.get(id) !== text
        })
        expect({ seed, wrong: wrong.slice(0, 3) }).toEqual({ seed, wrong: [] })
        expect([...found.keys()].toSorted()).toEqual([...first[1].scores.keys()].toSorted())
        expect((await on.values('hourly')).flat().length).toBeGreaterThan(100)
        expect(await examples(on)).toEqual(first[1].examples)
        expect(await on.values('shop.dead-letters')).toEqual([[], []])
      }
    })
})
