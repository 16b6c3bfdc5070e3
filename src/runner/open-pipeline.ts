// A definition beside its log, for the commands that read: nothing is run, nothing is written.
import { DefinitionError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import type { PipelineParts } from '../engine/open-task.ts'
import { tasksOf, type PipelineTasks } from '../engine/pipeline-tasks.ts'
import { commitsTopic } from '../engine/task-names.ts'
import { openLog } from '../log/server/open-log.ts'
import { installGuard } from '../schema/guard.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import { loadModels } from './load-models.ts'
import { ModelMetrics } from './model-metrics.ts'

export interface PipelinePlace {
  /** The definition's file. */
  readonly file: string
  /** Where the log lives. */
  readonly log: string
}

export interface OpenedPipeline {
  readonly definition: Definition
  readonly log: Log
  readonly tasks: PipelineTasks
  readonly partitions: number
  readonly sources: ReadonlyMap<string, number>
}

/** Opens both, calls `use`, and closes the log. @throws DefinitionError when the pipeline has never run on this log. */
export async function withPipeline<Result>(
  place: PipelinePlace,
  use: (opened: OpenedPipeline) => Promise<Result>,
): Promise<Result> {
  const definition = await loadDefinition(place.file)
  const { plan, schemas } = definition
  const { log } = await openLog(place.log, { mustExist: true })
  try {
    const commits = await log.topic(commitsTopic(plan.pipeline, plan.stages[0].name))
    if (commits === undefined) {
      throw new DefinitionError(
        `pipeline '${plan.pipeline}' must have run on this log; found none of its topics in ${place.log}; run it first: millrace run ${place.file} --log ${place.log}`,
        { code: 'ML_USAGE' },
      )
    }
    const { partitions } = commits
    const sources = new Map<string, number>()
    for (const { name, topic } of plan.streams)
      sources.set(name, (await log.topic(topic))?.partitions ?? partitions)
    return await use({
      definition,
      log,
      tasks: tasksOf(plan, schemas, { partitions, sources }),
      partitions,
      sources,
    })
  } finally {
    await log.close()
  }
}

/** What tasks need to be run again: the models are loaded. */
export async function partsOf({ definition, sources }: OpenedPipeline): Promise<PipelineParts> {
  const { plan, schemas, folder } = definition
  return {
    plan,
    schemas,
    sources,
    models: await loadModels(plan, schemas, folder),
    guard: installGuard(),
    metrics: (memory) => new ModelMetrics(memory),
  }
}
