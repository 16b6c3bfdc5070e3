// Outcomes of a batch on their way into one block of the examples topic.
import { ABSENT, type Column } from '../../contracts/columns.ts'
import { EXAMPLE_LAYOUT, OUTCOMES, type Outcome } from './join-layouts.ts'
import type { ReceiptPlaces } from './receipt-features.ts'

export interface OutcomeRow {
  readonly outcome: Outcome
  readonly mergeTime: number
  readonly time: number
  /** NaN for none. */
  readonly label: number
  readonly labelTime: number
  readonly score: number
  readonly version: number
  readonly task: number
  readonly commit: number
  readonly row: number
}

const NUMBERS = 12

/** Rows are kept as doubles side by side until the block is made. */
export class JoinRows {
  #values = new Float64Array(NUMBERS * 64)
  #ends = new Uint32Array(65)
  #keys = new Uint8Array(1024)
  readonly #partition: number
  count = 0

  /** @param partition of the task: no two rows of different tasks have one place in the order. */
  constructor(partition: number) {
    this.#partition = partition
  }

  reset(): void {
    this.count = 0
  }

  add(row: OutcomeRow, key: Uint8Array): void {
    const { count } = this
    if ((count + 1) * NUMBERS > this.#values.length) this.#growRows()
    const start = this.#ends[count]
    if (start + key.length > this.#keys.length) this.#growKeys(start + key.length)
    this.#keys.set(key, start)
    this.#ends[count + 1] = start + key.length
    const values = this.#values
    let at = count * NUMBERS
    values[at++] = row.mergeTime
    values[at++] = row.time
    values[at++] = this.#partition
    values[at++] = 0
    values[at++] = OUTCOMES.indexOf(row.outcome)
    values[at++] = row.label
    values[at++] = row.labelTime
    values[at++] = row.score
    values[at++] = row.version
    values[at++] = row.task
    values[at++] = row.commit
    values[at] = row.row
    this.count++
  }

  /** Columns of EXAMPLE_LAYOUT. */
  columns(): Column[] {
    let number = 0
    return EXAMPLE_LAYOUT.fields.map(({ name }) =>
      name === 'key'
        ? { kind: 'string', bytes: this.#keys, ends: this.#ends, marks: undefined }
        : this.#numbers(number++),
    )
  }

  /** Where the receipts of the rows stand; NaN where there is none. */
  receipts(): ReceiptPlaces {
    const place = (number: number): Float64Array =>
      Float64Array.from({ length: this.count }, (_, i) => this.#values[i * NUMBERS + number])
    return { count: this.count, tasks: place(9), commits: place(10), rows: place(11) }
  }

  #numbers(number: number): Column {
    const values = new Float64Array(this.count)
    let marks: Uint8Array | undefined
    for (let i = 0; i < this.count; i++) {
      const value = this.#values[i * NUMBERS + number]
      if (Number.isNaN(value)) {
        marks ??= new Uint8Array(this.count)
        marks[i] = ABSENT
      } else {
        values[i] = value
      }
    }
    return { kind: 'number', values, marks }
  }

  #growRows(): void {
    const values = new Float64Array(this.#values.length * 2)
    values.set(this.#values)
    this.#values = values
    const ends = new Uint32Array(values.length / NUMBERS + 1)
    ends.set(this.#ends)
    this.#ends = ends
  }

  #growKeys(bytes: number): void {
    const keys = new Uint8Array(Math.max(bytes, this.#keys.length * 2))
    keys.set(this.#keys)
    this.#keys = keys
  }
}
