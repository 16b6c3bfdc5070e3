// Which worker of a supervisor runs which of its tasks, and keeps which copies. A task stays at its worker while it is the supervisor's; a new
// one goes to the worker that keeps a copy of it, else to that with the fewest of its stage, then with the fewest at all.
import type { TaskPlan } from '../engine/task-plan.ts'
import type { AssignJob } from './messages.ts'

export interface PlacementOptions {
  readonly workers: number
  readonly tasks: readonly Pick<TaskPlan, 'spec'>[]
  /** Tells a worker what it is to run; without effect where it is not there: it asks when it starts. */
  readonly tell: (worker: number, job: Omit<AssignJob, 'hangs'>) => void
  /** Tells a worker to end all its tasks; without effect where it is not there. */
  readonly finish: (worker: number, round: number) => void
}

export class Placement {
  readonly #options: PlacementOptions
  readonly #workerOf = new Map<number, number>()
  /** By task: the worker that keeps a copy of it. */
  readonly #copyAt = new Map<number, number>()
  #round = 0
  #closed = false
  /** Workers that have not said yet that what they no longer run has ended, and who waits for that. */
  readonly #waiting = new Map<number, { readonly round: number; readonly done: () => void }[]>()

  constructor(options: PlacementOptions) {
    this.#options = options
  }

  workerOf(task: number): number | undefined {
    return this.#workerOf.get(task)
  }

  /** Tasks of a worker, in their order. */
  of(worker: number): number[] {
    return at(this.#workerOf, worker)
  }

  /** Tasks that a worker keeps copies of, in their order. */
  copiesOf(worker: number): number[] {
    return at(this.#copyAt, worker)
  }

  /** These are the supervisor's tasks from now on, and those that it keeps copies of. */
  assign(tasks: readonly number[], copies: readonly number[] = []): void {
    leave(this.#workerOf, tasks)
    for (const task of tasks)
      if (!this.#workerOf.has(task))
        this.#workerOf.set(task, this.#copyAt.get(task) ?? this.#fittest(task, this.#workerOf))
    leave(this.#copyAt, copies)
    for (const task of copies)
      if (!this.#copyAt.has(task)) this.#copyAt.set(task, this.#fittest(task, this.#copyAt))
    this.tellAll()
  }

  /** Takes tasks from their workers; resolves when their commits have ended and their writers are closed. */
  async release(tasks: readonly number[]): Promise<void> {
    for (const task of tasks) this.#workerOf.delete(task)
    if (this.#closed) return
    const round = this.tellAll()
    await this.#allSettled(round)
  }

  /** Ends all tasks, for good; resolves when their commits have ended and their writers are closed. */
  async finish(): Promise<void> {
    this.#workerOf.clear()
    this.#copyAt.clear()
    const round = ++this.#round
    const { workers, finish } = this.#options
    for (let worker = 0; worker < workers; worker++) finish(worker, round)
    await this.#allSettled(round)
  }

  /** A task does not run any more at its worker. */
  drop(task: number): void {
    this.#workerOf.delete(task)
  }

  /** A worker says that all has ended that it was not to run any more in that round. */
  heardSettled(worker: number, round: number): void {
    const waiting = this.#waiting.get(worker) ?? []
    this.#waiting.set(
      worker,
      waiting.filter((each) => each.round > round),
    )
    for (const each of waiting) if (each.round <= round) each.done()
  }

  /** A worker is gone, or begins anew: nothing runs there that is not its own. */
  lost(worker: number): void {
    this.heardSettled(worker, Infinity)
  }

  /** All workers have ended, for good. */
  close(): void {
    this.#closed = true
    for (let worker = 0; worker < this.#options.workers; worker++) this.lost(worker)
  }

  /** @returns the round that was told. */
  tellAll(): number {
    const round = ++this.#round
    for (let worker = 0; worker < this.#options.workers; worker++)
      this.#options.tell(worker, {
        kind: 'assign',
        round,
        tasks: this.of(worker),
        copies: this.copiesOf(worker),
      })
    return round
  }

  async #allSettled(round: number): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#options.workers }, (_, worker) => this.#settled(worker, round)),
    )
  }

  #settled(worker: number, round: number): Promise<void> {
    return new Promise((done) => {
      const waiting = this.#waiting.get(worker) ?? []
      this.#waiting.set(worker, [...waiting, { round, done }])
    })
  }

  #fittest(task: number, among: ReadonlyMap<number, number>): number {
    const { workers, tasks } = this.#options
    const { stage } = tasks[task].spec
    let best = 0
    let least = Infinity
    for (let worker = 0; worker < workers; worker++) {
      const own = at(among, worker)
      const ofStage = own.filter((each) => tasks[each].spec.stage === stage).length
      const load = ofStage * (tasks.length + 1) + own.length
      if (load < least) [best, least] = [worker, load]
    }
    return best
  }
}

function at(places: ReadonlyMap<number, number>, worker: number): number[] {
  return [...places]
    .flatMap(([task, place]) => (place === worker ? [task] : []))
    .toSorted((a, b) => a - b)
}

function leave(places: Map<number, number>, tasks: readonly number[]): void {
  const kept = new Set(tasks)
  for (const task of places.keys()) if (!kept.has(task)) places.delete(task)
}
