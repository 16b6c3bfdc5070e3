// The models of a plan, loaded from their bytes.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ModelError } from '../base/errors.ts'
import type { FeatureInfo, LoadedModel, Runtime } from '../contracts/runtime.ts'
import { featureFields } from '../engine/row-fields.ts'
import { functionRuntime } from '../models/function/function-runtime.ts'
import { onnxRuntime } from '../models/onnx/onnx-runtime.ts'
import type { ModelPlan, Plan } from '../pipeline/plan.ts'
import type { EventSchema } from '../schema/event-schema.ts'

const RUNTIMES: readonly Runtime[] = [onnxRuntime(), functionRuntime()]

/** Loads every model of the plan, by name. */
export async function loadModels(
  plan: Plan,
  schemas: ReadonlyMap<string, EventSchema>,
  folder: string,
): Promise<ReadonlyMap<string, LoadedModel>> {
  const fields = plan.stages.flatMap((stage) => featureFields(stage, plan.streams, schemas))
  const loaded = new Map<string, LoadedModel>()
  for (const model of plan.stages.flatMap(({ models }) => models)) {
    const features = model.features.map((name): FeatureInfo => {
      const field = fields.find((each) => each.name === name)
      if (field === undefined)
        throw new ModelError(
          'ML_MODEL',
          `model '${model.name}' takes the feature '${name}', which no stage gives`,
        )
      return field
    })
    loaded.set(model.name, await loadOne(model, features, folder))
  }
  return loaded
}

async function loadOne(
  model: ModelPlan,
  features: readonly FeatureInfo[],
  folder: string,
): Promise<LoadedModel> {
  const { runtime: spec } = model
  const runtime = RUNTIMES.find(({ kind }) => kind === spec.kind)
  if (runtime === undefined)
    throw new ModelError(
      'ML_MODEL',
      `model '${model.name}' needs a runtime of kind '${spec.kind}'; found ${RUNTIMES.map(({ kind }) => kind).join(', ')}`,
    )
  const bytes =
    spec.path === undefined
      ? new Uint8Array(0)
      : await modelBytes(model.name, resolve(folder, spec.path))
  return runtime.load(bytes, features, spec)
}

async function modelBytes(name: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new ModelError(
      'ML_MODEL',
      `the file of model '${name}' must be readable; found none at ${path}; give its path relative to the definition's file`,
      { cause },
    )
  }
}
