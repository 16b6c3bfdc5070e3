// Detectors on the errors of a learner that learns on a stream without a change: a part of `bench/false-alarms.ts`.
import { describe, expect, it } from 'vitest'
import { DRIFT, type Detector } from '../../../src/contracts/detector.ts'
import { Adwin } from '../../../src/learning/drift/adwin.ts'
import { Ddm } from '../../../src/learning/drift/ddm.ts'
import { Eddm } from '../../../src/learning/drift/eddm.ts'
import { HddmA } from '../../../src/learning/drift/hddm-a.ts'
import { HddmW } from '../../../src/learning/drift/hddm-w.ts'
import { Kswin } from '../../../src/learning/drift/kswin.ts'
import { PageHinkley } from '../../../src/learning/drift/page-hinkley.ts'
import { agrawal } from '../../../src/learning/generators/agrawal.ts'
import { conceptDrift } from '../../../src/learning/generators/concept-drift.ts'
import { generate, type Generator } from '../../../src/learning/generators/generator.ts'
import { sea } from '../../../src/learning/generators/sea.ts'
import { GaussianNaiveBayes } from '../../../src/learning/learners/gaussian-naive-bayes.ts'

/** Errors of naive Bayes, each before its row was learnt, without the rows in which it settles. */
function errors(generator: Generator, settling: number, rows: number): Float64Array {
  const learner = new GaussianNaiveBayes({ features: generator.features.length, classes: 2 })
  const { columns, labels } = generate(generator, settling + rows)
  const out = new Float64Array(2)
  const all = labels.map((label, row) => {
    const at = { columns, from: row, to: row + 1 }
    learner.predict(at, out)
    learner.learn(at, labels)
    return (out[1] > out[0] ? 1 : 0) === label ? 0 : 1
  })
  return all.subarray(settling)
}

const alarms = (detector: Detector, bits: Float64Array): number[] =>
  Array.from(bits, (bit, row) => (detector.update(bit) === DRIFT ? row : -1)).filter(
    (row) => row >= 0,
  )

describe('on the errors of a learner', () => {
  const rows = 40_000
  const still = errors(agrawal({ concept: 2, seed: 3 }), 10_000, rows)
  const detectors: readonly [string, () => Detector][] = [
    ['adwin', () => new Adwin()],
    ['page-hinkley', () => new PageHinkley()],
    ['ddm', () => new Ddm()],
    ['eddm', () => new Eddm()],
    ['hddm-a', () => new HddmA()],
    ['hddm-w', () => new HddmW()],
    ['kswin', () => new Kswin()],
  ]

  it.each(detectors)('%s keeps its budget of false alarms without a change', (_, make) => {
    const budget = make().rowsBetweenFalseAlarms ?? 0
    // As many as a Poisson law of the budget's mean has in all but one of a thousand streams.
    const mean = rows / budget
    expect(alarms(make(), still).length).toBeLessThanOrEqual(mean + 4 * Math.sqrt(mean) + 1)
  })

  it('ADWIN tells a change of concept, and that it is for the worse', () => {
    const [from, to] = [sea({ concept: 2, seed: 1 }), sea({ concept: 3, seed: 2 })]
    const bits = errors(conceptDrift({ from, to, at: 10_000 }), 5000, 10_000)
    const adwin = new Adwin()
    const first = bits.findIndex((bit) => adwin.update(bit) === DRIFT)
    expect(first).toBeGreaterThanOrEqual(5000)
    expect(first).toBeLessThan(6500)
    expect(adwin.direction).toBe(1)
  })
})
