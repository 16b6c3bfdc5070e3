import { describe } from 'vitest'
import { kafka, pipeline } from '../../../src/index.ts'
import { payments } from '../shop.ts'
import { js, method, refuses, streamWith } from './wrong.ts'

const brokers = 'broker-1:9092'
const emitted = (...to: readonly unknown[]): unknown =>
  to.reduce(
    (flow: unknown, each) => method(flow as object, 'emit', each, () => ({})),
    pipeline('p').from(payments),
  )

describe('a topic of another cluster that is wrong is refused', () => {
  refuses([
    [
      'no broker',
      () => js(kafka, { brokers: 'broker-1', topic: 't' }),
      "kafka 't': brokers must be HOST:PORT, or a list of them; found 'broker-1'",
    ],
    [
      'an empty list of brokers',
      () => js(kafka, { brokers: [], topic: 't' }),
      'found an empty list',
    ],
    ['no topic', () => js(kafka, { brokers }), 'topic must be a name of letters'],
    [
      'a mistyped option',
      () => js(kafka, { brokers, topic: 't', configuration: 'x' }),
      "an option must be one of brokers, topic, through, config, partitionedBy, end; found 'configuration'",
    ],
    [
      'an empty config',
      () => kafka({ brokers, topic: 't', config: '' }),
      'config must be the path',
    ],
    [
      'another partitioning',
      () => js(kafka, { brokers, topic: 't', partitionedBy: 'hash' }),
      "partitionedBy must be 'key'; found 'hash'",
    ],
    ['an end that is a text', () => js(kafka, { brokers, topic: 't', end: 'yes' }), 'end must be'],
    [
      'a source through a topic of Millrace',
      () => streamWith({ source: kafka({ brokers, topic: 't', through: '_x' }) }),
      "found '_x'",
    ],
    [
      'an output with options of reading',
      () => emitted(kafka({ brokers, topic: 't', end: true })),
      "brokers, topic, through and config; found end of 't'",
    ],
    [
      'an output that two steps write',
      () =>
        emitted(
          kafka({ brokers, topic: 't', through: 'a' }),
          kafka({ brokers, topic: 't', through: 'b' }),
        ),
      "a topic of another cluster must be written by one step; found 't at broker-1:9092' in two",
    ],
  ])
})
