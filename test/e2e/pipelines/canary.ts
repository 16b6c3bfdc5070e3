// Everything that can go wrong with an event goes wrong here, and says the event's secret where it can.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from 'millrace'

const words = stream('words', {
  source: topic('words'),
  schema: z
    .object({
      id: z.string(),
      wrong: z.string(),
      amount: z.number(),
      at: z.number(),
      secret: z.string().refine(
        (secret) => {
          if (secret.endsWith('refine')) throw new Error(secret)
          return !secret.endsWith('message')
        },
        { error: ({ input }) => `no ${String(input)}` },
      ),
    })
    .strict(),
  key: (word) => {
    if (word.wrong === 'key') throw new Error(word.secret)
    return word.id
  },
  time: (word) => word.at,
  ahead: '1h',
})
const seen = words.features('seen', {
  define: (f) => ({
    secret: f.value((word) => word.secret),
    wrong: f.value((word) => word.wrong),
    total: f.sum(
      (word) => {
        if (word.wrong === 'feature') throw new Error(word.secret)
        return word.amount
      },
      { over: '1h' },
    ),
  }),
})
const guess = model('guess', {
  of: words,
  input: [seen],
  runtime: functionModel(
    (row: { secret: string; wrong: string; total: number }) => {
      if (row.wrong === 'model') throw new Error(row.secret)
      return { score: row.wrong === 'output' ? Number.NaN : row.total }
    },
    { output: z.object({ score: z.number().max(1_000, { error: 'a secret score' }) }) },
  ),
  labels: {
    from: words,
    by: (word) => word.id,
    of: (word) => word.id,
    within: '1h',
    label: (word) => {
      if (word.wrong === 'label') throw new Error(word.secret)
      return true
    },
  },
})
const canary: Pipeline = pipeline('canary')
  .from(words)
  .features(seen)
  .predict(guess)
  .emit(topic('guesses'), ({ event, prediction }) => {
    if (event.wrong === 'emit') throw new Error(event.secret)
    return { secret: event.secret, score: prediction.score }
  })
  .when(({ event }) => {
    if (event.wrong === 'when') throw new Error(event.secret)
    return event.wrong === 'none'
  }, topic('found'))
export default canary
