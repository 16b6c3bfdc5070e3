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

/** A record of the row that is being written. */
interface Pending {
  builder: RecordsBuilder
  key: string | undefined
  text: string
}

export class Outputs {
  readonly #partition: number
  readonly #topics = new Map<string, RecordsBuilder>()
  readonly #emits: readonly (EmitPlan & { readonly builder: RecordsBuilder })[]
  readonly #whens: readonly (WhenPlan & { readonly builders: readonly RecordsBuilder[] })[]
  /** Records of a row, kept from row to row; the first `#count` are the row's. */
  readonly #pending: Pending[] = []
  #count = 0
  // What a user's function gave, and the functions that take it: made once, not once a row.
  #key: string | undefined
  #holds = false
  #builder: RecordsBuilder | undefined
  readonly #takeKey = (value: unknown): string | undefined => {
    const made = keyText(value)
    if ('reason' in made) return made.reason
    this.#key = made.text
    return undefined
  }
  readonly #takeBody = (value: unknown): string | undefined =>
    this.#builder === undefined ? undefined : this.#addJson(this.#builder, this.#key, value)
  readonly #takeTest = (value: unknown): string | undefined => {
    if (typeof value !== 'boolean')
      return `a condition must give true or false; found ${typeof value}`
    this.#holds = value
    return undefined
  }
  written = 0

  constructor({ emits, whens, partition }: OutputsPlan) {
    this.#partition = partition
    this.#emits = emits.map((emit) => ({ ...emit, builder: this.#builderOf(emit.topic) }))
    this.#whens = whens.map((when) => ({
      ...when,
      builders: when.topics.map((topic) => this.#builderOf(topic)),
    }))
  }

  get any(): boolean {
    return this.#topics.size > 0
  }

  reset(): void {
    this.written = 0
    for (const builder of this.#topics.values()) builder.reset()
  }

  /**
   * Writes what a row gives. @returns why it failed, or undefined; nothing of a row that failed is written.
   * @param index its place among the keys. @param time its event time, ms.
   */
  add(row: Row, index: number, time: number, keys: RowKeys): string | undefined {
    this.#count = 0
    for (let i = 0; i < this.#emits.length; i++) {
      const { key, body, builder } = this.#emits[i]
      this.#key = undefined
      this.#builder = builder
      const failed =
        (key === undefined ? undefined : attempt(key, row, this.#takeKey)) ??
        attempt(body, row, this.#takeBody)
      if (failed !== undefined) return failed
    }
    for (let i = 0; i < this.#whens.length; i++) {
      const { test, builders } = this.#whens[i]
      const failed = attempt(test, row, this.#takeTest)
      if (failed !== undefined) return failed
      if (this.#holds) for (const builder of builders) this.#addJson(builder, undefined, row)
    }
    for (let i = 0; i < this.#count; i++) this.#write(this.#pending[i], index, time, keys)
    return undefined
  }

  appends(): Append[] {
    const appends: Append[] = []
    for (const [topic, builder] of this.#topics) {
      if (builder.count > 0)
        appends.push({ topic, partition: this.#partition, records: builder.records() })
    }
    return appends
  }

  #builderOf(topic: string): RecordsBuilder {
    const found = this.#topics.get(topic)
    if (found !== undefined) return found
    const made = new RecordsBuilder()
    this.#topics.set(topic, made)
    return made
  }

  #addJson(builder: RecordsBuilder, key: string | undefined, value: unknown): string | undefined {
    const text = JSON.stringify(value)
    if (text === undefined) return 'a body must be JSON; found a value that JSON cannot hold'
    if (this.#count === this.#pending.length) this.#pending.push({ builder, key, text })
    const pending = this.#pending[this.#count++]
    pending.builder = builder
    pending.key = key
    pending.text = text
    return undefined
  }

  #write({ builder, key, text }: Pending, index: number, time: number, keys: RowKeys): void {
    this.written++
    if (key !== undefined) builder.add(time, key, text)
    else {
      const { bytes, ends } = keys
      builder.addKeyed(time, { bytes, start: ends[index], end: ends[index + 1] }, text)
    }
  }
}

/** Columns that hold a row's key. */
export function keysOf(column: Column): RowKeys {
  return column.kind === 'string' ? column : { bytes: new Uint8Array(0), ends: new Uint32Array(1) }
}
