// The tasks a worker runs at the moment: opened when they are given to it, and ended, commits and writers included, when they are taken.
import { MillraceError } from '../base/errors.ts'
import { openTask, type OpenedTask, type PipelineParts } from '../engine/open-task.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { countsIn } from '../engine/state/counts.ts'
import type { TaskContext } from '../engine/task-context.ts'
import type { ModelStatus, TaskStatus } from './messages.ts'
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
  progress: number
  ended: boolean
  paused: string | undefined
}

export class WorkerTasks {
  readonly #options: WorkerTasksOptions
  readonly #lives = new Map<number, Life>()
  /** Those that are to end, until they have. */
  readonly #ending = new Map<number, Promise<void>>()

  constructor(options: WorkerTasksOptions) {
    this.#options = options
  }

  /** These are its tasks from now on. Resolves when all others have ended. */
  async assign(indexes: readonly number[]): Promise<void> {
    const wanted = new Set(indexes)
    for (const [index, life] of this.#lives) if (!wanted.has(index)) this.#end(life)
    for (const index of wanted) if (!this.#lives.has(index)) this.#begin(index)
    await Promise.all([...this.#ending].flatMap(([index, done]) => (wanted.has(index) ? [] : done)))
  }

  /** Ends all; what they told last stays. */
  async stop(): Promise<void> {
    for (const { stop } of this.#lives.values()) stop.abort()
    await Promise.all([...this.#lives.values()].map(({ done }) => done))
    await Promise.all(this.#ending.values())
  }

  opened(index: number): OpenedTask | undefined {
    return this.#lives.get(index)?.task
  }

  status(): { tasks: TaskStatus[]; models: ModelStatus[] } {
    const tasks: TaskStatus[] = []
    const models: ModelStatus[] = []
    for (const { index, task, metrics, progress, ended, paused } of this.#lives.values()) {
      if (task === undefined) continue
      const plan = this.#options.tasks[index]
      if (metrics !== undefined) models.push(...modelStatuses(metrics, plan))
      const counts = namedCounts(countsIn(task.memory), plan)
      tasks.push({ index, progress, ended, paused, counts, ...task.figures() })
    }
    return { tasks, models }
  }

  #begin(index: number): void {
    const life: Life = {
      index,
      stop: new AbortController(),
      done: Promise.resolve(),
      task: undefined,
      metrics: undefined,
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
    await before
    const { context, tasks, parts } = this.#options
    const { signal } = life.stop
    if (signal.aborted) return
    const plan = tasks[life.index]
    const task = await openTask({ ...context, signal }, plan, parts)
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
