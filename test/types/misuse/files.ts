// Wrong files. Each must not compile; what stands behind the mark must be in the message.
import { z } from 'zod'
import { file, pipeline, stream } from '../../../src/index.ts'
import { order, orders } from './parts.ts'

const schema = z.object({ id: z.string(), at: z.number() })

// @ts-expect-error Type 'string' is not assignable to type 'FileEdge | KafkaEdge | Topic'
stream('rows', { source: 'rows.csv', schema, key: (row) => row.id, time: (row) => row.at })

// @ts-expect-error Type '"xml"' is not assignable to type
file('rows.xml', { format: 'xml' })

// @ts-expect-error Argument of type '[]' is not assignable to parameter of type
file([])

// @ts-expect-error 'separator' does not exist in type 'FileOptions'
file('rows.csv', { separator: ';' })

// @ts-expect-error Property 'card' does not exist on type
stream('rows', { source: file('rows.csv'), schema, key: (row) => row.card, time: (row) => row.at })

const ready = pipeline('p').from(orders).features(order)
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'FileEdge | KafkaEdge | Topic'
ready.emit('out.jsonl', ({ event }) => ({ id: event.id }))
