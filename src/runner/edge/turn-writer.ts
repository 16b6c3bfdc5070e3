// A writer whose name several processes may want, each when it has something to write: whoever opens it next takes it, and who lost it
// writes what it had to write when it has it again.
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectorError, FencedError, MillraceError } from '../../base/errors.ts'
import type { Append, Log, Writer } from '../../contracts/log.ts'

/** How long it waits at most before it takes the name back, for each time in a row that it lost it, ms. */
const APART_MS = 20
const APART_TIMES_MAX = 50
/** How long a caller waits for a turn, ms. */
const PATIENCE_MS = 20_000

export interface TurnWriterOptions {
  readonly log: Log
  readonly name: string
  /** Called when it has the name, before anything is written: whoever had it before writes no more. */
  readonly opened?: () => Promise<void>
}

export class TurnWriter {
  readonly #options: TurnWriterOptions
  #writer: Promise<Writer> | undefined
  /** How often in a row it lost the name. */
  #lost = 0

  constructor(options: TurnWriterOptions) {
    this.#options = options
  }

  /**
   * Does something under the name: again from the start when another took it in the middle.
   * @param act what it reads holds for its append: nobody else has written under the name in between.
   * @param safe whether it may do so where an append may have happened after all.
   * @throws MillraceError ML_BUSY when others take the name again and again; ConnectorError ML_CONNECTION where it is not known whether
   * the append happened.
   */
  async turn<T>(act: (append: Writer['append']) => Promise<T>, safe: boolean): Promise<T> {
    const until = performance.now() + PATIENCE_MS
    for (;;) {
      try {
        const opened = this.#open()
        await opened
        return await act((appends) => this.#append(opened, appends))
      } catch (cause) {
        if (!(cause instanceof FencedError)) throw cause
        if (cause.details.undecided === true && !safe) throw undecided(cause)
        if (performance.now() > until) throw crowded(cause)
      }
    }
  }

  async close(): Promise<void> {
    // Why one could not be opened was told to whoever wanted to write.
    const writer = await this.#writer?.catch(() => undefined)
    await writer?.close()
  }

  async #append(opened: Promise<Writer>, appends: readonly Append[]): Promise<readonly number[]> {
    try {
      const offsets = await (await opened).append(appends)
      this.#lost = 0
      return offsets
    } catch (error) {
      // Spent: the next one is opened by who comes next, and finds what is durable.
      if (this.#writer === opened) {
        this.#writer = undefined
        if (error instanceof FencedError) this.#lost++
      }
      throw error
    }
  }

  #open(): Promise<Writer> {
    this.#writer ??= this.#openNow().catch((error: unknown) => {
      this.#writer = undefined
      throw error
    })
    return this.#writer
  }

  async #openNow(): Promise<Writer> {
    const { log, name, opened } = this.#options
    // Not in step with the other one, or they would take it from each other before either has written.
    if (this.#lost > 0)
      await sleep(Math.random() * Math.min(this.#lost, APART_TIMES_MAX) * APART_MS)
    const writer = await log.openWriter(name)
    await opened?.()
    return writer
  }
}

function undecided(cause: FencedError): ConnectorError {
  return new ConnectorError(
    'ML_CONNECTION',
    'an append must be answered; found that another took over before it was: read what is there, or send such a request with an idempotency key',
    { cause, retryable: true },
  )
}

function crowded(cause: FencedError): MillraceError {
  return new MillraceError(
    'ML_BUSY',
    'a request with an idempotency key must have its turn among the supervisors; found that others take it again and again: send it again later, or all of them to one',
    { cause, retryable: true },
  )
}
