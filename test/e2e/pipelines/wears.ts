// Readings that a model learns from as their labels come; what is emitted has the features, too.
import { z } from 'zod'
import { functionModel, learner, model, pipeline, stream, topic, type Pipeline } from 'millrace'
import { minMaxScaler, hoeffdingTree, pipe } from 'millrace/learning'

const readings = stream('readings', {
  source: topic('readings'),
  schema: z.object({
    id: z.string(),
    machine: z.string(),
    at: z.int(),
    heat: z.int(),
    load: z.number().optional(),
  }),
  key: (reading) => reading.machine,
  time: (reading) => reading.at,
  idle: 'never',
})
const checks = stream('checks', {
  source: topic('checks'),
  schema: z.object({ reading: z.string(), at: z.int(), failed: z.boolean() }),
  key: (check) => check.reading,
  time: (check) => check.at,
  idle: 'never',
})
const machine = readings.features('machine', {
  define: (f) => ({
    heat: f.value((reading) => reading.heat),
    load: f.value((reading) => reading.load),
    readings1h: f.count({ over: '1h' }),
  }),
})
const output = z.object({ risk: z.number() })
const wear = model('wear', {
  of: readings,
  input: [machine],
  runtime: learner(pipe(minMaxScaler(), hoeffdingTree({ grace: 20, delta: 0.1 })), {
    output,
    snapshot: '10m',
    wait: 'forever',
  }),
  labels: {
    from: checks,
    by: (check) => check.reading,
    of: (reading) => reading.id,
    within: '1h',
    label: (check) => (check.failed ? 1 : 0),
    otherwise: 0,
  },
})
const rule = model('rule', {
  of: readings,
  input: [machine],
  runtime: functionModel((seen: { heat: number }) => ({ risk: seen.heat / 100 }), { output }),
})
const learning: Pipeline = pipeline('learning')
  .from(readings)
  .features(machine)
  .predict(wear)
  .predict(rule, { as: 'rule' })
  .emit(topic('risks'), ({ event, prediction, features }) => ({
    id: event.id,
    risk: prediction.risk,
    heat: features.heat,
    load: features.load ?? null,
    readings1h: features.readings1h,
  }))
export default learning
