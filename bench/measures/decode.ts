// Events from bytes into columns, all fields read and validated, against JSON.parse alone.
import { compareDecoders, type Events } from '../decode/compare.ts'
import { ORDERS, PAYMENTS } from '../decode/events.ts'
import { atLeast, type Figure, type Measure } from '../run/measure.ts'

const BOUND =
  'one pass over the bytes, field by field: numbers are read digit by digit, strings are copied'

export const decode: Measure = {
  about: 'compiled decoders against JSON.parse',
  method:
    'CPU of one process over the same 1,000 events, the two in turn for 0.2 s each, the median of 7 rounds',
  take: async () => [
    await figure(PAYMENTS, { what: 'five numbers', aim: 3 }),
    await figure(ORDERS, { what: 'twelve fields with strings', aim: 2.5 }),
  ],
}

async function figure(
  events: Events,
  { what, aim }: { readonly what: string; readonly aim: number },
): Promise<Figure> {
  const { bytes, parse, compiled } = await compareDecoders(events)
  return {
    what: `decoder, events of ${bytes.toFixed(0)} bytes (${what}), times JSON.parse`,
    measured: parse / compiled,
    unit: 'times',
    aim: atLeast(aim),
    bound: `${BOUND}; ${compiled.toFixed(2)} us an event`,
  }
}
