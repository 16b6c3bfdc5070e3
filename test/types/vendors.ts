// The same definition with each vendor of schemas: the event's type must come through. Compiled with the whole repository.
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { pipeline, stream, topic, type Stream } from '../../src/index.ts'
import { same, type Equal } from './good/equal.ts'

interface Reading {
  sensor: string
  at: number
  value?: number | undefined
}

const options = {
  source: topic('readings'),
  key: (reading: Reading): string => reading.sensor,
  time: (reading: Reading): number => reading.at,
}

export const zod = stream('readings', {
  ...options,
  schema: z.object({ sensor: z.string(), at: z.number(), value: z.number().optional() }),
})
export const valibot = stream('readings', {
  ...options,
  schema: v.object({ sensor: v.string(), at: v.number(), value: v.optional(v.number()) }),
})
export const ark = stream('readings', {
  ...options,
  schema: type({ sensor: 'string', at: 'number', 'value?': 'number' }),
})

type EventOf<S> = S extends Stream<'readings', infer Event> ? Event : never
same<Equal<EventOf<typeof zod>['sensor'], string>>()
same<Equal<EventOf<typeof valibot>['sensor'], string>>()
same<Equal<EventOf<typeof ark>['sensor'], string>>()
same<Equal<EventOf<typeof zod>['value'], number | undefined>>()
same<Equal<EventOf<typeof valibot>['value'], number | undefined>>()
same<Equal<EventOf<typeof ark>['value'], number | undefined>>()

export const flows = [
  pipeline('p')
    .from(zod)
    .emit(topic('out'), ({ event }) => event.sensor),
  pipeline('p')
    .from(valibot)
    .emit(topic('out'), ({ event }) => event.sensor),
  pipeline('p')
    .from(ark)
    .emit(topic('out'), ({ event }) => event.sensor),
]
