// Warm copies of tasks that run elsewhere: each follows the commits of its task, so that whoever takes the task over reads the tail alone.
// A copy reads what is durable and nothing else, so it is never ahead of it; it has no writer, so it never writes.
import { valueBytes } from '../base/records.ts'
import type { ReadResult } from '../contracts/log.ts'
import { isGone, readState, type StateReading } from './recovery.ts'
import type { TaskContext } from './task-context.ts'
import { taskId, type TaskSpec } from './task-spec.ts'
import { commitsTopic } from './task-names.ts'

/** Commits are followed together, not one by one: a copy is behind by so much, ms, and whoever takes it reads the rest. */
const FOLLOW_MS = 50
const MAX_BYTES = 4 << 20

/** How a copy is. */
export interface CopyState {
  readonly task: TaskSpec
  /** Number of the last commit in it; 0: none. */
  readonly commit: number
  /** Offsets of the commit topic between it and the end, when it read last; undefined before it was read for the first time. */
  readonly behind: number | undefined
}

interface Copy {
  readonly task: TaskSpec
  /** undefined before it was read for the first time. */
  reading: StateReading | undefined
  behind: number
  /** What changes it and takes time; it never rejects. */
  underWay: Promise<unknown> | undefined
}

export class Standbys {
  readonly #context: Pick<TaskContext, 'log' | 'clock' | 'signal'>
  readonly #copies = new Map<string, Copy>()
  #wake = new AbortController()

  constructor(context: Pick<TaskContext, 'log' | 'clock' | 'signal'>) {
    this.#context = context
    context.signal.addEventListener('abort', () => this.#wake.abort(), { once: true })
  }

  /** Copies of these tasks are kept from now on, and no others. */
  keep(tasks: readonly TaskSpec[]): void {
    const wanted = new Set(tasks.map(taskId))
    for (const id of this.#copies.keys()) if (!wanted.has(id)) this.#copies.delete(id)
    for (const task of tasks)
      if (!this.#copies.has(taskId(task)))
        this.#copies.set(taskId(task), {
          task,
          reading: undefined,
          behind: 0,
          underWay: undefined,
        })
    this.#wake.abort()
  }

  /** Gives a copy to whoever takes the task over; undefined where there is none. Nothing follows it any more. */
  async take(task: TaskSpec): Promise<StateReading | undefined> {
    const copy = this.#copies.get(taskId(task))
    if (copy === undefined) return undefined
    this.#copies.delete(taskId(task))
    this.#wake.abort()
    await copy.underWay
    return copy.reading
  }

  get states(): CopyState[] {
    return [...this.#copies.values()].map(({ task, reading, behind }) => ({
      task,
      commit: reading?.commit ?? 0,
      behind: reading && behind,
    }))
  }

  /** Follows, until the signal ends it. */
  async run(): Promise<void> {
    const { clock, signal } = this.#context
    while (!signal.aborted) {
      const wake = new AbortController()
      this.#wake = wake
      const copies = [...this.#copies.values()]
      if (copies.length === 0) await aborted(wake.signal)
      else if (await this.#followed(copies, wake.signal)) await clock.sleep(FOLLOW_MS, wake.signal)
    }
  }

  /** @returns whether it is to be waited for more. */
  async #followed(copies: readonly Copy[], signal: AbortSignal): Promise<boolean> {
    const { log } = this.#context
    for (const copy of copies)
      if (copy.reading === undefined && this.#isKept(copy)) await this.#begin(copy)
    const read = copies.flatMap((copy) =>
      copy.reading === undefined || !this.#isKept(copy) ? [] : { copy, reading: copy.reading },
    )
    if (signal.aborted || read.length === 0) return false
    try {
      const result = await log.read(
        read.map(({ copy: { task }, reading }) => ({
          topic: commitsTopic(task.pipeline, task.stage),
          partition: task.number,
          offset: reading.next,
        })),
        { maxBytes: MAX_BYTES, maxWaitMs: Infinity, signal },
      )
      for (let i = 0; i < read.length; i++) await this.#apply(read[i], result, i)
    } catch (error) {
      if (!isGone(error)) throw error
      await this.#anew(copies)
    }
    return true
  }

  /** Who took it may have read further by then. */
  #isKept(copy: Copy): boolean {
    return this.#copies.get(taskId(copy.task)) === copy
  }

  async #begin(copy: Copy): Promise<void> {
    const begun = readState(this.#context.log, copy.task)
    copy.underWay = begun.then(
      (reading) => (copy.reading = reading),
      () => undefined,
    )
    await begun
    await copy.underWay
  }

  async #apply(
    { copy, reading }: { copy: Copy; reading: StateReading },
    { runs, next }: ReadResult,
    at: number,
  ): Promise<void> {
    if (!this.#isKept(copy)) return
    const topic = commitsTopic(copy.task.pipeline, copy.task.stage)
    for (const { topic: of, partition, offsets, records } of runs) {
      if (of !== topic || partition !== copy.task.number) continue
      for (let i = 0; i < records.count; i++) {
        if (offsets[i] < reading.next || reading.offer(offsets[i], valueBytes(records, i))) continue
        const seeding = reading.seed(this.#context.log)
        copy.underWay = seeding.catch(() => undefined)
        await seeding
        return
      }
    }
    reading.next = Math.max(reading.next, next[at].offset)
    copy.behind = next[at].end - reading.next
    await reading.forget(this.#context.log)
  }

  /** Owners let go of what copies had not read yet: they begin again with the snapshot that stands for it. */
  async #anew(copies: readonly Copy[]): Promise<void> {
    for (const copy of copies) {
      const { task, reading } = copy
      const info = await this.#context.log.topic(commitsTopic(task.pipeline, task.stage))
      if (reading !== undefined && reading.next < (info?.parts[task.number].start ?? 0))
        copy.reading = undefined
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}
