// The tasks a worker runs at the moment: opened when they are given to it, and ended, commits and writers included, when they are taken.
import { MillraceError } from '../base/errors.ts'
import { openTask, type OpenedTask, type PipelineParts } from '../engine/open-task.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { countsIn } from '../engine/state/counts.ts'
import { Standbys } from '../engine/standbys.ts'
import type { RestoreProgress } from '../engine/restore-progress.ts'
import type { TaskContext } from '../engine/task-context.ts'
import { taskId } from '../engine/task-spec.ts'
import type { CopyStatus, ModelStatus, RestoreStatus, TaskStatus } from './messages.ts'
import { progressFigure } from './measure.ts'
import { ModelMetrics } from './model-metrics.ts'
import { namedCounts } from './read-counts.ts'

export interface WorkerTasksOptions {
  readonly context: Omit<TaskContext, 'signal'>
  readonly tasks: readonly TaskPlan[]
  readonly parts: PipelineParts
  /** Another opened a task; undefined: that ends the worker, as any error does. */
  readonly fenced: ((task: number) => void) | undefined
  /** A task failed: the worker is done as a whole. */
  readonly failed: (error: unknown) => void
}

interface Life {
  readonly index: number
  readonly stop: AbortController
  done: Promise<void>
  task: OpenedTask | undefined
  metrics: ModelMetrics | undefined
  /** While its state is read. */
  restoring: RestoreProgress | undefined
  progress: number
  ended: boolean
  paused: string | undefined
}

export class WorkerTasks {
  readonly #options: WorkerTasksOptions
  readonly #lives = new Map<number, Life>()
  /** Those that are to end, until they have. */
  readonly #ending = new Map<number, Promise<void>>()
  readonly #standbys: Standbys
  readonly #stopping = new AbortController()

  constructor(options: WorkerTasksOptions) {
    this.#options = options
    this.#standbys = new Standbys({ ...options.context, signal: this.#stopping.signal })
    this.#standbys.run().catch(options.failed)
  }

  /** These are its tasks from now on, and those that it keeps copies of. Resolves when all other tasks have ended. */
  async assign(indexes: readonly number[], copies: readonly number[]): Promise<void> {
    const wanted = new Set(indexes)
    for (const [index, life] of this.#lives) if (!wanted.has(index)) this.#end(life)
    for (const index of wanted) if (!this.#lives.has(index)) this.#begin(index)
    // Behind those that begin: they take their copies with them.
    this.#standbys.keep(copies.map((index) => this.#options.tasks[index].spec))
    await Promise.all([...this.#ending].flatMap(([index, done]) => (wanted.has(index) ? [] : done)))
  }

  /** Ends all; what they told last stays. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const { stop } of this.#lives.values()) stop.abort()
    await Promise.all([...this.#lives.values()].map(({ done }) => done))
    await Promise.all(this.#ending.values())
  }

  /** Whether each of its tasks works. */
  get areOpen(): boolean {
    return [...this.#lives.values()].every(({ task }) => task !== undefined)
  }

  opened(index: number): OpenedTask | undefined {
    return this.#lives.get(index)?.task
  }

  status(): {
    tasks: TaskStatus[]
    models: ModelStatus[]
    copies: CopyStatus[]
    restoring: RestoreStatus[]
  } {
    const tasks: TaskStatus[] = []
    const models: ModelStatus[] = []
    const restores: RestoreStatus[] = []
    for (const life of this.#lives.values()) {
      const { index, task, metrics, restoring, progress, ended, paused } = life
      if (task === undefined) {
        if (restoring !== undefined) restores.push({ index, ...restoring })
        continue
      }
      const plan = this.#options.tasks[index]
      if (metrics !== undefined) models.push(...modelStatuses(metrics, plan))
      const counts = namedCounts(countsIn(task.memory), plan)
      tasks.push({ index, progress, ended, paused, counts, ...task.figures() })
    }
    const copies = this.#standbys.states.map(({ task, behind }) => ({
      index: this.#options.tasks.findIndex(({ spec }) => taskId(spec) === taskId(task)),
      behind,
    }))
    return { tasks, models, copies, restoring: restores }
  }

  #begin(index: number): void {
    const life: Life = {
      index,
      stop: new AbortController(),
      done: Promise.resolve(),
      task: undefined,
      metrics: undefined,
      restoring: undefined,
      progress: -Infinity,
      ended: false,
      paused: undefined,
    }
    this.#lives.set(index, life)
    life.done = this.#live(life, this.#ending.get(index)).catch((error: unknown) =>
      this.#failed(life, error),
    )
  }

  /** @param before the end of the task as it was here last: a task never runs twice. */
  async #live(life: Life, before: Promise<void> | undefined): Promise<void> {
    const plan = this.#options.tasks[life.index]
    const taken = this.#standbys.take(plan.spec)
    await before
    const { context, parts } = this.#options
    const { signal } = life.stop
    if (signal.aborted) return
    const restoring = (progress: RestoreProgress): void => {
      life.restoring = progress
    }
    const task = await openTask({ ...context, signal, copy: await taken, restoring }, plan, parts)
    if (plan.kind === 'join') life.metrics = new ModelMetrics(task.memory, plan.model.labels ?? {})
    life.task = task
    await task.run(({ progress, ended, paused }) => {
      life.progress = progress
      life.ended = ended
      life.paused = paused
    })
  }

  #end(life: Life): void {
    const { index, stop } = life
    this.#lives.delete(index)
    stop.abort()
    const done = life.done.finally(() => {
      if (this.#ending.get(index) === done) this.#ending.delete(index)
    })
    this.#ending.set(index, done)
  }

  #failed(life: Life, error: unknown): void {
    const { fenced, failed } = this.#options
    const isFenced = error instanceof MillraceError && error.code === 'ML_FENCED'
    if (!isFenced || fenced === undefined) failed(error)
    else if (this.#lives.get(life.index) === life) {
      this.#lives.delete(life.index)
      fenced(life.index)
    }
  }
}

function modelStatuses(metrics: ModelMetrics, plan: TaskPlan): ModelStatus[] {
  if (plan.kind !== 'join') return []
  return metrics.versions.map((version) => {
    const figures = metrics.figures(version)
    const model = plan.model.name
    return { model, version, count: figures.count, ...progressFigure(metrics.measure, figures) }
  })
}
