// A definition beside its log, for the commands that read: nothing is run, nothing is written.
import { DefinitionError, ModelError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import { UNWATCHED } from '../contracts/model-calls.ts'
import type { PipelineParts } from '../engine/open-task.ts'
import type { PipelineTasks } from '../engine/pipeline-tasks.ts'
import { scaleOf, type Scale } from '../engine/scale.ts'
import type { ModelPlan } from '../pipeline/plan.ts'
import { installGuard } from '../schema/guard.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import { artefactPlaces, digestOf, readArtefact } from './versions/artefacts.ts'
import { lastRun, layoutsOf, type LayoutEvent, type ModelVersion } from './control.ts'
import { loadModels, localBytes, modelsOf } from './versions/load-models.ts'
import { ModelMetrics } from './model-metrics.ts'
import { redactKeyOf } from './redact-key.ts'
import { sized } from './sized.ts'
import { withLog } from './with-log.ts'

export interface PipelinePlace {
  /** The definition's file. */
  readonly file: string
  /** Where the log lives. */
  readonly log: string
}

export interface OpenedPipeline extends Scale {
  readonly definition: Definition
  readonly log: Log
  /** Where it lives. */
  readonly url: string
  /** Whether another process owns the log. */
  readonly inUse: boolean
  readonly tasks: PipelineTasks
  /** Those the pipeline had on this log, oldest first; at least one. */
  readonly layouts: readonly LayoutEvent[]
  readonly sources: ReadonlyMap<string, number>
}

/** Opens both, calls `use`, and closes the log; again where the process that owned it ended meanwhile. @throws DefinitionError when the pipeline has never run on this log. */
export async function withPipeline<Result>(
  place: PipelinePlace,
  use: (opened: OpenedPipeline) => Promise<Result>,
): Promise<Result> {
  const definition = await loadDefinition(place.file)
  const { plan } = definition
  return withLog(place.log, { mustExist: true }, async ({ log, owned }) => {
    const layouts = await layoutsOf(log, plan.pipeline)
    const last = layouts.at(-1)
    if (last === undefined) {
      throw new DefinitionError(
        `pipeline '${plan.pipeline}' must have run on this log; found no run of it in ${place.log}; run it first: millrace run ${place.file} --log ${place.log}`,
        { code: 'ML_USAGE' },
      )
    }
    const scale = scaleOf(last.shape)
    const { tasks, topics, sources } = await sized(log, definition, scale)
    return use({
      definition,
      log,
      url: place.log,
      inUse: !owned,
      tasks: { tasks, topics },
      layouts,
      ...scale,
      sources,
    })
  })
}

/**
 * What tasks need to be run again: the models are loaded, in the versions of the last run.
 * @param wanted the version of one of them instead.
 */
export async function partsOf(
  { definition, log, sources }: OpenedPipeline,
  wanted?: ModelVersion,
): Promise<PipelineParts> {
  const { plan, schemas } = definition
  const places = await artefactPlaces(log)
  const digests = (await lastRun(log, plan.pipeline))?.models ?? {}
  const bytesOf = async (model: ModelPlan): Promise<Uint8Array> => {
    // A function comes with the definition; what its text is worth, the receipt's digest says.
    if (model.runtime.path === undefined) return localBytes(model, definition.folder)
    const digest = model.name === wanted?.model ? wanted.digest : digests[model.name]
    const place = places.get(digest)
    if (place !== undefined) return readArtefact(log, place)
    const bytes = await localBytes(model, definition.folder)
    if (digestOf(bytes) === digest) return bytes
    throw new ModelError(
      'ML_MODEL',
      `version ${digest.slice(0, 16)} of model '${model.name}' must be in the log; found none, and other bytes in its file; put the file of that version in its place`,
    )
  }
  const versions = new Map<string, Uint8Array>()
  for (const model of modelsOf(plan)) versions.set(model.name, await bytesOf(model))
  return {
    plan,
    schemas,
    sources,
    models: await loadModels(definition, versions),
    calls: UNWATCHED,
    guard: installGuard(),
    redactKey: await redactKeyOf(log),
    metrics: (memory, labels) => new ModelMetrics(memory, labels),
  }
}
