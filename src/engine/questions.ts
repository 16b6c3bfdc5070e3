// Questions that wait until a task stands between two batches: its memory is then that of its last commit, whole.
import { ConnectorError } from '../base/errors.ts'
import type { Asked, Seen, Told } from './look.ts'

interface Question {
  readonly asked: Asked
  readonly resolve: (told: Told) => void
  readonly reject: (error: unknown) => void
}

/** Who asks faster than is answered is told to come later. */
const WAITING_MAX = 1024

export class Questions {
  readonly #wake: () => void
  #waiting: Question[] = []
  #over = false

  /** @param wake called when a question comes. */
  constructor(wake: () => void) {
    this.#wake = wake
  }

  ask(asked: Asked): Promise<Told> {
    if (this.#over || this.#waiting.length >= WAITING_MAX) return Promise.reject(later())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, resolve, reject })
      this.#wake()
    })
  }

  /** Reads what is asked, now; each is told once the commit it was read after is durable. */
  answer(
    look: (asked: Asked) => Seen | undefined,
    after: { readonly last: number; durable(): Promise<void> },
  ): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    const durable = after.durable()
    for (const { asked, resolve, reject } of waiting) {
      try {
        const told = { commit: after.last, seen: look(asked) }
        durable.then(() => resolve(told), reject)
      } catch (error) {
        reject(error)
      }
    }
    durable.catch(noted)
  }

  /** The task takes no more. */
  end(): void {
    this.#over = true
    for (const { reject } of this.#waiting) reject(later())
    this.#waiting = []
  }
}

function later(): ConnectorError {
  return new ConnectorError(
    'ML_CONNECTION',
    'the task that owns the key must be at work; found that it is not, or that too many ask: ask again in a moment',
    { retryable: true },
  )
}

function noted(): void {
  // Who asked hears of it.
}
