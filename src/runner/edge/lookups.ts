// Questions that were handed to workers, until they are answered, their worker dies, or it takes too long.
import { ConnectorError, MillraceError } from '../../base/errors.ts'
import type { Told } from '../../engine/look.ts'
import type { FromWorker } from '../messages.ts'

const ANSWER_MS = 5_000

interface Waiting {
  readonly worker: number
  readonly timer: NodeJS.Timeout
  readonly resolve: (told: Told) => void
  readonly reject: (error: MillraceError) => void
}

export class Lookups {
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  /** @param send gets the number of the question. */
  ask(worker: number, send: (id: number) => void): Promise<Told> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(id, 'takes too long'), ANSWER_MS)
      this.#waiting.set(id, { worker, timer, resolve, reject })
      send(id)
    })
  }

  answered({ id, told, error }: FromWorker & { kind: 'looked' }): void {
    const waiting = this.#take(id)
    if (told !== undefined) waiting?.resolve(told)
    else
      waiting?.reject(
        new MillraceError(error?.code ?? 'ML_INTERNAL', error?.message ?? 'a lookup failed', {
          retryable: error?.retryable ?? false,
        }),
      )
  }

  /** A worker died: what it was asked is asked again by whoever asked. */
  lost(worker: number): void {
    for (const [id, waiting] of this.#waiting)
      if (waiting.worker === worker) this.#fail(id, 'ended')
  }

  #fail(id: number, found: string): void {
    this.#take(id)?.reject(
      new ConnectorError(
        'ML_CONNECTION',
        `the worker that owns the key must answer; found that it ${found}: ask again in a moment`,
        { retryable: true },
      ),
    )
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(waiting?.timer)
    return waiting
  }
}
