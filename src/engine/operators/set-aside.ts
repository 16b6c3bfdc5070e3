// Rows of a stage that cannot go on: dead letters with their event and where it came from.
import { headerLine, RecordsBuilder } from '../../base/records.ts'
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import { SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../exchange/layout.ts'
import { deadLettersTopic } from '../task-names.ts'

export class SetAside {
  readonly #origin: {
    readonly pipeline: string
    readonly stream: string
    readonly topic: string
    readonly stage: string
    readonly partition: number
  }
  readonly #records = new RecordsBuilder()
  readonly #seen = new Set<number>()

  constructor(origin: {
    pipeline: string
    stream: string
    topic: string
    stage: string
    partition: number
  }) {
    this.#origin = origin
  }

  reset(): void {
    this.#records.reset()
    this.#seen.clear()
  }

  get count(): number {
    return this.#records.count
  }

  /** Sets a row aside, once, whatever goes wrong with it. @returns whether it is the first time. */
  add(
    columns: readonly Column[],
    row: number,
    why: { readonly event: () => unknown; readonly reason: string },
  ): boolean {
    if (this.#seen.has(row)) return false
    this.#seen.add(row)
    const { stream, topic, stage } = this.#origin
    const headers =
      headerLine('millrace-reason', why.reason) +
      headerLine('millrace-stream', stream) +
      headerLine('millrace-stage', stage) +
      headerLine(
        'millrace-origin',
        `${topic}/${at(columns, SOURCE_PARTITION, row)}/${at(columns, SOURCE_OFFSET, row)}`,
      )
    this.#records.add(at(columns, TIME, row), '', JSON.stringify(why.event()), headers)
    return true
  }

  appends(): Append[] {
    const { pipeline, partition } = this.#origin
    return this.#records.count === 0
      ? []
      : [{ topic: deadLettersTopic(pipeline), partition, records: this.#records.records() }]
  }
}

function at(columns: readonly Column[], index: number, row: number): number {
  const column = columns[index]
  return column.kind === 'number' ? column.values[row] : NaN
}
