import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { stream, topic } from '../../../src/index.ts'
import { refuses, method, setWith, featureWith, windowWith } from './wrong.ts'

const turned = stream('turned', {
  source: topic('turned'),
  schema: z.object({ card: z.string(), at: z.number(), amount: z.string().transform(Number) }),
  key: (p) => p.card,
  time: (p) => p.at,
})

/** A feature of an aggregate that is good but for these fields. */
function aggregateWith(fields: object): unknown {
  const good = {
    name: 'own',
    width: 1,
    takesValue: true,
    empty: () => {},
    add: () => {},
    merge: () => {},
    value: () => 0,
  }
  return featureWith((f) =>
    method(f, 'aggregate', { ...good, ...fields }, (p: { amount: number }) => p.amount, {
      over: '1h',
    }),
  )
}

describe('a feature set or feature that is wrong is refused', () => {
  refuses([
    [
      'a set without define',
      () => setWith({}),
      "feature set 'set' of stream 'payments': define must be a function; found undefined",
    ],
    [
      'a set with an unknown option',
      () => setWith({ define: () => ({}), ttl: '1d' }),
      "an option must be one of define, key, keep, budget; found 'ttl'",
    ],
    [
      'a set without features',
      () => setWith({ define: () => ({}) }),
      'define must give an object of features; found an object with none; write (f) => ({ n: f.count',
    ],
    [
      'a define that gives nothing',
      () => setWith({ define: () => undefined }),
      'define must give an object of features; found undefined',
    ],
    [
      'a feature that is a number',
      () => featureWith(() => 1),
      "feature 'x' of feature set 'set' of stream 'payments': a feature must be made by the builder; found 1; write f.value",
    ],
    [
      'a window without a length',
      () => windowWith('count', {}),
      "feature 'x' of feature set 'set' of stream 'payments': a window must have a length; found none; write { over: '1h' }",
    ],
    [
      'a window without options',
      () => windowWith('count', undefined),
      "feature 'x' of feature set 'set' of stream 'payments': options must be an object; found undefined",
    ],
    [
      'a window of no length',
      () => windowWith('count', { over: '0s' }),
      "over must be longer than nothing; found '0s'; give it a length",
    ],
    [
      'a window with an unknown option',
      () => windowWith('count', { over: '1h', step: '1m' }),
      "an option must be one of over, delay, hop; found 'step'",
    ],
    [
      'a count with otherwise',
      () => windowWith('count', { over: '1h', otherwise: 1 }),
      "found 'otherwise'",
    ],
    [
      'a hop that does not divide',
      () => windowWith('count', { over: '1h', hop: '7m' }),
      "hop must divide over, so that the window is a whole number of hops; found '7m' for '1h'; take '400000ms'",
    ],
    [
      'a hop that is longer than the window',
      () => windowWith('count', { over: '1h', hop: '2h' }),
      "found '2h' for '1h'; take '1h'",
    ],
    [
      'a hop of no length',
      () => windowWith('count', { over: '1h', hop: '0ms' }),
      'hop must be longer than nothing',
    ],
    [
      'a delay that is none',
      () => windowWith('count', { over: '1h', delay: 'soon' }),
      'delay must be a number with a unit',
    ],
    [
      'a sum of nothing',
      () => windowWith('sum', { over: '1h' }, null),
      'its value must be a function; found null',
    ],
    [
      'a sum of a text',
      () => windowWith('sum', { over: '1h' }, (p: { card: string }) => p.card),
      'what sum takes must be a number; found the field card, a string; take another',
    ],
    [
      'a mean with another default',
      () => windowWith('mean', { over: '1h', otherwise: 'none' }),
      "otherwise must be a finite number; found 'none'; leave it out for none",
    ],
    [
      'a mean with NaN as its default',
      () => windowWith('mean', { over: '1h', otherwise: NaN }),
      'otherwise must be a finite number; found NaN',
    ],
    [
      'a value of a function without a kind',
      () => featureWith((f) => method(f, 'value', (p: { amount: number }) => p.amount * 2)),
      "the kind of its column must be known; found a function that is no plain path (event) => event.field; say it: { kind: 'number' } (number, boolean, string, vector)",
    ],
    [
      'a value of an unknown kind',
      () =>
        featureWith((f) => method(f, 'value', (p: { at: number }) => p.at + 1, { kind: 'date' })),
      "kind must be one of number, boolean, string, vector; found 'date'",
    ],
    [
      'a value of another kind than its field',
      () =>
        featureWith((f) =>
          method(f, 'value', (p: { amount: number }) => p.amount, { kind: 'string' }),
        ),
      "kind must be that of the field amount, number; found 'string'; leave kind out",
    ],
    [
      'a value of a field the schema does not have',
      () => featureWith((f) => method(f, 'value', (p: { gone: number }) => p.gone)),
      'found gone, which the schema does not have',
    ],
    [
      'a plain path where the schema says nothing of itself',
      () => turned.features('r', { define: (f) => ({ x: f.value((p) => p.amount) }) }),
      "the kind of its column must be known; found events that the schema's own validate reads (",
    ],
    [
      'a last with a hop',
      () =>
        featureWith((f) =>
          method(f, 'last', (p: { shop: string }) => p.shop, { keep: '1d', hop: '1h' }),
        ),
      "last has no window, because one value a key is all it keeps; found 'hop'; write keep: '1d'",
    ],
    [
      'an ewma without a half-life',
      () => windowWith('ewma', { over: '1h' }),
      'halfLife must be a text with a number and a unit',
    ],
    [
      'a quantile of no share',
      () => windowWith('quantile', { over: '1h', q: 1.5 }),
      'q must be a number from 0 to 1; found 1.5; write { q: 0.95 }',
    ],
    [
      'an error of an exact window',
      () => windowWith('quantile', { over: '1h', q: 0.5, error: 0.1 }),
      'error is for windows in hops, because others are exact; found it without hop; leave it out',
    ],
    [
      'an error that is too small',
      () => windowWith('distinct', { over: '1h', hop: '1m', error: 0.001 }),
      'error must be from 0.0082 to 0.13; found 0.001; leave it out for 0.05',
    ],
    [
      'a topK of no length',
      () => windowWith('topK', { over: '1h' }),
      'k must be a whole number from 1 to 100; found undefined; write { k: 3 }',
    ],
    [
      'a topK of booleans',
      () =>
        windowWith('topK', { over: '1h', k: 1, kind: 'boolean' }, (p: { at: number }) => p.at > 1),
      'what topK takes must be a string or number; found a boolean; make a text of it',
    ],
    [
      'a share of a number',
      () => windowWith('share', { over: '1h' }),
      'what share takes must be a boolean; found the field amount, a number; take another',
    ],
    [
      'a length of a number',
      () => windowWith('mean', { over: '1h', length: 3 }),
      'what mean takes must be a vector; found the field amount, a number; take another',
    ],
    [
      'a length with otherwise',
      () =>
        windowWith('mean', { over: '1h', length: 1, otherwise: 0 }, (p: { at: number }) => [p.at]),
      'otherwise is for a number; found it beside length; leave one of them out',
    ],
    [
      'categories of several kinds',
      () => featureWith((f) => method(f, 'oneHot', (p: { shop: string }) => p.shop, ['a', 1])),
      'categories must all be texts, all numbers or all booleans; found others',
    ],
    [
      'no categories',
      () => featureWith((f) => method(f, 'oneHot', (p: { shop: string }) => p.shop, [])),
      'categories must be a list of 1 to 1000; found an empty list',
    ],
    [
      'categories of another kind than their field',
      () => featureWith((f) => method(f, 'oneHot', (p: { shop: string }) => p.shop, [1, 2])),
      'its category must be a number; found the field shop, a string; take another',
    ],
    [
      'a category twice',
      () => featureWith((f) => method(f, 'oneHot', (p: { shop: string }) => p.shop, ['a', 'a'])),
      'categories must be different; found one twice; remove it',
    ],
    [
      'buckets of no number',
      () => featureWith((f) => method(f, 'hashed', (p: { shop: string }) => p.shop, {})),
      'buckets must be a whole number from 1 to 1073741824; found undefined; write { buckets: 64 }',
    ],
    [
      "an aggregate with the name of one of Millrace's own",
      () => aggregateWith({ name: 'mean' }),
      "an aggregate must have a name of its own, of letters, digits, '_' and '-'; found 'mean'",
    ],
    [
      'an aggregate without a width',
      () => aggregateWith({ width: 0 }),
      "the width of aggregate 'own' must be a whole number of doubles from 1 to 4096; found 0",
    ],
    [
      'an aggregate without merge',
      () => aggregateWith({ merge: undefined }),
      "aggregate 'own' must have a function merge of its own; found undefined; make it a plain object",
    ],
    [
      'an aggregate that is nothing',
      () => featureWith((f) => method(f, 'aggregate', undefined, () => 1, { over: '1h' })),
      'an aggregate must be an object; found undefined',
    ],
    [
      'a last without a word how long',
      () => featureWith((f) => method(f, 'last', (p: { shop: string }) => p.shop)),
      "feature set 'set' of stream 'payments': keep must say how long a key is kept, because 'x' has no window; found none; write keep: '30d', or keep: 'forever'",
    ],
    [
      'a since without a word how long',
      () => featureWith((f) => method(f, 'since')),
      "because 'x' has no window",
    ],
    [
      'a keep shorter than the longest window',
      () => featureWith((f) => method(f, 'count', { over: '7d', delay: '1d' }), { keep: '7d' }),
      "keep must be at least as long as the longest window; found '7d', and 'x' needs over and delay of 8d; lengthen keep or leave it out",
    ],
    [
      'a keep shorter than a last',
      () =>
        featureWith(
          (f) => method(f, 'last', (p: { shop: string }) => p.shop, { keep: 'forever' }),
          {
            keep: '7d',
          },
        ),
      "found '7d', and 'x' needs 'forever'",
    ],
    [
      'a budget of nothing',
      () => featureWith((f) => method(f, 'count', { over: '1h' }), { budget: { then: 'stop' } }),
      'a budget must bound keys or bytes; found neither',
    ],
    [
      'a budget without what then',
      () => featureWith((f) => method(f, 'count', { over: '1h' }), { budget: { keys: 10 } }),
      "budget.then must be 'evict-oldest' or 'stop'; found undefined",
    ],
    [
      'a budget of half a key',
      () =>
        featureWith((f) => method(f, 'count', { over: '1h' }), {
          budget: { keys: 0.5, then: 'stop' },
        }),
      'budget.keys must be a whole number of at least 1; found 0.5',
    ],
  ])
})

describe('the error of a feature', () => {
  it('says in its details where it is', () => {
    const build = (): unknown => windowWith('count', { over: '1h', hop: '7m' })
    const details = { stream: 'payments', set: 'set', feature: 'x' }
    expect(build).toThrow(expect.objectContaining({ details }))
  })
})
