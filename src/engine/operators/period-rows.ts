// `every`: rows of the periods of a set, given when their boundary is passed. What a row says is what the set then holds of its key as
// of the end of its period.
import { RecordsBuilder } from '../../base/records.ts'
import type { Append } from '../../contracts/log.ts'
import type { EveryPlan, SetUse } from '../../pipeline/plan.ts'
import { attempt } from '../../schema/evaluate.ts'
import type { Guard } from '../../schema/guard.ts'
import type { StateMemory } from '../state/memory.ts'
import { Periods, type PeriodEntry } from '../state/periods.ts'
import type { KeyedRows } from '../state/set-batch.ts'
import type { SetState } from '../state/set-state.ts'

/** What the function of `every` sees. */
interface PeriodRow {
  readonly key: string
  readonly features: Readonly<Record<string, unknown>>
  /** The period (from, to], ms since 1970. */
  readonly from: number
  readonly to: number
  readonly revision: number
}

/** A row that its function failed on. */
export interface FailedPeriod {
  readonly stream: string
  readonly topic: string
  readonly key: Uint8Array
  readonly row: PeriodRow
  readonly reason: string
}

export interface PeriodRowsOptions {
  readonly every: EveryPlan
  readonly use: SetUse
  readonly state: SetState
  /** The greatest lateness of the streams that update the set, ms. */
  readonly slackMs: number
  readonly guard: Guard
  /** The task's number: task i writes partition i. */
  readonly partition: number
  /** Rows that came due before this event time, ms, were written under a plan before: -Infinity for none. */
  readonly toldMs: number
}

export class PeriodRows {
  readonly #options: PeriodRowsOptions
  readonly #periods: Periods
  readonly #records = new RecordsBuilder()
  readonly failed: FailedPeriod[] = []

  constructor(memory: StateMemory, options: PeriodRowsOptions) {
    const { every, slackMs } = options
    this.#options = options
    this.#periods = new Periods(memory, `every/${every.topic}`, {
      periodMs: every.periodMs,
      slackMs,
    })
  }

  /** Event time at which rows come due, ms: passed when time is greater. Infinity when none wait. */
  get boundary(): number {
    return this.#periods.boundary
  }

  /** Rows written since the last `reset`. */
  get written(): number {
    return this.#records.count
  }

  reset(): void {
    this.#records.reset()
    this.failed.length = 0
  }

  note(rows: KeyedRows, row: number): void {
    this.#periods.note(rows, row)
  }

  /** Gives what waits for a boundary that is less than a time. @param byData whether data came to that time, or a tick. */
  passUntil(time: number, byData: boolean): void {
    const { boundary } = this.#periods
    if (boundary >= time) return
    const { guard, toldMs } = this.#options
    if (boundary < toldMs) {
      this.#periods.pass(byData)
      return
    }
    for (const entry of this.#periods.pass(byData)) {
      const row = this.#row(entry)
      guard.enter()
      const reason = attempt(this.#options.every.body, row, (value) => {
        const text = JSON.stringify(value)
        if (text === undefined) return 'a body must be JSON; found a value that JSON cannot hold'
        this.#records.add(row.to, entry.key, text)
        return undefined
      })
      guard.leave()
      if (reason !== undefined) this.#fail(entry, row, reason)
    }
  }

  appends(): Append[] {
    const { every, partition } = this.#options
    return this.#records.count === 0
      ? []
      : [{ topic: every.topic, partition, records: this.#records.records() }]
  }

  #row({ key, to, revision }: PeriodEntry): PeriodRow {
    const { state, use } = this.#options
    return {
      key: Buffer.from(key).toString('utf8'),
      features: state.asOf(key, to, use.names),
      from: to - this.#periods.periodMs,
      to,
      revision,
    }
  }

  #fail({ key }: PeriodEntry, row: PeriodRow, reason: string): void {
    const { every, use } = this.#options
    this.failed.push({ stream: use.set.stream, topic: every.topic, key, row, reason })
  }
}
