// Drifts that a run told, against what its examples say. Those of features are compared with the oracle's, as outputs are.
import { assert } from '../base/assert.ts'
import type { DriftEvent } from '../contracts/drift-event.ts'
import { versionText } from '../contracts/model-version.ts'
import { measureOf, numberOf } from '../engine/operators/judged-rows.ts'
import type { Measured } from '../engine/operators/judging.ts'
import type { ModelPlan } from '../pipeline/plan.ts'
import { driftLine, referenceDrifts, type WatchedNumber } from './oracle-drift.ts'

/** An example as it was measured for the first time. */
export interface WatchedExample extends Measured {
  readonly id: string
  readonly time: number
  readonly mergeTime: number
  /** The task that joined it, and its place among the examples of that. */
  readonly order: readonly [task: number, row: number]
}

/** Lines of `[key, time, value]`: those of features, sorted. @throws StateError ML_INTERNAL where those of examples are not what these make. */
export function checkedDrifts(
  given: readonly string[],
  models: readonly { readonly model: ModelPlan; readonly examples: readonly WatchedExample[] }[],
): string[] {
  const lines = given.map((line) => {
    const [key, time, value] = JSON.parse(line) as [string, number, string]
    return driftLine(key, time, JSON.parse(value) as DriftEvent)
  })
  const of = (quantity: string) => (line: string) => line.includes(`\\"of\\":\\"${quantity}\\"`)
  const found = [...lines.filter(of('error')), ...lines.filter(of('loss'))].toSorted()
  const expected = models.flatMap(driftsOfExamples).toSorted()
  assert(found.join('\n') === expected.join('\n'), 'drifts are those of the examples', {
    found: found.join('\n').slice(0, 500),
    expected: expected.join('\n').slice(0, 500),
  })
  return lines.filter(of('feature')).toSorted()
}

function driftsOfExamples({
  model,
  examples,
}: {
  readonly model: ModelPlan
  readonly examples: readonly WatchedExample[]
}): string[] {
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
