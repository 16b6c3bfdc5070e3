// Readings of machines, and their failures as labels: what the tests of `millrace/testing` run.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic } from '../../src/index.ts'

export const readings = stream('readings', {
  source: topic('readings'),
  schema: z.object({ id: z.string(), machine: z.string(), at: z.int(), heat: z.int() }),
  key: (reading) => reading.machine,
  time: (reading) => reading.at,
  lateness: '10s',
  idle: '1m',
})

export const failures = stream('failures', {
  source: topic('failures'),
  schema: z.object({ reading: z.string(), at: z.int() }),
  key: (failure) => failure.reading,
  time: (failure) => failure.at,
})

export const machine = readings.features('machine', {
  define: (f) => ({
    heat: f.value((reading) => reading.heat),
    mean5m: f.mean((reading) => reading.heat, { over: '5m', otherwise: 0 }),
  }),
})

export const wear = model('wear', {
  of: readings,
  input: [machine],
  runtime: functionModel(
    ({ heat, mean5m }: { heat: number; mean5m: number }) => ({ risk: heat > mean5m ? 0.9 : 0.1 }),
    { output: z.object({ risk: z.number() }) },
  ),
  labels: {
    from: failures,
    by: (failure) => failure.reading,
    of: (reading) => reading.id,
    within: '1h',
    label: () => true,
    otherwise: false,
  },
})

export const watching = pipeline('watching')
  .from(readings)
  .features(machine)
  .predict(wear)
  .emit(topic('risks'), ({ event, prediction }) => ({ id: event.id, risk: prediction.risk }))
  .when(({ prediction }) => prediction.risk > 0.5, topic('alarms'))
