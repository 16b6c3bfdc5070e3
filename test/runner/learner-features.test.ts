// Features that no learner can learn from are refused before a run begins, by their name and with what to do.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bandit, learner, model, pipeline, stream, topic, type Pipeline } from '../../src/index.ts'
import { logisticRegression, thompson } from '../../src/learning/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { definitionOf } from '../../src/runner/load-definition.ts'
import { loadModels, localVersions } from '../../src/runner/versions/load-models.ts'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.string(),
    at: z.int(),
    city: z.string(),
    amount: z.number(),
    secret: z.number(),
    pair: z.array(z.number()),
  }),
  key: (p) => p.id,
  time: (p) => p.at,
  redact: ['secret'],
})
const seen = payments.features('seen', {
  define: (f) => ({
    amount: f.value((p) => p.amount),
    city: f.value((p) => p.city),
    pair: f.value((p) => p.pair),
    secret: f.value((p) => p.secret),
    large: f.value((p) => p.amount > 9, { kind: 'boolean' }),
  }),
})
const labels = {
  from: payments,
  by: (p: { id: string }) => p.id,
  of: (p: { id: string }) => p.id,
  within: '1h',
  label: (p: { amount: number }) => (p.amount > 5 ? 1 : 0),
} as const

function learns(inputs: readonly string[] | undefined): Pipeline {
  const runtime = learner(logisticRegression(), {
    output: z.object({ score: z.number() }),
    ...(inputs === undefined ? {} : { inputs }),
  })
  return pipeline('learns')
    .from(payments)
    .features(seen)
    .predict(model('m', { of: payments, input: [seen], runtime, labels }))
}

function chooses(inputs: readonly string[]): Pipeline {
  const runtime = bandit(thompson(), { actions: ['a', 'b'], inputs })
  return pipeline('chooses')
    .from(payments)
    .features(seen)
    .predict(model('m', { of: payments, input: [seen], runtime, labels }))
}

async function load(of: Pipeline): Promise<number> {
  const { plan, schemas } = definitionOf(planOf(of))
  return (await loadModels({ plan, schemas }, await localVersions({ plan, folder: '.' }))).size
}

describe('a feature that no learner can learn from', () => {
  it.each([
    [
      'a text',
      ['amount', 'city'],
      "a learner takes features that are numbers or booleans; found 'city', a string; name those it takes in inputs, or make numbers of it",
    ],
    [
      'a vector',
      ['pair'],
      "found 'pair', a vector; name those it takes in inputs, or make numbers of it",
    ],
    [
      'one that is redacted',
      ['amount', 'secret'],
      "model 'm' must learn from features whose values receipts may have; found 'secret', which its stream redacts; name others in inputs",
    ],
    [
      'any of these where no inputs are named',
      undefined,
      "found 'secret', which its stream redacts",
    ],
  ])('is refused: %s', async (_, inputs, message) => {
    await expect(load(learns(inputs))).rejects.toMatchObject({
      code: 'ML_MODEL',
      message: expect.stringContaining(message),
    })
    if (inputs !== undefined)
      await expect(load(chooses(inputs))).rejects.toMatchObject({ code: 'ML_MODEL' })
  })

  it('does not stand in the way of others: numbers and booleans beside it are learnt from', async () => {
    expect(await load(learns(['amount', 'large']))).toBe(1)
    expect(await load(chooses(['large']))).toBe(1)
  })
})
