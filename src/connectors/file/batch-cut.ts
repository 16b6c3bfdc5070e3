// Cuts what is read into batches, by size alone: so that a position always lies where an uninterrupted reading has one, too.
import { RecordsBuilder } from '../../base/records.ts'
import { ConnectorError } from '../../base/errors.ts'
import type { SourceBatch } from '../../contracts/source.ts'

const BATCH_BYTES = 262_144
const BATCH_RECORDS = 8192

export class BatchCut {
  readonly #builder = new RecordsBuilder({ records: 1024, bytes: BATCH_BYTES })
  readonly #path: string
  readonly #stop: boolean
  #odd = 0
  #first: string | undefined

  /** @param odd what is done with a line that is not what it should be. */
  constructor(path: string, odd: 'pass' | 'stop' | undefined) {
    this.#path = path
    this.#stop = odd === 'stop'
  }

  add(value: string | Uint8Array): void {
    this.#builder.add(NaN, '', value)
  }

  /** @param found where, and what is wrong; never values. @throws ConnectorError ML_SOURCE where it was asked for. */
  addOdd(value: string | Uint8Array, found: string): void {
    if (this.#stop) throw oddLine(this.#path, found)
    this.#odd++
    this.#first ??= found
    this.add(value)
  }

  get full(): boolean {
    return this.#builder.bytes >= BATCH_BYTES || this.#builder.count >= BATCH_RECORDS
  }

  get empty(): boolean {
    return this.#builder.count === 0
  }

  /** What was added, and begins the next batch at the call after. */
  take(next: string, done: number): SourceBatch {
    return {
      records: this.#builder.records(),
      next,
      done,
      odd: this.#odd,
      firstOdd: this.#first,
    }
  }

  reset(): void {
    this.#builder.reset()
    this.#odd = 0
    this.#first = undefined
  }
}

export function oddLine(path: string, found: string, cause?: unknown): ConnectorError {
  return new ConnectorError(
    'ML_SOURCE',
    `${path} must be what its format promises; found ${found}; correct the file, or have such lines passed on to the dead letters`,
    { details: { file: path }, cause },
  )
}
