// Calls of models in a worker: one at a time, each announced in the worker's slot.
import {
  NO_RULES,
  type CallRules,
  type ModelCall,
  type ModelCalls,
} from '../../contracts/model-calls.ts'
import type { Log } from '../../contracts/log.ts'
import { isOfStage, type TaskPlan } from '../../engine/task-plan.ts'
import { taskId } from '../../engine/task-spec.ts'
import { SlotWriter } from './call-slot.ts'
import type { KnownHangs } from './hang-ledger.ts'

/** Descriptor of the slot in a worker: after the standard three and the channel. */
export const SLOT_DESCRIPTOR = 4

/** A call of so many ms is slow: some of them in a row are as long as a cluster waits for the end of a transaction. */
const SLOW_MS = 1000
/** So many calls after a slow one are expected to be slow: more than are made again where a commit was given up because of it. */
const WARY_CALLS = 1000

interface Place {
  readonly task: number
  readonly model: number
}

export class WorkerCalls implements ModelCalls {
  readonly #slot = new SlotWriter(SLOT_DESCRIPTOR)
  readonly #places = new Map<string, Place>()
  readonly #rules = new Map<string, Omit<CallRules, 'quarantined'>>()
  #quarantined: ReadonlySet<string> = new Set()
  /** Calls wait for each other: two at a time would hold each other up, and one could not tell which of them hangs. */
  #last: Promise<unknown> = Promise.resolve()
  readonly #log: Pick<Log, 'quietly'>
  #wary = 0

  /** @param log where the commits of the worker go. */
  constructor(tasks: readonly TaskPlan[], known: readonly KnownHangs[], log: Pick<Log, 'quietly'>) {
    this.#log = log
    tasks.forEach((plan, task) => {
      if (!isOfStage(plan)) return
      plan.stage.models.forEach(({ name }, model) =>
        this.#places.set(keyOf(taskId(plan.spec), name), { task, model }),
      )
    })
    this.know(known)
  }

  /** What hung in tasks, from the next batch on. */
  know(known: readonly KnownHangs[]): void {
    for (const [key, { task, model }] of this.#places) {
      const own = known.find((each) => each.task === task && each.model === model)
      if (own !== undefined) this.#rules.set(key, own)
    }
  }

  /** Names of the models that are not called from the next batch on. */
  quarantine(models: readonly string[]): void {
    this.#quarantined = new Set(models)
  }

  rules(task: string, model: string): CallRules {
    const known = this.#rules.get(keyOf(task, model)) ?? NO_RULES
    return { ...known, quarantined: this.#quarantined.has(model) }
  }

  make<Result>(call: ModelCall, score: () => Promise<Result>): Promise<Result> {
    const made = this.#last.then(() =>
      this.#wary > 0 && this.#log.quietly !== undefined
        ? this.#log.quietly(() => this.#make(call, score))
        : this.#make(call, score),
    )
    this.#last = made.catch(noted)
    return made
  }

  async #make<Result>(
    { task, model, commit, partitions, offsets }: ModelCall,
    score: () => Promise<Result>,
  ): Promise<Result> {
    const place = this.#places.get(keyOf(task, model))
    if (place === undefined) throw new RangeError(`task ${task} has no model '${model}'`)
    this.#slot.begin({ ...place, commit, partitions, offsets })
    const began = performance.now()
    try {
      return await score()
    } finally {
      this.#slot.end()
      this.#wary = performance.now() - began > SLOW_MS ? WARY_CALLS : Math.max(0, this.#wary - 1)
    }
  }
}

function keyOf(task: string, model: string): string {
  return `${task} ${model}`
}

function noted(): void {
  // The same rejection reaches whoever made the call.
}
