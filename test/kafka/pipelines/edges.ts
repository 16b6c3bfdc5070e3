// From a topic of another cluster to one: a test runs it with the cluster's address, and how it is secured, in its environment.
import { z } from 'zod'
import { kafka, pipeline, stream, type Pipeline } from 'millrace'

const {
  MILLRACE_TEST_BROKER: brokers = '',
  MILLRACE_TEST_NAME: name = '',
  MILLRACE_TEST_CONFIG = '',
} = process.env
const secured = MILLRACE_TEST_CONFIG === '' ? {} : { config: MILLRACE_TEST_CONFIG }

const rows = stream('rows', {
  source: kafka({
    brokers,
    topic: `${name}.in`,
    ...secured,
    end: process.env.MILLRACE_TEST_LIVE !== 'yes',
  }),
  schema: z.object({ id: z.string(), key: z.string(), at: z.number() }),
  key: (row) => row.key,
  time: (row) => row.at,
  idle: 'never',
})
const seen = rows.features('seen', {
  define: (f) => ({ count: f.count({ over: '1h' }) }),
})
const edges: Pipeline = pipeline('edges')
  .from(rows)
  .features(seen)
  .emit(kafka({ brokers, topic: `${name}.out`, ...secured }), ({ event, features }) => ({
    id: event.id,
    seen: features.count,
  }))

export default edges
