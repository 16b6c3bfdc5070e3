import { describe } from 'vitest'
import { pipeline, stream, topic } from '../../../src/index.ts'
import { card, country, Payment, payments, shop } from '../shop.ts'
import { method, refuses } from './wrong.ts'

const chain = pipeline('p').from(payments).features(card)
const to = topic('spend')
const body = (): string => 'x'
const every = (
  period: unknown,
  options: unknown,
  call: unknown = body,
  of: object = chain,
): unknown => method(of, 'every', period, options, call)

const values = payments.features('values', { define: (f) => ({ a: f.value((p) => p.amount) }) })
const late = stream('late', {
  source: topic('late'),
  schema: Payment,
  key: (p) => p.card,
  time: (p) => p.at,
  lateness: '1d',
})
const old = late.features('old', { define: (f) => ({ n: f.count({ over: '1h' }) }) })

describe('periods that are wrong are refused', () => {
  refuses([
    [
      'a period of nothing',
      () => every('0ms', { of: card, to }),
      "pipeline 'p': the period of .every must be longer than nothing; found '0ms'",
    ],
    [
      'a period that is a number',
      () => every(60_000, { of: card, to }),
      "pipeline 'p': the period of .every must be a text with a number and a unit",
    ],
    [
      'a topic in the place of the options',
      () => every('1m', to),
      "pipeline 'p': of of .every must be the set whose keys have a row each; found undefined; write .every('1m', { of: card, to: topic('spend') }",
    ],
    [
      'a set that is missing',
      () => every('1m', { to }),
      "pipeline 'p': of of .every must be the set whose keys have a row each; found undefined",
    ],
    [
      'a mistyped option',
      () => every('1m', { of: card, too: to }),
      "pipeline 'p': an option must be one of of, to; found 'too'",
    ],
    [
      'a set that is not in the chain',
      () => every('1m', { of: country, to }),
      "pipeline 'p': .every reads 'country', which must be in the chain; found no such set; call .features(...) with it before",
    ],
    [
      'a set with values alone',
      () => every('1m', { of: values, to }, body, pipeline('p').from(payments).features(values)),
      "pipeline 'p': a set with periods must keep something of a key; found only values of the event in 'values'",
    ],
    [
      'a set that is looked up and not waited for',
      () => every('1m', { of: shop, to }, body, chain.features(shop, { by: (p) => p.shop })),
      "pipeline 'p': a set with periods must be exact at their end; found 'shop' looked up without wait: 'forever'; add it",
    ],
    [
      'a period far shorter than the lateness',
      () => every('1s', { of: old, to }, body, pipeline('p').from(late).features(old)),
      "pipeline 'p': the period of .every must be at least a thousandth of the lateness",
    ],
    [
      'a body that is asynchronous',
      () => every('1m', { of: card, to }, async () => 'x'),
      "pipeline 'p': the body of .every must give its value at once",
    ],
    [
      'no topic',
      () => every('1m', { of: card, to: 'spend' }),
      "pipeline 'p': .every must be given a topic, a file, or a topic of another cluster; found 'spend'",
    ],
    [
      "the pipeline's own source",
      () => every('1m', { of: card, to: topic('payments') }),
      "pipeline 'p': an output must not be the pipeline's own source; found 'payments'",
    ],
    [
      'a topic that is written already',
      () =>
        every(
          '1m',
          { of: card, to: topic('out') },
          body,
          chain.emit(topic('out'), () => 1),
        ),
      "pipeline 'p': a topic must be written by one step; found 'out' in two",
    ],
  ])
})
