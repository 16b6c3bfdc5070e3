// Another runtime for a model in a test: a plain function, so that what lies around the model is tested without its file.
import { DefinitionError } from '../base/errors.ts'
import type { RuntimeSpec } from '../contracts/runtime.ts'
import { functionModel } from '../pipeline/function-model.ts'
import type { Model } from '../pipeline/model.ts'
import type { Plan } from '../pipeline/plan.ts'

/** A function in the place of a model. */
export interface Stub {
  /** The name of the model it stands for. */
  readonly model: string
  /** What scores in its place. */
  readonly runtime: RuntimeSpec
}

/**
 * A function in the place of a model's runtime: for tests of what lies around it, which then need no ONNX file.
 * @param call gets the features the model takes, under their names (say their types at the parameter); pure, as every function of a definition.
 * @example
 * stub(fraud, (seen: { amount: number }) => ({ score: seen.amount > 500 ? 0.9 : 0.1 }))
 */
export function stub<Output>(
  model: Model<string, string, string, Output>,
  call: (features: never) => NoInfer<Output>,
): Stub {
  const { name, runtime } = model['~model']
  const other = functionModel<never, typeof runtime.output>(call, { output: runtime.output })
  return { model: name, runtime: other['~runtime'].spec }
}

/** @throws DefinitionError ML_USAGE for a stub of a model that is none of the plan's. */
export function withStubs(plan: Plan, stubs: readonly Stub[]): Plan {
  const names = plan.stages.flatMap(({ models }) => models.map(({ name }) => name))
  for (const { model } of stubs) {
    if (names.includes(model)) continue
    throw new DefinitionError(
      `a stub must stand for a model of the pipeline; found one for '${model}'; it has ${names.join(', ') || 'none'}`,
      { code: 'ML_USAGE' },
    )
  }
  const runtimeOf = (name: string): RuntimeSpec | undefined =>
    stubs.find(({ model }) => model === name)?.runtime
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      models: stage.models.map((model) => ({
        ...model,
        runtime: runtimeOf(model.name) ?? model.runtime,
      })),
    })),
  }
}
