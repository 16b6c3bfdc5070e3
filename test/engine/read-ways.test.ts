import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { readPartition } from '../../src/engine/read-partition.ts'
import { pipeline, stream, topic } from '../../src/index.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { virtualPipeline } from './pipeline-fixture.ts'

const START = Date.UTC(2026, 0, 1)

const Order = z.object({
  id: z.string(),
  at: z.int(),
  shop: z.string().default('web'),
  total: z.number().multipleOf(0.01),
  customer: z
    .object({ id: z.string(), place: z.object({ country: z.string() }).nullable() })
    .nullish(),
  tags: z.array(z.string()),
  more: z.unknown(),
})
type Order = z.infer<typeof Order>

/** The same schema of a vendor that is not known: its own validate reads the events. */
const Unknown: StandardSchemaV1<z.input<typeof Order>, Order> = {
  '~standard': { version: 1, vendor: 'mine', validate: Order['~standard'].validate },
}

const ORDERS = [
  {
    total: 1.5,
    customer: { id: 'c1', place: { country: 'DE' } },
    tags: ['a', 'é'],
    more: [-0, {}],
  },
  { total: 20.35, customer: { id: 'c1', place: null }, tags: [], more: null },
  { total: 3, customer: null, tags: ['b'], more: 'x', shop: 'desk' },
  { total: 4, tags: ['b'], more: { k: [1] }, shop: 'desk' },
  { total: 5.001, tags: [], more: 1 },
  { total: 6, customer: { id: 'c2' }, tags: [], more: 1 },
  { total: 7, customer: { id: 'c2', place: { country: 'FR' }, dropped: 1 }, tags: [], more: 1 },
]

async function outputs(schema: StandardSchemaV1<z.input<typeof Order>, Order>): Promise<string[]> {
  const orders = stream('orders', {
    source: topic('orders'),
    schema,
    key: (order) => order.id,
    time: (order) => order.at,
  })
  const shop = orders.features('shop', {
    key: (order) => order.shop,
    keep: 'forever',
    define: (f) => ({
      country: f.value((order) => order.customer?.place?.country ?? 'none', { kind: 'string' }),
      customer: f.last((order) => order.customer?.id, { kind: 'string' }),
      spent: f.sum((order) => order.total, { over: '1h' }),
    }),
  })
  const flow = pipeline('ways')
    .from(orders)
    .features(shop)
    .emit(topic('out'), ({ event, features }) => ({
      event: JSON.stringify(event),
      features: { ...features },
    }))
    .when(({ event }) => event.customer?.place?.country === 'DE', topic('german'))
  const virtual = await virtualPipeline(flow, START)
  const tasks = await virtual.run()
  await virtual.send(
    'orders',
    ORDERS.map((order, i) => ({ id: `o${i}`, at: START + i, ...order })),
  )
  await virtual.pass(1_000)
  await tasks.stop()
  const lines: string[] = []
  for (const name of ['out', 'german', 'ways.dead-letters']) {
    await readPartition(virtual.log, { topic: name, partition: 0, from: 0 }, (_, value) => {
      lines.push(`${name} ${Buffer.from(value).toString()}`)
    })
  }
  return lines
}

it('an event gives the same outputs read natively and by the validate of its schema', async () => {
  expect(compileSchema(Order, 'orders').mode).toBe('native')
  expect(compileSchema(Unknown, 'orders').mode).toBe('fallback')
  const native = await outputs(Order)
  expect(native).toEqual(await outputs(Unknown))
  expect(native.filter((line) => line.startsWith('out '))).toHaveLength(5)
  expect(native.filter((line) => line.startsWith('german '))).toHaveLength(1)
  expect(native.filter((line) => line.startsWith('ways.dead-letters '))).toHaveLength(2)
  expect(native[1]).toContain(escaped('"customer":{"id":"c1","place":null}'))
  expect(native[3]).toContain(escaped('"shop":"desk","total":4,"tags":["b"],"more":{"k":[1]}}'))
})

/** JSON inside a text of JSON. */
function escaped(json: string): string {
  return JSON.stringify(json).slice(1, -1)
}
