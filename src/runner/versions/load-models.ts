// The models of a plan, loaded from their bytes, wherever those come from.
import { open } from 'node:fs/promises'
import { constants } from 'node:fs'
import { resolve } from 'node:path'
import { ModelError } from '../../base/errors.ts'
import type { FeatureInfo, LoadedModel, Runtime } from '../../contracts/runtime.ts'
import { redactedFeatures } from '../../engine/redacted-features.ts'
import { featureFields } from '../../engine/row-fields.ts'
import { functionRuntime } from '../../models/function/function-runtime.ts'
import { banditRuntime } from '../../models/learner/bandit-runtime.ts'
import { learnerRuntime } from '../../models/learner/learner-runtime.ts'
import { modelBytesMax } from '../../models/onnx/options.ts'
import type { ModelPlan, Plan } from '../../pipeline/plan.ts'
import type { Definition } from '../load-definition.ts'

/** By kind. What reads ONNX graphs is a tenth of a worker's start: it is loaded where there is one. */
const RUNTIMES: Readonly<Record<string, (() => Promise<Runtime>) | undefined>> = {
  onnx: async () => (await import('../../models/onnx/onnx-runtime.ts')).onnxRuntime(),
  function: async () => functionRuntime(),
  learner: async () => learnerRuntime(),
  bandit: async () => banditRuntime(),
}

/** Models of a plan. */
export function modelsOf(plan: Plan): ModelPlan[] {
  return plan.stages.flatMap(({ models }) => models)
}

/** The bytes that stand for a model's version, as the definition has them: its file, the text of its function, the options of its learner. */
export async function localBytes(
  { name, runtime }: ModelPlan,
  folder: string,
): Promise<Uint8Array> {
  if (runtime.learner !== undefined)
    return new TextEncoder().encode(JSON.stringify(runtime.options))
  if (runtime.path === undefined) return new TextEncoder().encode(String(runtime.call))
  const path = resolve(folder, runtime.path)
  try {
    return await boundedFile(path, modelBytesMax(runtime.options ?? {}))
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    throw new ModelError(
      'ML_MODEL',
      `the file of model '${name}' must be readable; found none at ${path}; give its path relative to the definition's file; before there is a model, \`millrace dataset FILE --as ideal\` makes a set to train it on`,
      { cause },
    )
  }
}

/** What is no file may never end, and what is too large would take the memory before it could be refused. */
async function boundedFile(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (!found.isFile())
      throw new ModelError(
        'ML_MODEL',
        `a model must be a regular file; found something else at ${path}`,
      )
    if (found.size > most) {
      throw new ModelError(
        'ML_MODEL',
        `a model must have at most ${most} bytes; found ${found.size} at ${path}; set onnx(file, { maxBytes }) if you trust it`,
      )
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Bytes of models, by name. */
export type ModelBytes = ReadonlyMap<string, Uint8Array>

/** The bytes of all models of a definition, as they are on this machine now. */
export async function localVersions({
  plan,
  folder,
}: Pick<Definition, 'plan' | 'folder'>): Promise<ModelBytes> {
  const versions = new Map<string, Uint8Array>()
  for (const model of modelsOf(plan)) versions.set(model.name, await localBytes(model, folder))
  return versions
}

/** Loads every model of the plan, by name. */
export async function loadModels(
  { plan, schemas }: Pick<Definition, 'plan' | 'schemas'>,
  versions: ModelBytes,
): Promise<ReadonlyMap<string, LoadedModel>> {
  const fields = plan.stages.flatMap((stage) => featureFields(stage, schemas))
  const loaded = new Map<string, LoadedModel>()
  for (const model of modelsOf(plan)) {
    checkLegible(model, plan)
    const features = model.features.map((name): FeatureInfo => {
      const field = fields.find((each) => each.name === name)
      if (field === undefined)
        throw new ModelError(
          'ML_MODEL',
          `model '${model.name}' takes the feature '${name}', which no stage gives`,
        )
      return field
    })
    loaded.set(model.name, await loadOne(model, features, bytesOf(versions, model.name)))
  }
  return loaded
}

/** Receipts do not have the values of redacted features, and examples have theirs from there. */
function checkLegible({ name, learning }: ModelPlan, plan: Plan): void {
  const redacted = redactedFeatures(plan)
  const hidden = learning?.features.find((each) => redacted.has(each))
  if (hidden === undefined) return
  throw new ModelError(
    'ML_MODEL',
    `model '${name}' must learn from features whose values receipts may have; found '${hidden}', which its stream redacts; name others in inputs`,
  )
}

async function loadOne(
  model: ModelPlan,
  features: readonly FeatureInfo[],
  bytes: Uint8Array,
): Promise<LoadedModel> {
  const { runtime: spec } = model
  const runtime = RUNTIMES[spec.kind]
  if (runtime === undefined)
    throw new ModelError(
      'ML_MODEL',
      `model '${model.name}' needs a runtime of kind '${spec.kind}'; found ${Object.keys(RUNTIMES).join(', ')}`,
    )
  return (await runtime()).load(bytes, features, spec)
}

function bytesOf(versions: ModelBytes, model: string): Uint8Array {
  const bytes = versions.get(model)
  if (bytes === undefined) throw new RangeError(`no bytes of model '${model}'`)
  return bytes
}
