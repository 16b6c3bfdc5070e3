// Drifts that a run told, against what its examples and receipts say. Those of features are compared with the oracle's, as outputs are.
import { assert } from '../base/assert.ts'
import type { DriftEvent } from '../contracts/drift-event.ts'
import { FALLBACK_VERSION, versionText } from '../contracts/model-version.ts'
import { sourceOf } from '../engine/exchange/source-number.ts'
import { measureOf, numberOf } from '../engine/operators/judged-rows.ts'
import type { Measured } from '../engine/operators/judging.ts'
import type { ModelPlan, StreamPlan } from '../pipeline/plan.ts'
import { driftLine } from './drift-line.ts'
import { numberFrom, referenceDrifts, type WatchedNumber } from './oracle-drift.ts'
import { referenceWindowDrifts } from './oracle-window-drift.ts'

/** An example as it was measured for the first time. */
export interface WatchedExample extends Measured {
  readonly id: string
  readonly time: number
  readonly mergeTime: number
  /** The task that joined it, and its place among the examples of that. */
  readonly order: readonly [task: number, row: number]
}

/** A row that was predicted, as its receipt says it. */
export interface ScoredRow {
  readonly mergeTime: number
  readonly order: readonly [source: number, offset: number]
  readonly time: number
  /** NaN where nothing was predicted. */
  readonly version: number
  /** `output NAME` and `feature NAME`. */
  readonly values: ReadonlyMap<string, unknown>
}

interface Watched {
  readonly model: ModelPlan
  readonly examples: readonly WatchedExample[]
  readonly rows: readonly ScoredRow[]
  /** Origins of the stream that is predicted. */
  readonly sources: readonly StreamPlan[]
}

/**
 * Lines of `[key, time, value]`: those of features whoever predicts, sorted.
 * @throws StateError ML_INTERNAL where those of versions are not what examples and receipts make.
 */
export function checkedDrifts(given: readonly string[], models: readonly Watched[]): string[] {
  const lines = given.map((line) => {
    const [key, time, value] = JSON.parse(line) as [string, number, string]
    const event = JSON.parse(value) as DriftEvent
    return { line: driftLine(key, time, event), ofVersion: event.version !== undefined }
  })
  const linesOf = (versions: boolean): string[] =>
    lines.flatMap(({ line, ofVersion }) => (ofVersion === versions ? line : [])).toSorted()
  const found = linesOf(true)
  const expected = models
    .flatMap((of) => [...driftsOfExamples(of), ...driftsOfPredictions(of), ...driftsOfWindows(of)])
    .toSorted()
  assert(found.join('\n') === expected.join('\n'), 'drifts are those of examples and receipts', {
    found: found.join('\n').slice(0, 500),
    expected: expected.join('\n').slice(0, 500),
  })
  return linesOf(false)
}

function driftsOfExamples({ model, examples }: Watched): string[] {
  const measure = measureOf(model.labels)
  const versions = Map.groupBy(examples, ({ version }) => version)
  return (model.drift ?? []).flatMap((plan) =>
    plan.of === 'feature' || plan.of === 'prediction'
      ? []
      : [...versions].flatMap(([version, own]) => {
          const numbers = own.map(({ id, time, mergeTime, order, ...measured }): WatchedNumber => ({
            mergeTime,
            order,
            time,
            value: numberOf(plan.of, measure, measured),
            place: { id },
          }))
          return referenceDrifts(
            { model: model.name, version: versionText(version) },
            plan,
            numbers,
          )
        }),
  )
}

function driftsOfPredictions({ model, rows, sources }: Watched): string[] {
  return (model.drift ?? []).flatMap((plan) =>
    plan.of !== 'prediction'
      ? []
      : [...versionsOf(rows)].flatMap(([version, own]) =>
          referenceDrifts(
            { model: model.name, version: versionText(version) },
            plan,
            own.map(({ mergeTime, order, time, values }): WatchedNumber => {
              const { stream, partition } = sourceOf(order[0], sources)
              const source = { topic: stream.topic, partition, offset: order[1] }
              const value = numberFrom(values.get(`output ${plan.output}`))
              return { mergeTime, order, time, value, place: { source } }
            }),
          ),
        ),
  )
}

function driftsOfWindows({ model, rows }: Watched): string[] {
  return (model.windowDrift ?? []).flatMap((plan) =>
    plan.numbers.every(({ of }) => of === 'feature')
      ? []
      : [...versionsOf(rows)].flatMap(([version, own]) =>
          referenceWindowDrifts(
            { model: model.name, version: versionText(version) },
            plan,
            own.map(({ mergeTime, order, values }) => ({
              mergeTime,
              order,
              values: plan.numbers.map(({ feature, output }) =>
                numberFrom(
                  values.get(feature === undefined ? `output ${output}` : `feature ${feature}`),
                ),
              ),
            })),
          ),
        ),
  )
}

/** What the fallback said is of no version. */
function versionsOf(rows: readonly ScoredRow[]): Map<number, ScoredRow[]> {
  return Map.groupBy(
    rows.filter(({ version }) => version !== FALLBACK_VERSION),
    ({ version }) => version,
  )
}
