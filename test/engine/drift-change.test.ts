// What watches a model for drift, over changes of the pipeline and of how many tasks predict.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Prng } from '../../src/base/prng.ts'
import type { DriftEvent } from '../../src/contracts/drift-event.ts'
import {
  drift,
  functionModel,
  model,
  pipeline,
  stream,
  topic,
  windowDrift,
  type Drift,
  type Pipeline,
} from '../../src/index.ts'
import { adwin, ks, pageHinkley } from '../../src/learning/index.ts'
import { changingPipeline, type ChangingPipeline } from './changing-fixture.ts'

const MINUTE = 60_000
const ROWS = 900
const STAGE = 'by-machine.machine'

const readings = stream('readings', {
  source: topic('readings'),
  schema: z.object({
    id: z.string(),
    at: z.int(),
    machine: z.string(),
    heat: z.number(),
    load: z.number(),
  }),
  key: (r) => r.machine,
  time: (r) => r.at,
})
const machine = readings.features('machine', {
  define: (f) => ({
    heat: f.value((r) => r.heat),
    load: f.value((r) => r.load),
    n: f.count({ over: '1h' }),
  }),
})

function watching(drifts: readonly Drift<'heat' | 'load' | 'n'>[]): Pipeline {
  const wear = model('wear', {
    of: readings,
    input: [machine],
    runtime: functionModel((x: { heat: number }) => ({ risk: x.heat / 10 }), {
      output: z.object({ risk: z.number() }),
    }),
    drift: drifts,
  })
  return pipeline('watching')
    .from(readings)
    .features(machine)
    .predict(wear)
    .emit(topic('risks'), ({ event, prediction }) => ({ id: event.id, ...prediction }))
}

const heat = { feature: 'heat' } as const
const load = { feature: 'load' } as const
const ROW_BY_ROW = drift(adwin(), { of: heat, cooldown: 50 })
const BY_WINDOW = windowDrift(ks(), { of: [heat], window: '30m', reference: '2h', rows: 100 })
const PREDICTED = drift(pageHinkley({ threshold: 20 }), { of: 'prediction', cooldown: 50 })
const USUAL = [ROW_BY_ROW, BY_WINDOW, PREDICTED]

/** Both numbers change every 150 rows, each partition's rows a minute apart. */
function rowsOf(partition: number): object[] {
  const random = new Prng(5, partition)
  return Array.from({ length: ROWS }, (_, i) => ({
    id: `r${partition}-${i}`,
    at: i * MINUTE + partition * 1000,
    machine: `machine ${random.below(9)}`,
    heat: (Math.floor(i / 150) % 2) * 5 + random.next(),
    load: (Math.floor(i / 200) % 2) * 5 + random.next(),
  }))
}
const PARTITIONS = [rowsOf(0), rowsOf(1)]

/** @param passMs how long it runs behind what was sent; all is done where it is long. */
async function feed(
  on: ChangingPipeline,
  [from, to]: readonly [number, number],
  passMs: number,
): Promise<void> {
  for (const [partition, rows] of PARTITIONS.entries())
    await on.send('readings', partition, [
      ...rows.slice(from, to),
      ...(to === ROWS ? ['end' as const] : []),
    ])
  const life = await on.run({ batchRows: 37, snapshotBytes: 2000 })
  await on.pass(passMs)
  await life.stop()
}

async function told(on: ChangingPipeline): Promise<DriftEvent[]> {
  const values = (await on.values('watching.drifts')).flat()
  return values.map((value): DriftEvent => JSON.parse(value))
}

const LONG = 60_000

async function undisturbed(drifts: Parameters<typeof watching>[0]): Promise<DriftEvent[]> {
  const on = await changingPipeline(['readings'])
  await on.change(watching(drifts))
  await feed(on, [0, ROWS], LONG)
  return told(on)
}

describe('drifts of a model', () => {
  it.each([LONG, 20, 3])(
    'are the same when other tasks predict its rows, whatever was under way (%i ms)',
    async (passMs) => {
      const on = await changingPipeline(['readings'])
      await on.change(watching(USUAL))
      const cuts = [0, 310, 620, ROWS]
      for (const [i, tasks] of [3, 1].entries()) {
        await feed(on, [cuts[i], cuts[i + 1]], passMs)
        await on.change(watching(USUAL), { stage: STAGE, tasks })
      }
      await feed(on, [620, ROWS], LONG)
      const expected = await undisturbed(USUAL)
      expect(new Set(expected.map(({ detector }) => detector))).toEqual(
        new Set(['adwin', 'ks', 'page-hinkley']),
      )
      expect(await told(on)).toEqual(expected)
    },
    300_000,
  )

  it('go on by what is known of them when something else is watched, too, which begins then', async () => {
    const on = await changingPipeline(['readings'])
    await on.change(watching(USUAL))
    await feed(on, [0, 400], LONG)
    const more = drift(adwin(), { of: load, cooldown: 50 })
    await on.change(watching([...USUAL, more]))
    await feed(on, [400, ROWS], LONG)
    const all = await told(on)
    const ofLoad = all.filter(({ feature }) => feature === 'load')
    const isEarly = ({ at }: DriftEvent): boolean => Date.parse(at) < 399 * MINUTE
    expect(all.filter(isEarly)).toEqual((await undisturbed(USUAL)).filter(isEarly))
    const kept = all.filter((event) => !isEarly(event) && event.source && !ofLoad.includes(event))
    expect(kept.length).toBeGreaterThan(2)
    // What was on its way at the change, at most the newest row of each partition, had not what is watched now.
    for (const { seen, source } of kept) {
      const rows = 2 * (source?.offset ?? NaN) + 1 + (source?.partition ?? NaN)
      expect(rows - seen).toBeGreaterThanOrEqual(0)
      expect(rows - seen).toBeLessThanOrEqual(2)
    }
    // The load changes at rows 200 and 600 of each partition: before, nobody looked.
    const [first] = ofLoad
    expect(Date.parse(first.at)).toBeGreaterThanOrEqual(600 * MINUTE)
    expect(first.seen).toBeLessThan(2 * (ROWS - 400))
    expect(first.seen).toBeGreaterThan(2 * 200)
  }, 300_000)

  it('begin anew where settings are others, and only those', async () => {
    const on = await changingPipeline(['readings'])
    await on.change(watching([ROW_BY_ROW, BY_WINDOW]))
    await feed(on, [0, 400], LONG)
    const other = drift(adwin({ delta: 0.001 }), { of: heat, cooldown: 50 })
    await on.change(watching([other, BY_WINDOW]))
    await feed(on, [400, ROWS], LONG)
    const expected = await undisturbed([ROW_BY_ROW, BY_WINDOW])
    const ofWindows = (events: readonly DriftEvent[]): DriftEvent[] =>
      events.filter(({ detector }) => detector === 'ks')
    const all = await told(on)
    expect(ofWindows(all)).toEqual(ofWindows(expected))
    const later = all.filter(
      ({ detector, at }) => detector === 'adwin' && Date.parse(at) >= 400 * MINUTE,
    )
    expect(later.length).toBeGreaterThan(0)
    for (const { seen } of later) expect(seen).toBeLessThanOrEqual(2 * (ROWS - 400))
  }, 300_000)
})
