// What a pipeline writes for its rows: `emit` and `when`, one record a row and topic.
import { RecordsBuilder } from '../../base/records.ts'
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { EmitPlan, WhenPlan } from '../../pipeline/plan.ts'
import { keyText } from '../../schema/event-keys.ts'
import { attempt } from '../../schema/evaluate.ts'
import type { Row } from './row-view.ts'

export interface OutputsPlan {
  readonly emits: readonly EmitPlan[]
  readonly whens: readonly WhenPlan[]
  /** The task's number: task i writes partition i. */
  readonly partition: number
}

/** The stream's key of each row, encoded. */
export interface RowKeys {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
}

export class Outputs {
  readonly #plan: OutputsPlan
  readonly #topics = new Map<string, RecordsBuilder>()
  written = 0

  constructor(plan: OutputsPlan) {
    this.#plan = plan
    for (const { topic } of plan.emits) this.#topics.set(topic, new RecordsBuilder())
    for (const { topics } of plan.whens)
      for (const topic of topics) this.#topics.set(topic, new RecordsBuilder())
  }

  get any(): boolean {
    return this.#topics.size > 0
  }

  reset(): void {
    this.written = 0
    for (const builder of this.#topics.values()) builder.reset()
  }

  /** Writes what a row gives. @returns why it failed, or undefined; nothing of a row that failed is written. */
  add(row: Row, of: { index: number; time: number; keys: RowKeys }): string | undefined {
    const records: [string, string | undefined, string][] = []
    for (const { topic, body, key } of this.#plan.emits) {
      let own: string | undefined
      const failed =
        (key === undefined
          ? undefined
          : attempt(key, row, (value) => {
              const made = keyText(value)
              if ('reason' in made) return made.reason
              own = made.text
              return undefined
            })) ?? attempt(body, row, (value) => addJson(records, [topic, own], value))
      if (failed !== undefined) return failed
    }
    for (const { test, topics } of this.#plan.whens) {
      let holds = false
      const failed = attempt(test, row, (value) => {
        if (typeof value !== 'boolean')
          return `a condition must give true or false; found ${typeof value}`
        holds = value
        return undefined
      })
      if (failed !== undefined) return failed
      if (holds) for (const topic of topics) addJson(records, [topic, undefined], row)
    }
    for (const record of records) this.#write(record, of)
    return undefined
  }

  appends(): Append[] {
    const appends: Append[] = []
    for (const [topic, builder] of this.#topics) {
      if (builder.count > 0)
        appends.push({ topic, partition: this.#plan.partition, records: builder.records() })
    }
    return appends
  }

  #write(
    [topic, key, value]: [string, string | undefined, string],
    { index, time, keys }: { index: number; time: number; keys: RowKeys },
  ): void {
    const builder = this.#topics.get(topic)
    if (builder === undefined) return
    this.written++
    if (key !== undefined) builder.add(time, key, value)
    else
      builder.addKeyed(
        time,
        { bytes: keys.bytes, start: keys.ends[index], end: keys.ends[index + 1] },
        value,
      )
  }
}

function addJson(
  records: [string, string | undefined, string][],
  [topic, key]: [string, string | undefined],
  value: unknown,
): string | undefined {
  const text = JSON.stringify(value)
  if (text === undefined) return 'a body must be JSON; found a value that JSON cannot hold'
  records.push([topic, key, text])
  return undefined
}

/** Columns that hold a row's key. */
export function keysOf(column: Column): RowKeys {
  return column.kind === 'string' ? column : { bytes: new Uint8Array(0), ends: new Uint32Array(1) }
}
