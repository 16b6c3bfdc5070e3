// Readings of machines that a model learns from as their labels come, and another at once, without labels.
import { z } from 'zod'
import { learner, model, pipeline, stream, topic } from 'millrace'
import {
  logisticRegression,
  pipe,
  standardAbsoluteDeviation,
  standardScaler,
} from 'millrace/learning'
import { events, type Step } from 'millrace/testing'

export const readings = stream('readings', {
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

export const checks = stream('checks', {
  source: topic('checks'),
  schema: z.object({ reading: z.string(), at: z.int(), failed: z.boolean() }),
  key: (check) => check.reading,
  time: (check) => check.at,
  idle: 'never',
})

export const machine = readings.features('machine', {
  define: (f) => ({
    heat: f.value((reading) => reading.heat),
    load: f.value((reading) => reading.load),
    readings1h: f.count({ over: '1h' }),
  }),
})

export const PERIOD_MS = 600_000
export const FEATURES = ['heat', 'load', 'readings1h'] as const

export const wear = model('wear', {
  of: readings,
  input: [machine],
  runtime: learner(pipe(standardScaler(), logisticRegression({ interceptRate: 0.1 })), {
    output: z.object({ risk: z.number() }),
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

/** How far a reading is from those before it. */
export const odd = model('odd', {
  of: readings,
  input: [machine],
  runtime: learner(standardAbsoluteDeviation(), {
    output: z.object({ oddness: z.number() }),
    inputs: ['heat', 'readings1h'],
    snapshot: '10m',
    wait: 'forever',
  }),
})

const predicting = pipeline('watching').from(readings).features(machine).predict(wear)

export const watching = predicting.emit(topic('risks'), ({ event, prediction }) => ({
  id: event.id,
  risk: prediction.risk,
}))

/** With the model that needs no labels, too. */
export const watchingTwice = predicting
  .predict(odd, { as: 'odd' })
  .emit(topic('risks'), ({ event, prediction, predictions }) => ({
    id: event.id,
    risk: prediction.risk,
    oddness: predictions.odd.oddness,
  }))

export const START = Date.UTC(2026, 0, 5, 12)

export interface Reading {
  readonly id: string
  readonly machine: string
  readonly at: number
  readonly heat: number
  readonly load?: number
}

export interface Check {
  readonly reading: string
  readonly at: number
  readonly failed: boolean
}

/** A reading each 20 s of one of six machines; every other one is checked some minutes later, some have a load that no learner takes. */
export function rowsOfShift(count: number): { readings: Reading[]; checks: Check[] } {
  const read: Reading[] = []
  const checked: Check[] = []
  for (let i = 0; i < count; i++) {
    const heat = (i * 37) % 101
    const id = `r${i}`
    const at = START + i * 20_000
    const load = i % 7 === 0 ? {} : { load: i % 50 === 6 ? 1e300 : ((i * 13) % 17) / 8 }
    read.push({ id, machine: `m${i % 6}`, at, heat, ...load })
    if (i % 2 === 0) checked.push({ reading: id, at: at + 130_000, failed: heat > 55 })
  }
  return { readings: read, checks: checked }
}

/** The same as steps of a simulated run. */
export function shift(count: number): Step[] {
  const { readings: read, checks: checked } = rowsOfShift(count)
  return [events(readings, read), events(checks, checked)]
}
