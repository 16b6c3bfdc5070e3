// Events of several shapes, and their schemas.
import { z } from 'zod'
import type { Events } from './compare.ts'

/** 81 bytes: five numbers, as the job fraud-windows has them. */
export const PAYMENTS: Events = {
  name: 'payments',
  schema: z.object({
    id: z.int(),
    time: z.int(),
    customer: z.int(),
    terminal: z.int(),
    amount: z.number(),
  }),
  make: (random, i) => ({
    id: 400_000 + i,
    time: 1_522_540_831_000 + i * 1000,
    customer: 100 + random.below(900),
    terminal: 1000 + random.below(9000),
    amount: (1000 + random.below(9000)) / 100,
  }),
}

/** About 200 bytes: twelve fields, half of them strings. */
export const ORDERS: Events = {
  name: 'orders',
  schema: z.object({
    id: z.string(),
    at: z.int(),
    shop: z.string(),
    country: z.string(),
    currency: z.enum(['EUR', 'USD', 'CHF']),
    total: z.number(),
    items: z.int(),
    weight: z.number(),
    channel: z.string(),
    gift: z.boolean(),
    coupon: z.string().nullable(),
    rate: z.number(),
  }),
  make: (random, i) => ({
    id: `order-${100_000 + i}`,
    at: 1_522_540_831_000 + i * 1000,
    shop: `shop-${random.below(1000)}`,
    country: random.pick(['DE', 'CH', 'FR', 'AT']),
    currency: random.pick(['EUR', 'USD', 'CHF']),
    total: random.below(100_000) / 100,
    items: random.below(20),
    weight: random.below(5000) / 1000,
    channel: random.pick(['web', 'app', 'store']),
    gift: random.chance(0.1),
    coupon: random.chance(0.2) ? 'SPRING' : null,
    rate: 1.25,
  }),
}

const DEPARTURES: Events = {
  name: 'departures',
  schema: z.object({
    id: z.string(),
    at: z.iso.datetime(),
    origin: z.string(),
    destination: z.string(),
    miles: z.number(),
  }),
  make: (random, i) => ({
    id: `2001-${i}-${random.below(1e6)}`,
    at: new Date(978_307_200_000 + i * 60_000).toISOString(),
    origin: random.pick(['ATL', 'JFK', 'SFO', 'ORD']),
    destination: random.pick(['LAX', 'DFW', 'DEN', 'BOS']),
    miles: random.below(2500),
  }),
}

const READINGS: Events = {
  name: 'readings (long numbers, accents)',
  schema: z.object({
    id: z.string().max(20),
    city: z.string(),
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
    ok: z.boolean(),
  }),
  make: (random, i) => ({
    id: `sensor-${i % 100}`,
    city: random.pick(['Zürich', 'São Paulo', 'Kyōto', 'Łódź']),
    lat: random.next() * 180 - 90,
    lon: random.next() * 360 - 180,
    ok: random.chance(0.9),
  }),
}

const BASKETS: Events = {
  name: 'baskets (defaults, optional objects, lists, other JSON)',
  schema: z.object({
    id: z.string(),
    currency: z.string().default('EUR'),
    total: z.number().multipleOf(0.01),
    customer: z.object({ id: z.string(), country: z.string() }).optional(),
    tags: z.array(z.string()),
    extra: z.unknown().nullable(),
  }),
  make: (random, i) => ({
    id: `order-${i}`,
    ...(random.chance(0.2) ? { currency: 'USD' } : {}),
    total: random.below(100_000) / 100,
    ...(random.chance(0.7) ? { customer: { id: `c${random.below(500)}`, country: 'DE' } } : {}),
    tags: ['new', 'web'],
    extra: { ip: '10.0.0.1', pages: [1, 2, 3] },
  }),
}

export const ALL: readonly Events[] = [PAYMENTS, ORDERS, DEPARTURES, READINGS, BASKETS]
