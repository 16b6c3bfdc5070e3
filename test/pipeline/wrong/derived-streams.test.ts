import { describe } from 'vitest'
import { z } from 'zod'
import { pipeline, stream, topic, union } from '../../../src/index.ts'
import { planOf } from '../../../src/pipeline/compile-plan.ts'
import { chargebacks, Payment, payments } from '../shop.ts'
import { js, method, refuses } from './wrong.ts'

const refunds = stream('refunds', {
  source: topic('refunds'),
  schema: Payment,
  key: (p) => p.card,
  time: (p) => p.at,
})
const byShop = refunds.filter('by-shop', () => true, { key: (p) => p.shop })
const large = payments.filter('large', (p) => p.amount > 100)

describe('a stream of streams that is wrong is refused', () => {
  refuses([
    [
      'a name that is none',
      () => method(payments, 'filter', 'a b', () => true),
      'the name of a stream must be a letter',
    ],
    [
      'a filter without a test',
      () => method(payments, 'filter', 'large'),
      "stream 'large': test must be a function; found undefined",
    ],
    [
      'a test that is asynchronous',
      () => method(payments, 'filter', 'large', async () => true),
      "stream 'large': test must give its value at once",
    ],
    [
      'a filter with a mistyped option',
      () => method(payments, 'filter', 'large', () => true, { keys: () => 1 }),
      "stream 'large': an option must be one of key; found 'keys'",
    ],
    [
      'a filter with a key the schema does not have',
      () => method(payments, 'filter', 'large', () => true, { key: (p: { x: string }) => p.x }),
      "stream 'large': expected a field of the event; found x",
    ],
    [
      'a map without a schema',
      () => method(payments, 'map', 'small', { key: () => 'a' }, () => ({})),
      "stream 'small': schema must be a Standard Schema",
    ],
    [
      'a map without a key',
      () => method(payments, 'map', 'small', { schema: Payment }, () => ({})),
      "stream 'small': key must be a function; found undefined",
    ],
    [
      'a map without a function',
      () => method(payments, 'map', 'small', { schema: Payment, key: () => 'a' }),
      "stream 'small': the function that makes its events must be a function; found undefined",
    ],
    [
      'a map whose options come last',
      () => method(payments, 'map', 'small', () => ({}), { schema: Payment }),
      "stream 'small': options must be an object; found a function; write { schema: ... }",
    ],
    [
      'a union of something else than a list',
      () => js(union, 'all', payments, refunds),
      "stream 'all': a union must be given a list of streams; found an object; write union('all', [a, b])",
    ],
    [
      'a union of one stream',
      () => js(union, 'all', [payments]),
      "stream 'all': a union must be of two streams at least; found 1; add another",
    ],
    [
      'a union with a topic in it',
      () => js(union, 'all', [payments, topic('refunds')]),
      "stream 'all': a union must be of streams; found an object in its list; give streams alone",
    ],
    [
      'a union of two schemas',
      () => js(union, 'all', [payments, chargebacks]),
      "stream 'all': the streams of a union must have one schema, the very same; found another in 'chargebacks' than in 'payments'; " +
        "bring one to the other's with .map(...)",
    ],
    [
      'a union of streams with different keys, and none stated',
      () => js(union, 'all', [payments, byShop]),
      "stream 'all': key must say what the union is kept by, because its streams have different ones; found none",
    ],
    [
      'a union an event would come into twice',
      () => js(union, 'all', [payments, large]),
      "stream 'all': an event must come into a union once; found 'payments' in both 'payments' and 'large'",
    ],
    [
      'a stream of streams with the name of another',
      () =>
        planOf(
          pipeline('p')
            .from(payments.filter('payments', () => true))
            .emit(topic('x'), () => 1),
        ),
      "pipeline 'p': two streams must not have one name; found 'payments' twice",
    ],
    [
      'an output to a topic that the stream comes from',
      () =>
        pipeline('p')
          .from(large)
          .emit(topic('payments'), () => 1),
      "pipeline 'p': an output must not be the pipeline's own source; found 'payments'",
    ],
    [
      'a set of the stream it is made of, without by',
      () =>
        method(
          pipeline('p').from(large),
          'features',
          payments.features('card', { define: (f) => ({ n: f.count({ over: '1h' }) }) }),
        ),
      "features of the stream 'payments' and must say by which key to look it up",
    ],
    [
      'a map with an option that is none',
      () =>
        method(
          payments,
          'map',
          'm',
          { schema: z.object({}), key: () => 'a', time: () => 1 },
          () => ({}),
        ),
      "stream 'm': an option must be one of schema, key; found 'time'",
    ],
  ])
})
