import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { learner, model, pipeline, topic, type Pipeline } from '../../src/index.ts'
import {
  linearRegression,
  logisticRegression,
  standardAbsoluteDeviation,
} from '../../src/learning/index.ts'
import type { LearnerFactory } from '../../src/contracts/learner.ts'
import { checks, machine, readings, rowsOfShift } from '../testing/learning-sensors.ts'
import { changingPipeline, type ChangingPipeline } from './changing-fixture.ts'

const STAGE = 'by-machine.machine'

function watching(factory: LearnerFactory, inputs: readonly string[]): Pipeline {
  const wear = model('wear', {
    of: readings,
    input: [machine],
    runtime: learner(factory, {
      output: z.object({ risk: z.number() }),
      inputs,
      snapshot: '10m',
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
  return pipeline('watching')
    .from(readings)
    .features(machine)
    .predict(wear)
    .emit(topic('risks'), ({ event, prediction }) => ({ id: event.id, risk: prediction.risk }))
}

const { readings: all, checks: labels } = rowsOfShift(400)

/** The part of the shift in [from, to) of its rows. */
async function feed(on: ChangingPipeline, from: number, to: number): Promise<void> {
  const [first, last] = [all[from].at, all[to - 1].at]
  const checked = labels.filter(({ at }) => at >= first && at <= last)
  await on.send('checks', 0, checked)
  await on.send('readings', 0, all.slice(from, to))
  await on.pass(20_000)
}

async function risks(on: ChangingPipeline): Promise<Map<string, number>> {
  const rows = (await on.values('risks')).flat()
  return new Map(
    rows.map((text) => {
      const { id, risk }: { id: string; risk: number } = JSON.parse(text)
      return [id, risk]
    }),
  )
}

describe('a model that learns, when its definition changes', () => {
  it('goes on in more tasks, and begins anew with other features and as another learner', async () => {
    const on = await changingPipeline(['readings', 'checks'])
    const both = ['heat', 'load']
    await on.change(watching(logisticRegression(), both))
    for (const name of ['readings', 'checks']) await on.send(name, 1, ['end'])
    let running = await on.run()
    await feed(on, 0, 100)
    await running.stop()
    const first = await risks(on)
    expect(first.size).toBe(100)

    await on.change(watching(logisticRegression(), both), { stage: STAGE, tasks: 3 })
    running = await on.run()
    await feed(on, 100, 200)
    await running.stop()
    const second = await risks(on)
    // Every task predicts with what was learnt before there was one of it.
    const known = all.slice(100, 110).map(({ id }) => second.get(id))
    expect(known.includes(0.5)).toBe(false)

    await on.change(watching(logisticRegression(), ['heat']))
    running = await on.run()
    await feed(on, 200, 270)
    await feed(on, 270, 300)
    await running.stop()
    const third = await risks(on)
    expect(third.get(all[200].id)).toBe(0.5)
    expect(third.get(all[299].id)).not.toBe(0.5)

    await on.change(watching(linearRegression(), ['heat']))
    running = await on.run()
    await feed(on, 300, 370)
    await feed(on, 370, 400)
    await running.stop()
    const fourth = await risks(on)
    expect(fourth.get(all[300].id)).toBe(0)
    expect(fourth.get(all[399].id)).not.toBe(0)
    expect(fourth.size).toBe(400)
  })
})

const unlabelled = model('odd', {
  of: readings,
  input: [machine],
  runtime: learner(standardAbsoluteDeviation(), {
    output: z.object({ oddness: z.number() }),
    inputs: ['heat'],
    snapshot: '10m',
    wait: 'forever',
  }),
})

const scoring = pipeline('scoring')
  .from(readings)
  .features(machine)
  .predict(unlabelled)
  .emit(topic('oddnesses'), ({ event, prediction }) => [event.id, prediction.oddness])

/** Of each reading, scored by all before its period. */
function oddnesses(): [string, number][] {
  const own = standardAbsoluteDeviation().make({ features: 1, classes: 2 })
  const columns = [Float64Array.from(all, ({ heat }) => heat)]
  const out = new Float64Array(1)
  let next = 0
  return all.map(({ id, at }, row) => {
    const before = Math.floor(at / 600_000) * 600_000
    for (; all[next].at < before; next++)
      own.learn({ columns, from: next, to: next + 1 }, new Float64Array(next + 1))
    own.predict({ columns, from: row, to: row + 1 }, out)
    return [id, out[0]]
  })
}

describe('a model that learns without labels, when the number of tasks that predict changes', () => {
  it('learns every row once, in the order of their times, whichever task predicts it', async () => {
    const on = await changingPipeline(['readings'])
    await on.send('readings', 1, ['end'])
    let from = 0
    for (const tasks of [2, 3, 1, 3]) {
      await on.change(scoring, { stage: STAGE, tasks })
      const running = await on.run()
      await on.send('readings', 0, all.slice(from, from + 100))
      if (from === 300) await on.send('readings', 0, ['end'])
      await on.pass(20_000)
      await running.stop()
      from += 100
    }
    const found = (await on.values('oddnesses')).flat().map((text) => JSON.parse(text) as unknown)
    expect(new Map(found as [string, number][])).toEqual(new Map(oddnesses()))
    expect(found).toHaveLength(400)
  })
})
