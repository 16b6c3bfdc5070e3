import { describe } from 'vitest'
import { model, pipeline, topic } from '../../../src/index.ts'
import {
  card,
  chargebacks,
  country,
  fraud,
  high,
  payments,
  rule,
  scoring,
  shop,
  start,
} from '../shop.ts'
import { refuses, method } from './wrong.ts'

const out = topic('out')
const body = ({ event }: { event: { id: string } }): string => event.id
const twice = chargebacks.features('twice', {
  define: (f) => ({ amount: f.count({ over: '1h' }) }),
})
const otherCard = payments.features('card', { define: (f) => ({ other: f.count({ over: '1h' }) }) })
const low = model('low', { of: payments, input: [card], runtime: rule })

describe('a chain that is wrong is refused', () => {
  refuses([
    [
      'a pipeline from no stream',
      () => method(pipeline('p'), 'from', 'payments'),
      "pipeline 'p': .from must be given a stream; found 'payments'",
    ],
    [
      'features that are none',
      () => method(start, 'features', 'shop'),
      "pipeline 'scoring': .features must be given a feature set; found 'shop'",
    ],
    [
      "another stream's features without by",
      () => method(start, 'features', shop),
      "pipeline 'scoring': .features('shop') has features of the stream 'chargebacks' and must say by which key to look it up; found no by; write { by: (event) => ... }, a key of 'payments'",
    ],
    [
      "a wait for the pipeline's own stream",
      () => method(start, 'features', country, { wait: '1s' }),
      ".features('country') is of the pipeline's own stream and has nothing to wait for; found wait; remove it",
    ],
    [
      "a look-up of the stream's own set by its own key",
      () =>
        method(start, 'features', country, {
          by: (p: { place: { country: string } }) => p.place.country,
        }),
      ".features('country') is of the pipeline's own stream, whose events bring its key themselves; found by with that same key; leave it out",
    ],
    [
      'a look-up with an unknown option',
      () => method(start, 'features', shop, { by: (p: { shop: string }) => p.shop, wiat: '1s' }),
      "an option must be one of by, wait; found 'wiat'",
    ],
    [
      'a look-up by a field the event has not',
      () => method(start, 'features', shop, { by: (p: { gone: string }) => p.gone }),
      "pipeline 'scoring': expected a field of the event; found gone",
    ],
    [
      'a look-up that waits for a word',
      () => method(start, 'features', shop, { by: (p: { shop: string }) => p.shop, wait: 'long' }),
      "wait of .features('shop') must be a number with a unit",
    ],
    [
      'a look-up of a value of the event',
      () =>
        method(pipeline('p').from(payments), 'features', card, {
          by: (p: { shop: string }) => p.shop,
        }),
      "a set that is looked up must have only features with state, because no event of its own is there; found the value 'amount' in 'card'; use f.last for it",
    ],
    [
      'one set twice',
      () => method(start, 'features', card),
      "pipeline 'scoring': names of feature sets must differ; found 'card' twice",
    ],
    [
      'one set under two names by one key',
      () =>
        method(start.features(shop, { by: (p) => p.shop }), 'features', shop.as('b'), {
          by: (q: { shop: string }) => q.shop,
        }),
      "a set must be used once by each key; found 'b' and 'shop' with the same; leave one out",
    ],
    [
      'two sets of one name',
      () => method(start, 'features', otherCard.as('o')),
      "two feature sets must not be defined with one name, by which their state is found; found 'card'; rename one",
    ],
    [
      'one feature name twice',
      () => method(start, 'features', twice, { by: (p: { shop: string }) => p.shop }),
      "names of features must differ; found 'amount' in 'card' and 'twice'; give one of the sets another name with .as(...)",
    ],
    [
      'features after a model',
      () => method(start.predict(high), 'features', country),
      "features must come before .predict, .emit, .when and .every, which see all of them; found 'country' after; move it up",
    ],
    [
      'a prediction of no model',
      () => method(start, 'predict', rule),
      '.predict must be given a model; found an object',
    ],
    [
      'a model of another stream',
      () => method(pipeline('p').from(chargebacks), 'predict', high),
      "pipeline 'p': a model must be of the stream 'chargebacks'; found 'high' of 'payments'",
    ],
    [
      'a model whose set is not in the chain',
      () => method(start, 'predict', fraud),
      "the model 'fraud' reads 'shop', which must be in the chain; found no such set; call .features(...) with it before",
    ],
    [
      'a model of another set of that name',
      () => method(pipeline('p').from(payments).features(otherCard), 'predict', high),
      "the model 'high' reads another set named 'card' than the chain has",
    ],
    [
      'one model twice',
      () => method(start.predict(high), 'predict', high, { as: 'again' }),
      "a model must predict once; found 'high' twice; define a second model under another name",
    ],
    [
      'a second model without a name',
      () => method(start.predict(high), 'predict', low),
      "a second model needs a name; found 'high' and 'low' without; write .predict(model, { as: 'low' })",
    ],
    [
      'two predictions of one name',
      () => method(start.predict(high, { as: 'x' }), 'predict', low, { as: 'x' }),
      "names of predictions must differ; found 'x' twice",
    ],
    [
      'an emit to a text',
      () => method(start, 'emit', 'out', body),
      "pipeline 'scoring': .emit must be given a topic, a file, or a topic of another cluster; found 'out'; write topic('scores')",
    ],
    [
      'an emit without a body',
      () => method(start, 'emit', out),
      'the body of .emit must be a function; found undefined',
    ],
    [
      'an emit with an async body',
      () => method(start, 'emit', out, async () => 1),
      'the body of .emit must give its value at once',
    ],
    [
      'an emit with a key that is a text',
      () => method(start, 'emit', out, body, { key: 'id' }),
      "key of .emit must be a function; found 'id'",
    ],
    [
      'an emit into the source',
      () => method(start, 'emit', topic('payments'), body),
      "an output must not be the pipeline's own source; found 'payments'",
    ],
    [
      'two steps into one topic',
      () => method(scoring, 'emit', topic('blocked'), body),
      "a topic must be written by one step; found 'blocked' in two",
    ],
    [
      'a when without a topic',
      () => method(start, 'when', () => true),
      '.when must be given where to; found no topic',
    ],
    [
      'a when without a test',
      () => method(start, 'when', true, out),
      'the test of .when must be a function; found true',
    ],
    [
      'a when with a topic twice',
      () => method(start, 'when', () => true, out, out),
      ".when must be given each topic once; found 'out' twice",
    ],
  ])
})
