// Inputs of the shop pipeline from a seed: a few hundred events with everything that can be wrong, late, early, twice or never.
import { murmur2, partitionOf } from '../../src/base/murmur2.ts'
import { Prng } from '../../src/base/prng.ts'
import { END, type InputRecord, type Inputs } from '../../src/testing/inputs.ts'
import { EARLY_MS, LATENESS, NO_BODY, NO_SCORE, WITHIN_MS } from './shop.ts'

const BEGIN = 1_760_000_000_000
const SPAN_MS = 30 * 60_000
/** Times are multiples of this, so that many are equal. */
const GRID_MS = 5_000

export interface Volume {
  readonly payments: number
  readonly logins: number
}

interface Timed {
  readonly at: number
  readonly value: string
  /** Of the stream; left out where records lie anywhere. */
  readonly key?: string
}

/**
 * @param keyed partitions of the payments, each record in that of its key; left out: they lie anywhere.
 * @returns records by stream and partition, each partition ended.
 */
export function generate(
  seed: number,
  volume: Volume = { payments: 77, logins: 47 },
  keyed?: number,
): Inputs {
  const prng = new Prng(seed, 5)
  const payments = Array.from({ length: volume.payments }, (_, i) => paymentOf(prng, i))
  const chargebacks = payments.flatMap((each) => labelsOf(prng, each))
  for (let i = 0; i < volume.payments / 8; i++)
    chargebacks.push(chargeback(prng, { payment: `unknown-${i}`, at: moment(prng) }))
  const logins = Array.from({ length: volume.logins }, () => login(prng))
  return new Map([
    ['payments', partitioned(prng, payments, { latenessMs: LATENESS.payments, keyed })],
    ['chargebacks', partitioned(prng, chargebacks, { latenessMs: LATENESS.chargebacks })],
    ['logins', partitioned(prng, logins, { latenessMs: LATENESS.logins })],
  ])
}

function moment(prng: Prng): number {
  return BEGIN + Math.floor((prng.next() * SPAN_MS) / GRID_MS) * GRID_MS
}

function paymentOf(
  prng: Prng,
  number: number,
): Timed & { readonly id: string; readonly shop: string } {
  const at = moment(prng)
  // Now and then an id that was there already.
  const id = `p${prng.chance(0.04) ? prng.below(number + 1) : number}`
  const shop = `shop-${prng.below(4)}`
  const event = {
    id,
    at,
    card: `card-${prng.below(6)}`,
    shop: prng.chance(0.02) ? '' : shop,
    device: prng.chance(0.03) ? undefined : `a-device-with-a-long-name-${prng.below(5)}`,
    amount: prng.pick([1, 5, 20, 40, 90, 300, 999, NO_SCORE, NO_BODY]),
    place: { country: prng.pick(['NL', 'DE', 'ça']), online: prng.chance(0.5) },
  }
  return { at, id, shop, key: event.card, value: spoiled(prng, event) }
}

/** None, one, several, early or late labels of a payment. */
function labelsOf(prng: Prng, { id, at, shop }: { id: string; at: number; shop: string }): Timed[] {
  const one = (from: number, span: number): Timed =>
    chargeback(prng, {
      payment: id,
      shop,
      at: at + Math.floor((from + prng.next() * span) / 1000) * 1000,
    })
  switch (prng.below(7)) {
    case 0:
      return []
    case 1:
      return [one(-EARLY_MS * 2, EARLY_MS * 2)]
    case 2:
      return [one(WITHIN_MS, WITHIN_MS / 2)]
    case 3:
      return [one(0, WITHIN_MS / 2), one(WITHIN_MS / 2, WITHIN_MS / 2)]
    case 4:
      return [one(-EARLY_MS, EARLY_MS), one(-EARLY_MS, EARLY_MS * 2)]
    default:
      return [one(0, WITHIN_MS)]
  }
}

function chargeback(prng: Prng, of: { payment: string; at: number; shop?: string }): Timed {
  const { payment, at, shop = `shop-${prng.below(4)}` } = of
  return { at, value: spoiled(prng, { payment, shop, at, cents: prng.pick([10, 30, 60, 90]) }) }
}

function login(prng: Prng): Timed {
  const at = moment(prng)
  const device = `a-device-with-a-long-name-${prng.below(5)}`
  const city = prng.pick(['Utrecht', 'Köln', null, 'nowhere', 'Gent', 'Lille'])
  return { at, value: spoiled(prng, { device, at, failed: prng.chance(0.3), city }) }
}

/** The event as JSON, or sometimes something that is no event. */
function spoiled(prng: Prng, event: object): string {
  const text = JSON.stringify(event)
  if (!prng.chance(0.03)) return text
  return prng.pick([
    text.slice(0, -3),
    'no JSON',
    '',
    '[]',
    text.replace(/"at":\d+/, '"at":"yesterday"'),
    text.replace(/"(card|payment|device)":"[^"]*"/, '"$1":""'),
    text.replace(/"at":\d+/, '"at":null'),
  ])
}

/** Spreads events over one or two partitions, or by their keys, in about the order of their times. */
function partitioned(
  prng: Prng,
  events: readonly Timed[],
  { latenessMs, keyed }: { latenessMs: number; keyed?: number | undefined },
): InputRecord[][] {
  const places = events.map(({ at, value, key = '' }) => {
    const shift = prng.chance(0.3)
      ? prng.next() * latenessMs
      : prng.chance(0.05)
        ? latenessMs * 4
        : 0
    return { value, key, order: at + shift, partition: prng.uint32() }
  })
  places.sort((a, b) => a.order - b.order)
  const count = 1 + prng.below(2)
  const partitions = Array.from({ length: keyed ?? count }, (): InputRecord[] => [])
  for (const { value, key, partition } of places) {
    if (keyed === undefined)
      partitions[partition % partitions.length].push({ value, key: `k${partition % 5}` })
    else partitions[partitionOf(murmur2(Buffer.from(key, 'utf8')), keyed)].push({ value, key })
  }
  for (const own of partitions) own.push(END)
  return partitions
}
