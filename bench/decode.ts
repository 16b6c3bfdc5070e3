// What it costs to read events: JSON.parse alone, the schema's own validate behind it, and the native decoder, over the same bytes
// of flight-like events of about 100 bytes. Run: node bench/decode.ts. Figures are printed, never asserted.
import { z } from 'zod'
import { Prng } from '../src/base/prng.ts'
import { RecordsBuilder, valueBytes, type Records } from '../src/base/records.ts'
import { compileSchema } from '../src/schema/compile-schema.ts'
import { emptyBatch, type Decoder } from '../src/schema/event-schema.ts'
import { fallbackDecoder } from '../src/schema/fallback-decoder.ts'

const EVENTS = 1000

const Departure = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  origin: z.string(),
  destination: z.string(),
  miles: z.number(),
})
const Reading = z.object({
  id: z.string().max(20),
  city: z.string(),
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
  ok: z.boolean(),
})

const Order = z.object({
  id: z.string(),
  currency: z.string().default('EUR'),
  total: z.number().multipleOf(0.01),
  customer: z.object({ id: z.string(), country: z.string() }).optional(),
  tags: z.array(z.string()),
  extra: z.unknown().nullable(),
})

type Shape = (random: Prng, i: number) => Record<string, unknown>

const departure: Shape = (random, i) => ({
  id: `2001-${i}-${random.below(1e6)}`,
  at: new Date(978_307_200_000 + i * 60_000).toISOString(),
  origin: random.pick(['ATL', 'JFK', 'SFO', 'ORD']),
  destination: random.pick(['LAX', 'DFW', 'DEN', 'BOS']),
  miles: random.below(2500),
})
const reading: Shape = (random, i) => ({
  id: `sensor-${i % 100}`,
  city: random.pick(['Zürich', 'São Paulo', 'Kyōto', 'Łódź']),
  lat: random.next() * 180 - 90,
  lon: random.next() * 360 - 180,
  ok: random.chance(0.9),
})

const order: Shape = (random, i) => ({
  id: `order-${i}`,
  ...(random.chance(0.2) ? { currency: 'USD' } : {}),
  total: random.below(100_000) / 100,
  ...(random.chance(0.7) ? { customer: { id: `c${random.below(500)}`, country: 'DE' } } : {}),
  tags: ['new', 'web'],
  extra: { ip: '10.0.0.1', pages: [1, 2, 3] },
})

function records(shape: Shape): Records {
  const random = new Prng(1)
  const builder = new RecordsBuilder()
  for (let i = 0; i < EVENTS; i++) builder.add(0, '', JSON.stringify(shape(random, i)))
  return builder.records()
}

/** Events a second of CPU, the median of seven rounds of 200 ms. */
function rate(work: () => void): number {
  const rates: number[] = []
  for (let round = 0; round < 8; round++) {
    const cpu = process.cpuUsage()
    const begun = performance.now()
    let events = 0
    while (performance.now() - begun < 200) {
      work()
      events += EVENTS
    }
    const used = process.cpuUsage(cpu)
    if (round > 0) rates.push(events / ((used.user + used.system) / 1e6))
  }
  rates.sort((a, b) => a - b)
  return rates[3]
}

function decoding(decoder: Decoder, events: Records): () => void {
  const batch = emptyBatch()
  return () => decoder.decode(events, batch)
}

function measure(name: string, schema: z.ZodType, shape: Shape): void {
  const events = records(shape)
  const compiled = compileSchema(schema, name)
  const bytes = events.valueEnds[EVENTS] / EVENTS
  const parse = rate(() => {
    for (let i = 0; i < EVENTS; i++) {
      const value = valueBytes(events, i)
      JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'))
    }
  })
  console.log(`${name}, ${bytes.toFixed(0)} bytes an event; millions of events a second of CPU`)
  const say = (what: string, own: number): void =>
    console.log(
      `  ${what.padEnd(34)} ${(own / 1e6).toFixed(2)}  ${(own / parse).toFixed(2)} of JSON.parse`,
    )
  say('JSON.parse', parse)
  say('JSON.parse and validate', rate(decoding(fallbackDecoder(schema, name), events)))
  say(`the compiled decoder (${compiled.mode})`, rate(decoding(compiled.decoder(), events)))
}

measure('departures', Departure, departure)
measure('readings (long numbers, accents)', Reading, reading)
measure('orders (defaults, optional objects, lists, other JSON)', Order, order)
