// What labels say of a model, of all tasks that join them.
import { describe, expect, it } from 'vitest'
import { StateMemory } from '../../src/engine/state/memory.ts'
import type { MeasurePlan } from '../../src/pipeline/plan.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'

const VERSION = 0xd63d_f029_9dc4
const JANUARY = Date.UTC(2026, 0, 5)
const FEBRUARY = Date.UTC(2026, 1, 5)

type Row = readonly [time: number, score: number, label: number, chance?: number]

/** What a task has measured. */
function task(measure: MeasurePlan, rows: readonly Row[]): ModelMetrics {
  const metrics = new ModelMetrics(new StateMemory(), { measure })
  for (const row of rows) metrics.of(VERSION).add(...row)
  return metrics
}

const KINDS: readonly [MeasurePlan, readonly Row[], object][] = [
  [
    { kind: 'probability' },
    [
      [JANUARY, 0.25, 0],
      [FEBRUARY, 0.5, 1],
      [FEBRUARY, 0.75, 0],
    ],
    { positives: 1, auc: 0.5 },
  ],
  [
    { kind: 'classes', classes: 3, chances: true },
    [
      [JANUARY, 2, 2, 0.5],
      [FEBRUARY, 0, 1, 0.25],
      [FEBRUARY, 1, 1, 0.5],
    ],
    { accuracy: 2 / 3, baseAccuracy: 2 / 3 },
  ],
  [
    { kind: 'numbers' },
    [
      [JANUARY, 1, 3],
      [FEBRUARY, 5, 4],
      [FEBRUARY, 0, 0],
    ],
    { mae: 1, rmse: Math.sqrt(5 / 3) },
  ],
]

describe('the metrics of a model', () => {
  it.each(KINDS)('are those of all its tasks together: %j', (measure, rows, figures) => {
    const all = new ModelMetrics(new StateMemory(), { measure })
    for (const row of rows) all.merge(task(measure, [row]))
    expect(all.figures(VERSION)).toMatchObject({ count: 3, ...figures })
    // The running base rate follows the order in which a task got its labels.
    const whole = { ...task(measure, rows).figures(VERSION), runningBaseRateLogLoss: undefined }
    expect({ ...all.figures(VERSION), runningBaseRateLogLoss: undefined }).toEqual(whole)
    expect(all.report(VERSION).months.map(({ month, metrics }) => [month, metrics.count])).toEqual([
      ['2026-01', 1],
      ['2026-02', 2],
    ])
  })

  it('of labels that are measured in another way are begun anew', () => {
    const memory = new StateMemory()
    new ModelMetrics(memory, { measure: { kind: 'probability' } }).of(VERSION).add(JANUARY, 0.5, 1)
    const numbers = new ModelMetrics(memory, { measure: { kind: 'numbers' } })
    expect(numbers.versions).toEqual([])
    numbers.of(VERSION).add(JANUARY, 0.5, 1)
    expect(numbers.figures(VERSION)).toMatchObject({ count: 1, mae: 0.5 })
  })
})
