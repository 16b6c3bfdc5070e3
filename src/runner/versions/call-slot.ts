// Where a worker says which call of a model it is in: a small file without a name, which both processes have open.
// Written before and after every call, at once and without a queue, it is read by the supervisor when it likes, also while
// the worker hangs and after it was killed. A message through a channel would cost more, wake the supervisor for every call,
// and could lie in the queue of a process that hangs.
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { ConnectorError } from '../../base/errors.ts'
import type { RowPlace } from '../../contracts/model-calls.ts'

/** The call a slot is in. */
export interface CallState {
  /** One more with every beginning and every end; 0 before the first. */
  readonly sequence: number
  readonly active: boolean
  /** Index of the task in the list of the plan's tasks, and of the model in its stage. */
  readonly task: number
  readonly model: number
  readonly commit: number
  readonly rows: number
}

/** A call as it is announced. */
export interface SlotCall extends Pick<CallState, 'task' | 'model' | 'commit'> {
  readonly partitions: Float64Array
  readonly offsets: Float64Array
}

// f64 each: sequence, active, task, model, commit, rows, sequence again; then partitions, then offsets.
// The sequence stands at both ends of the head, so that a reader sees when it read in the middle of a write.
const HEAD = 7
const BYTES = 8
const EMPTY = new Float64Array(0)

/** A new slot, for both sides. @returns its descriptor; the file is gone when both have closed it. */
export function openSlot(): number {
  const path = join(tmpdir(), `millrace-call-${randomUUID()}`)
  try {
    const descriptor = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return descriptor
  } catch (cause) {
    throw new ConnectorError(
      'ML_CONNECTION',
      `a run must be able to make a small file in ${tmpdir()}, where its workers say which call they are in; found that it cannot; name another folder in TMPDIR`,
      { cause },
    )
  }
}

export function closeSlot(descriptor: number): void {
  closeSync(descriptor)
}

/** The worker's side. */
export class SlotWriter {
  readonly #descriptor: number
  #numbers = new Float64Array(HEAD + 2 * 256)
  #sequence = 0

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  begin({ task, model, commit, partitions, offsets }: SlotCall): void {
    const rows = partitions.length
    const needed = HEAD + 2 * rows
    if (this.#numbers.length < needed) this.#numbers = new Float64Array(needed)
    this.#numbers.set([0, 1, task, model, commit, rows])
    this.#numbers.set(partitions, HEAD)
    this.#numbers.set(offsets, HEAD + rows)
    this.#write(needed)
  }

  end(): void {
    this.#numbers[1] = 0
    this.#write(HEAD)
  }

  #write(length: number): void {
    this.#sequence++
    this.#numbers[0] = this.#sequence
    this.#numbers[HEAD - 1] = this.#sequence
    writeSync(this.#descriptor, this.#numbers, 0, length * BYTES, 0)
  }
}

/** The supervisor's side. */
export class SlotReader {
  readonly #descriptor: number
  readonly #head = new Float64Array(HEAD)

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** The call it is in; undefined before the first, and where the worker was just writing. */
  read(): CallState | undefined {
    const head = this.#head
    if (readSync(this.#descriptor, head, 0, HEAD * BYTES, 0) < HEAD * BYTES) return undefined
    const [sequence, active, task, model, commit, rows, again] = head
    return sequence === again
      ? { sequence, active: active === 1, task, model, commit, rows }
      : undefined
  }

  /** Places of the rows of a call; only right once the worker is dead, or hangs. */
  places({ rows }: CallState): RowPlace[] {
    const both = rows === 0 ? EMPTY : new Float64Array(2 * rows)
    if (rows > 0) readSync(this.#descriptor, both, 0, both.byteLength, HEAD * BYTES)
    return Array.from({ length: rows }, (_, row) => [both[row], both[rows + row]] as const)
  }
}
