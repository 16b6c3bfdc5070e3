// Rows of a stage that cannot go on: dead letters that hold the record the row came from, byte for byte, and say where that lies.
// Rows carry only what later steps read, so a stage need not have the whole event; its stream's topic has it.
import { headerLine, RecordsBuilder } from '../../base/records.ts'
import type { Column } from '../../contracts/columns.ts'
import type { Append, Log } from '../../contracts/log.ts'
import { SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../exchange/layout.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { sourceOf } from '../exchange/source-number.ts'
import { deadLettersTopic } from '../task-names.ts'
import type { FailedPeriod } from './period-rows.ts'
import { REDACTED } from './redacted-header.ts'
import { Redaction } from './redaction.ts'
import { originRecords, type OriginRecord } from './origin-records.ts'

interface Letter {
  /** Number of its source. */
  readonly source: number
  readonly offset: number
  readonly time: number
  readonly reason: string
}

export interface SetAsideOrigin {
  readonly log: Log
  readonly pipeline: string
  /** The streams that rows come from, as their source numbers have them. */
  readonly sources: readonly StreamPlan[]
  readonly stage: string
  readonly partition: number
  readonly redactKey: string
}

export class SetAside {
  readonly #origin: SetAsideOrigin
  readonly #records = new RecordsBuilder()
  readonly #letters = new Map<number, Letter>()
  readonly #periods: FailedPeriod[] = []

  constructor(origin: SetAsideOrigin) {
    this.#origin = origin
  }

  reset(): void {
    this.#letters.clear()
    this.#periods.length = 0
  }

  get count(): number {
    return this.#letters.size
  }

  /** Sets a row aside, once, whatever goes wrong with it: the first reason counts. */
  add(columns: readonly Column[], row: number, reason: string): void {
    if (this.#letters.has(row)) return
    this.#letters.set(row, {
      source: at(columns, SOURCE_PARTITION, row),
      offset: at(columns, SOURCE_OFFSET, row),
      time: at(columns, TIME, row),
      reason,
    })
  }

  /** Sets a row of a period aside. It came from no record: the letter holds the row itself. */
  addPeriod(failed: FailedPeriod): void {
    this.#periods.push(failed)
  }

  async appends(): Promise<Append[]> {
    if (this.#letters.size + this.#periods.length === 0) return []
    const { pipeline, partition } = this.#origin
    const origins = await this.#origins()
    this.#records.reset()
    for (const letter of this.#letters.values())
      this.#write(letter, origins.get(letter.source)?.get(letter.offset))
    for (const period of this.#periods) this.#writePeriod(period)
    return [{ topic: deadLettersTopic(pipeline), partition, records: this.#records.records() }]
  }

  #redactionOf({ redact = [] }: StreamPlan): Redaction {
    return new Redaction(redact, this.#origin.redactKey)
  }

  async #origins(): Promise<ReadonlyMap<number, ReadonlyMap<number, OriginRecord>>> {
    const { log, sources } = this.#origin
    const origins = new Map<number, ReadonlyMap<number, OriginRecord>>()
    const letters = [...this.#letters.values()]
    for (const source of new Set(letters.map((letter) => letter.source))) {
      const offsets = letters
        .filter((letter) => letter.source === source)
        .map(({ offset }) => offset)
        .toSorted((a, b) => a - b)
      const { stream, partition } = sourceOf(source, sources)
      origins.set(source, await originRecords(log, { topic: stream.topic, partition }, offsets))
    }
    return origins
  }

  #write({ source, offset, time, reason }: Letter, record: OriginRecord | undefined): void {
    const { sources, stage } = this.#origin
    const { stream, partition } = sourceOf(source, sources)
    const headers =
      headerLine('millrace-reason', reason) +
      headerLine('millrace-stream', stream.name) +
      headerLine('millrace-stage', stage) +
      headerLine('millrace-origin', `${stream.topic}/${partition}/${offset}`) +
      (record === undefined ? headerLine('millrace-event', 'no longer kept') : '')
    const redaction = this.#redactionOf(stream)
    // The producer's key may be a value that is redacted.
    if (record !== undefined && redaction.any)
      this.#records.add(time, '', redaction.event(record.value), headers + REDACTED)
    else this.#records.add(time, record?.key ?? '', record?.value ?? '', headers)
  }

  #writePeriod({ stream, topic, key, row, reason }: FailedPeriod): void {
    const headers =
      headerLine('millrace-reason', reason) +
      headerLine('millrace-stream', stream) +
      headerLine('millrace-stage', this.#origin.stage) +
      headerLine('millrace-origin', `every/${topic}/${row.to}`) +
      headerLine('millrace-event', 'none: it is a row of a period')
    this.#records.add(row.to, key, JSON.stringify(row), headers)
  }
}

function at(columns: readonly Column[], index: number, row: number): number {
  const column = columns[index]
  return column.kind === 'number' ? column.values[row] : NaN
}
