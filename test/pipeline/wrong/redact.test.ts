import { describe } from 'vitest'
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic } from '../../../src/index.ts'
import { planOf } from '../../../src/pipeline/compile-plan.ts'
import { refuses } from './wrong.ts'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({ id: z.string(), card: z.string(), at: z.number() }),
  key: (payment) => payment.id,
  time: (payment) => payment.at,
  redact: ['card'],
})

function plan(key: 'id' | 'card', of: 'id' | 'card' | 'both'): void {
  const all = payments.filter('all', () => true, {
    key: key === 'id' ? (payment) => payment.id : (payment) => payment.card,
  })
  const seen = all.features('seen', { define: (f) => ({ count: f.count({ over: '1h' }) }) })
  const guess = model('guess', {
    of: all,
    input: [seen],
    runtime: functionModel(({ count }: { count: number }) => ({ score: count }), {
      output: z.object({ score: z.number() }),
    }),
    labels: {
      from: payments,
      by: (payment) => payment.id,
      of:
        of === 'id'
          ? (payment) => payment.id
          : of === 'card'
            ? (payment) => payment.card
            : (payment) => payment.id + payment.card,
      within: '1h',
      label: () => true,
    },
  })
  planOf(pipeline('p').from(all).features(seen).predict(guess))
}

describe('a pipeline that hides what its receipts are found by is refused', () => {
  refuses([
    [
      'a key that is redacted where its events come from',
      () => plan('card', 'id'),
      "the key of the predicted stream must be fields that no stream redacts, because receipts are found by it; found 'card'; take a token in its place",
    ],
    [
      'labels joined by a redacted field',
      () => plan('id', 'card'),
      "labels.of of model 'guess' must be fields that no stream redacts, because receipts are found by it; found 'card'",
    ],
    [
      'labels joined by what a function makes',
      () => plan('id', 'both'),
      'found a function that is no plain field; take a token in its place',
    ],
  ])
})
