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
