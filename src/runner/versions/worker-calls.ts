// Calls of models in a worker: one at a time, each announced in the worker's slot.
import { setTimeout as pause } from 'node:timers/promises'
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

/** Before a call on the way to rows that hung, other tasks have their turn: until they have been open, and made no call, for so long. */
const TURN_MS = 100
/** Tasks that have much to do would keep it waiting for ever. */
const TURNS_MOST_MS = 2000

interface Place {
  readonly task: number
  readonly model: number
}

export interface WorkerCallsOptions {
  readonly tasks: readonly TaskPlan[]
  readonly known: readonly KnownHangs[]
  /** Where the commits of the worker go. */
  readonly log: Pick<Log, 'quietly'>
  /** Whether all tasks of the worker work. */
  readonly areOpen: () => boolean
}

export class WorkerCalls implements ModelCalls {
  readonly #slot = new SlotWriter(SLOT_DESCRIPTOR)
  readonly #places = new Map<string, Place>()
  readonly #rules = new Map<string, Omit<CallRules, 'quarantined'>>()
  #quarantined: ReadonlySet<string> = new Set()
  /** Calls wait for each other: two at a time would hold each other up, and one could not tell which of them hangs. */
  #last: Promise<unknown> = Promise.resolve()
  readonly #log: Pick<Log, 'quietly'>
  readonly #areOpen: () => boolean
  /** Rows that each task is suspected of, by the task's key: offsets by partition. */
  readonly #suspects = new Map<string, Map<number, Set<number>>>()
  #wary = 0
  #made = 0

  constructor({ tasks, known, log, areOpen }: WorkerCallsOptions) {
    this.#log = log
    this.#areOpen = areOpen
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
      if (own === undefined) continue
      this.#rules.set(key, own)
      const suspects = Map.groupBy(own.suspects, ([partition]) => partition)
      this.#suspects.set(
        key,
        new Map(
          [...suspects].map(([partition, rows]) => [
            partition,
            new Set(rows.map(([, offset]) => offset)),
          ]),
        ),
      )
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

  async make<Result>(call: ModelCall, score: () => Promise<Result>): Promise<Result> {
    if (this.#isSuspect(call)) await this.#othersFirst()
    return this.#inTurn(call, score)
  }

  /** Whether it takes a row that may hang. */
  #isSuspect({ task, model, partitions, offsets }: ModelCall): boolean {
    const suspects = this.#suspects.get(keyOf(task, model))
    if (suspects === undefined || suspects.size === 0) return false
    return offsets.some((offset, row) => suspects.get(partitions[row])?.has(offset) === true)
  }

  /**
   * The process may not outlive the call, and each that it is searched for in would take the turn of all other tasks with it: they commit what they
   * can before.
   */
  async #othersFirst(): Promise<void> {
    while (!this.#areOpen()) await pause(TURN_MS)
    const until = performance.now() + TURNS_MOST_MS
    for (let made = -1; made !== this.#made && performance.now() < until;) {
      made = this.#made
      await pause(TURN_MS)
    }
  }

  #inTurn<Result>(call: ModelCall, score: () => Promise<Result>): Promise<Result> {
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
    this.#made++
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
