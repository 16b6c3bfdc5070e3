// Every detector signals at the rows at which the reference does.
import { describe, expect, it } from 'vitest'
import { DRIFT, WARNING, type Detector } from '../../../src/contracts/detector.ts'
import { Adwin } from '../../../src/learning/drift/adwin.ts'
import { Ddm } from '../../../src/learning/drift/ddm.ts'
import { Eddm } from '../../../src/learning/drift/eddm.ts'
import { Fhddm } from '../../../src/learning/drift/fhddm.ts'
import { HddmA } from '../../../src/learning/drift/hddm-a.ts'
import { HddmW } from '../../../src/learning/drift/hddm-w.ts'
import { PageHinkley } from '../../../src/learning/drift/page-hinkley.ts'
import { goldenColumns, goldenStream, goldenTable, missing, note } from '../golden.ts'

const detectors: Readonly<Record<string, () => Detector>> = {
  adwin: () => new Adwin(),
  'adwin-d01': () => new Adwin({ delta: 0.01 }),
  'adwin-clock1': () => new Adwin({ clock: 1 }),
  ph: () => new PageHinkley(),
  'ph-up': () => new PageHinkley({ mode: 'up' }),
  'ph-t10': () => new PageHinkley({ mode: 'up', threshold: 10 }),
  ddm: () => new Ddm(),
  eddm: () => new Eddm(),
  'hddm-a': () => new HddmA(),
  'hddm-a-two': () => new HddmA({ twoSided: true }),
  'hddm-w': () => new HddmW(),
  'hddm-w-two': () => new HddmW({ twoSided: true }),
  // Ours takes 1 for an error, River's for a right answer.
  'fhddm-correct': () => new Fhddm(),
  'fhddm-error': () => new Fhddm(),
}

interface Signals {
  readonly drifts: number[]
  /** First and last row of each unbroken run. */
  readonly warnings: [first: number, last: number][]
}

function signalsOf(detector: Detector, values: Float64Array): Signals {
  const drifts: number[] = []
  const warnings: [number, number][] = []
  values.forEach((value, row) => {
    const signal = detector.update(value)
    if (signal === DRIFT) drifts.push(row)
    if (signal !== WARNING) return
    const run = warnings.at(-1)
    if (run !== undefined && run[1] === row - 1) run[1] = row
    else warnings.push([row, row])
  })
  return { drifts, warnings }
}

const summary = missing ? [] : goldenTable('drift/summary.csv')
const signals = missing ? [] : goldenTable('drift/signals.csv')

describe.skipIf(missing)(`drift detectors on the streams of the reference${note}`, () => {
  it.each(Object.keys(detectors))('%s signals at the same rows, on every stream', (name) => {
    const streams = summary.filter(({ detector }) => detector === name)
    expect(streams.length).toBeGreaterThanOrEqual(10)
    for (const { stream } of streams) {
      const golden = signals.filter(
        (each) => each['stream'] === stream && each['detector'] === name,
      )
      const values = goldenStream(stream)
      const given = name === 'fhddm-error' ? values.map((bit) => 1 - bit) : values
      const found = signalsOf(detectors[name](), given)
      const runs = (kind: string): [number, number][] =>
        golden
          .filter((each) => each['kind'] === kind)
          .map(({ first, last }) => [Number(first), Number(last)])
      const drifts = runs('drift').map(([first]) => first)
      // River's flag of a warning may stand at the row of a drift too; ours says the drift.
      const warnings = runs('warning')
        .map(([first, last]) => [first, drifts.includes(last) ? last - 1 : last])
        .filter(([first, last]) => first <= last)
      expect([stream, found.drifts]).toEqual([stream, drifts])
      expect([stream, found.warnings]).toEqual([stream, warnings])
    }
  })

  it.each(['bits-abrupt', 'bits-multi', 'reals-multi', 'reals-stationary'])(
    'adwin keeps the window of the reference on %s',
    (stream) => {
      const golden = goldenColumns(`drift/adwin-trace.${stream}.csv.gz`)
      const adwin = new Adwin()
      const values = goldenStream(stream)
      let at = 0
      values.forEach((value, row) => {
        adwin.update(value)
        if (golden['row'][at] !== row) return
        expect([row, adwin.width]).toEqual([row, golden['width'][at]])
        for (const part of ['total', 'variance', 'mean'] as const) {
          const wanted = golden[part][at]
          const apart = Math.abs(adwin[part] - wanted)
          expect(apart, `${part} at row ${row}`).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(wanted)))
        }
        at++
      })
      expect(at).toBe(golden['row'].length)
    },
  )
})
