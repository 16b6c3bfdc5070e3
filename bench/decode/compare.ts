// What it costs to read events: JSON.parse alone, the schema's own validate behind it, and the compiled decoder, over the same bytes.
import type { z } from 'zod'
import { RecordsBuilder, valueBytes } from '../../src/base/records.ts'
import { Prng } from '../../src/base/prng.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { emptyBatch, type Decoder } from '../../src/schema/event-schema.ts'
import { fallbackDecoder } from '../../src/schema/fallback-decoder.ts'
import { costs, type Work } from '../cpu.ts'

const EVENTS = 1000
const ROUNDS = 7
const MICROS = 200_000

export interface Events {
  readonly name: string
  readonly schema: z.ZodType
  readonly make: (random: Prng, i: number) => Record<string, unknown>
}

export interface DecodingCosts {
  /** Of an event. */
  readonly bytes: number
  readonly mode: string
  /** Microseconds of CPU an event. */
  readonly parse: number
  readonly validate: number
  readonly compiled: number
}

export async function compareDecoders({ name, schema, make }: Events): Promise<DecodingCosts> {
  const random = new Prng(1)
  const builder = new RecordsBuilder()
  for (let i = 0; i < EVENTS; i++) builder.add(0, '', JSON.stringify(make(random, i)))
  const events = builder.records()
  const compiled = compileSchema(schema, name)
  const decoding = (decoder: Decoder): Work => {
    const batch = emptyBatch()
    return () => {
      decoder.decode(events, batch)
      return EVENTS
    }
  }
  const parsing: Work = () => {
    for (let i = 0; i < EVENTS; i++) {
      const { buffer, byteOffset, byteLength } = valueBytes(events, i)
      JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'))
    }
    return EVENTS
  }
  const [parse, own, validate] = await costs(
    [parsing, decoding(compiled.decoder()), decoding(fallbackDecoder(schema, name))],
    { rounds: ROUNDS, micros: MICROS },
  )
  const bytes = events.valueEnds[EVENTS] / EVENTS
  return { bytes, mode: compiled.mode, parse, validate, compiled: own }
}
