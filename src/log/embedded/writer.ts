// A writer of the embedded log in its own thread: it numbers its appends.
import { ConnectorError, FencedError } from '../../base/errors.ts'
import type { Append, Writer } from '../../contracts/log.ts'

/** Who appends, and the how manieth append of that epoch it is, from 1. */
export interface WriterCall {
  readonly id: string
  readonly epoch: number
  readonly sequence: number
}

interface Appender {
  appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]>
}

export class EmbeddedWriter implements Writer {
  readonly id: string
  readonly epoch: number
  readonly #log: Appender
  #sequence = 0
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(log: Appender, id: string, epoch: number) {
    this.#log = log
    this.id = id
    this.epoch = epoch
  }

  append(appends: readonly Append[]): Promise<readonly number[]> {
    if (this.#closed) return Promise.reject(closedError(this.id))
    const answer = this.#log.appendFor(
      { id: this.id, epoch: this.epoch, sequence: ++this.#sequence },
      appends,
    )
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#last
  }
}

export function closedError(id: string): FencedError {
  return new FencedError(`the writer '${id}' must be open; found it closed: open it again`, {
    details: { writer: id },
  })
}

/** Another owner opened the name, or the log was opened again. @param epoch the newest. */
export function fencedError(id: string, epoch: number): FencedError {
  return new FencedError(
    `the writer '${id}' must be its newest owner; found that it was opened again (epoch ${epoch}): stop`,
    {
      details: { writer: id, epoch },
    },
  )
}

/** An append that is not the next of its writer. */
export function outOfOrder(call: WriterCall, sequence: number): ConnectorError {
  return new ConnectorError(
    'ML_CONNECTION',
    `append ${sequence + 1} of the writer '${call.id}' must come next; found ${call.sequence}: open the writer again`,
    { details: { writer: call.id, expected: sequence + 1, found: call.sequence }, retryable: true },
  )
}
