// Wrong topics of other clusters. Each must not compile; what stands behind the mark must be in the message.
import { z } from 'zod'
import { kafka, pipeline, stream } from '../../../src/index.ts'
import { order, orders } from './parts.ts'

const schema = z.object({ id: z.string(), at: z.number() })
const brokers = 'broker-1:9092'

// @ts-expect-error Property 'brokers' is missing in type
kafka({ topic: 'visits' })

// @ts-expect-error Type '[]' is not assignable to type
kafka({ brokers: [], topic: 'visits' })

// @ts-expect-error 'group' does not exist in type 'KafkaOptions'
kafka({ brokers, topic: 'visits', group: 'mine' })

// @ts-expect-error Type '"hash"' is not assignable to type '"key"'
kafka({ brokers, topic: 'visits', partitionedBy: 'hash' })

const source = kafka({ brokers, topic: 'visits' })
// @ts-expect-error Property 'card' does not exist on type
stream('visits', { source, schema, key: (visit) => visit.card, time: (visit) => visit.at })

const ready = pipeline('p').from(orders).features(order)
// @ts-expect-error Type 'string' is not assignable to type 'readonly string[]'
ready.emit({ brokers, topic: 'visits' }, ({ event }) => ({ id: event.id }))
