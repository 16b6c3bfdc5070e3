// A supervisor's place among those that share a pipeline: which tasks are its own, and how those of others are.
import { hostname } from 'node:os'
import type { MillraceError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import type { GroupCounts, Membership } from '../contracts/membership.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { taskId } from '../engine/task-spec.ts'
import { openMembership } from '../log/open-membership.ts'
import { asMillraceError } from './as-millrace-error.ts'
import { isGoneHere, nameHere } from './gone-here.ts'
import type { Placement } from './placement.ts'
import { readTasks, type TaskState } from './read-state.ts'

/** How often is looked how far tasks of others are. */
const LOOK_MS = 500

export interface TaskGroupOptions {
  readonly log: Log
  readonly url: string
  readonly pipeline: string
  /** Digest of the plan. */
  readonly plan: string
  readonly tasks: readonly TaskPlan[]
  readonly workers: number
  /** Its name, where it is to have one that outlives it. */
  readonly member: string | undefined
  /** Copies that others are to keep of each of its tasks that has a state. */
  readonly standbys: number
  /** Indexes of tasks that it holds copies of now. */
  readonly copies: () => readonly number[]
  readonly placement: Placement
  /** How tasks of others are, told again and again while there are any. */
  readonly others: (
    states: readonly { readonly index: number; readonly state: TaskState }[],
  ) => void
  readonly failed: (error: MillraceError) => void
}

export class TaskGroup {
  /** Its name among the supervisors. */
  readonly name: string
  readonly #options: TaskGroupOptions
  readonly #membership: Membership
  readonly #indexes: ReadonlyMap<string, number>
  #counts: GroupCounts | undefined
  /** Whether workers began without their tasks, because it was not sure that these are still its own. */
  #withheld = false
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  private constructor(options: TaskGroupOptions, membership: Membership, name: string) {
    this.name = name
    this.#options = options
    this.#membership = membership
    this.#indexes = new Map(options.tasks.map(({ spec }, index) => [taskId(spec), index]))
  }

  static async open(options: TaskGroupOptions): Promise<TaskGroup> {
    const { pipeline, plan, tasks, workers, member, standbys, copies } = options
    const self = {
      name: member ?? nameHere(process.pid),
      host: hostname(),
      pid: process.pid,
      since: Math.round(performance.timeOrigin),
      workers,
      plan,
      standbys,
    }
    const membership = await openMembership(options.url, {
      pipeline,
      self,
      fixed: member !== undefined,
      tasks: tasks.map(({ spec, kind }) => ({
        id: taskId(spec),
        stage: spec.stage,
        // What a source knows besides its position is a few counters.
        stateful: kind !== 'source',
      })),
      isGone: isGoneHere,
      copies: () => copies().map((index) => taskId(tasks[index].spec)),
    })
    return new TaskGroup(options, membership, self.name)
  }

  join(): void {
    const { placement, failed } = this.#options
    this.#membership.join({
      assigned: ({ tasks, copies, group }) => {
        this.#counts = group
        placement.assign(this.#numbers(tasks), this.#numbers(copies))
      },
      revoke: (tasks) => placement.release(this.#numbers(tasks)),
      lost: () => placement.assign([]),
      failed: (error) => failed(asMillraceError(error, 'a group must be kept')),
    })
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
  }

  /** As it was told last; undefined before, and for a log that has no groups. */
  get counts(): GroupCounts | undefined {
    return this.#counts
  }

  /** What a worker that begins is to run: nothing while it is not sure that its tasks are not others' by now. */
  tasksOf(worker: number): number[] {
    if (this.#membership.held()) return this.#options.placement.of(worker)
    this.#withheld = true
    return []
  }

  /** Another supervisor's worker opened a task. */
  fenced(task: number): void {
    const { placement, tasks } = this.#options
    placement.drop(task)
    this.#membership.giveUp([taskId(tasks[task].spec)])
  }

  /** @param back whether it may come back under its name within the session. Its tasks must have ended. */
  async leave(back: boolean): Promise<void> {
    clearInterval(this.#timer)
    await this.#membership.leave(back)
    await this.#looking
  }

  #numbers(names: readonly string[]): number[] {
    return names.flatMap((name) => this.#indexes.get(name) ?? [])
  }

  #look(): void {
    if (this.#withheld && this.#membership.held()) {
      this.#withheld = false
      this.#options.placement.tellAll()
    }
    if ((this.#counts?.members ?? 1) > 1) this.#looking ??= this.#lookAtOthers()
  }

  async #lookAtOthers(): Promise<void> {
    const { log, tasks, placement, others, failed } = this.#options
    const theirs = tasks.flatMap((_, index) =>
      placement.workerOf(index) === undefined ? [index] : [],
    )
    try {
      const states = await readTasks(
        log,
        theirs.map((index) => tasks[index]),
      )
      others(states.map((state, i) => ({ index: theirs[i], state })))
    } catch (error) {
      failed(asMillraceError(error, 'tasks of others must be readable'))
    } finally {
      this.#looking = undefined
    }
  }
}
