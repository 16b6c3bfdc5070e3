// A pipeline over given inputs: without faults it must come to what the oracle says, and under the faults of each seed to the same.
import { planOf } from '../../src/pipeline/compile-plan.ts'
import type { Pipeline } from '../../src/pipeline/flow.ts'
import { definitionOf } from '../../src/runner/load-definition.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import { loadModels, localVersions } from '../../src/runner/versions/load-models.ts'
import { calmRun, stormRun } from '../../src/testing/calm-and-storm.ts'
import type { Inputs } from '../../src/testing/inputs.ts'
import { referenceRun } from '../../src/testing/oracle.ts'
import { difference, type Outcome } from '../../src/testing/outcome.ts'

/** @throws RangeError or StateError with the first difference. */
export async function againstOracle(
  pipeline: Pipeline,
  inputs: Inputs,
  of: { readonly partitions: number; readonly seeds: readonly number[] },
): Promise<Outcome> {
  const { plan, schemas } = definitionOf(planOf(pipeline))
  const { partitions, seeds } = of
  const subject = {
    plan,
    schemas,
    models: await loadModels({ plan, schemas }, await localVersions({ plan, folder: '.' })),
    metrics: (...own: ConstructorParameters<typeof ModelMetrics>) => new ModelMetrics(...own),
    inputs,
    partitions,
  }
  const calm = await calmRun(subject, 1)
  const { states: _, ...outcome } = calm.observed
  const found = difference(referenceRun(plan, inputs, { partitions }), outcome)
  if (found !== undefined) throw new RangeError(`the engine is not as the oracle says: ${found}`)
  for (const seed of seeds) await stormRun(subject, calm, { seed })
  return outcome
}
