// What a worker loads before it has a job: its definition, its models as this machine has them, a way to a cluster. A job takes of it what is still as it was;
// what fails here fails again with the job, and is told then.
import type { LoadedModel } from '../contracts/runtime.ts'
import type { Log } from '../contracts/log.ts'
import { reachLog, type ReachedLog } from '../log/reach-log.ts'
import { installGuard } from '../schema/guard.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import type { PrepareJob, WorkerJob } from './messages.ts'
import { readArtefact } from './versions/artefacts.ts'
import { loadModels, localVersions, type ModelBytes } from './versions/load-models.ts'

type Models = ReadonlyMap<string, LoadedModel>

export class WorkerPreparation {
  readonly #reach: string | undefined
  readonly #reached: Promise<ReachedLog | undefined>
  readonly #models: Promise<Models | undefined>

  /** @param job undefined where there is nothing that could be prepared. */
  constructor(job: PrepareJob | undefined) {
    this.#reach = job?.reach
    this.#reached = orNothing(this.#reach === undefined ? undefined : reachLog(this.#reach))
    this.#models = orNothing(job === undefined ? undefined : localModels(job.file))
  }

  /** A definition is loaded by one at a time. */
  async settled(): Promise<void> {
    await this.#models
  }

  /** The way to the log of a job. */
  async log({ reach }: WorkerJob): Promise<ReachedLog> {
    const reached = await this.#reached
    if (reached !== undefined && reach === this.#reach) return reached
    await reached?.log.close()
    return reachLog(reach)
  }

  /** The models of a job: a file of this machine may be another one by now, and counts for nothing where it is not the version that the log has. */
  async models(log: Log, { models }: WorkerJob, definition: Definition): Promise<Models> {
    const local = await this.#models
    if (
      local !== undefined &&
      models.every(([name, { digest }]) => local.get(name)?.digest === digest)
    )
      return local
    for (const model of local?.values() ?? []) await model.close()
    const versions = new Map<string, Uint8Array>()
    for (const [model, place] of models) versions.set(model, await readArtefact(log, place))
    return loadModels(definition, versions satisfies ModelBytes)
  }
}

async function localModels(file: string): Promise<Models> {
  installGuard()
  const definition = await loadDefinition(file)
  return loadModels(definition, await localVersions(definition))
}

async function orNothing<Result>(made: Promise<Result> | undefined): Promise<Result | undefined> {
  try {
    return await made
  } catch {
    return undefined
  }
}
