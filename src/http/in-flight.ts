// How much is taken at once: bytes of bodies that are not durable yet, and events a second. What is beyond is told to come later.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { HttpLimits } from './limits.ts'
import { Refused } from './refusal.ts'

const LATER_SECONDS = 1

export class InFlight {
  readonly #limits: HttpLimits
  readonly #now: () => number
  #bytes = 0
  #allowed: number
  #at: number

  /** @param now ms that never go back. */
  constructor(limits: HttpLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#allowed = limits.eventsPerSecond
    this.#at = now()
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Before a body is read: makes room for it until its answer has left, or its connection is gone. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      if (request.method !== 'POST') return
      const bytes = this.#admit(request)
      // Also for a client that goes away in the middle.
      reply.raw.once('close', () => (this.#bytes -= bytes))
    })
  }

  /** @throws Refused 429 */
  takeEvents(count: number): void {
    const { eventsPerSecond } = this.#limits
    if (eventsPerSecond === Infinity) return
    const now = this.#now()
    this.#allowed = Math.min(
      eventsPerSecond,
      this.#allowed + ((now - this.#at) / 1000) * eventsPerSecond,
    )
    this.#at = now
    // A request of more than a second's worth must get through, too: it pays afterwards.
    if (this.#allowed < Math.min(count, eventsPerSecond)) {
      const seconds = Math.ceil(
        (Math.min(count, eventsPerSecond) - this.#allowed) / eventsPerSecond,
      )
      throw new Refused(
        429,
        `at most ${eventsPerSecond} events a second are taken; found more: send them later`,
        {
          retryAfterSeconds: Math.max(1, seconds),
        },
      )
    }
    this.#allowed -= count
  }

  /** A body of unknown length counts as the longest. */
  #admit({ headers }: FastifyRequest): number {
    const { bodyBytes, inFlightBytes } = this.#limits
    const told = Number(headers['content-length'] ?? bodyBytes)
    const bytes = Math.min(Number.isFinite(told) ? told : bodyBytes, bodyBytes)
    if (this.#bytes + bytes > inFlightBytes) {
      throw new Refused(
        429,
        'the log takes events as fast as it can; found more than it has taken yet: send them later',
        {
          retryAfterSeconds: LATER_SECONDS,
        },
      )
    }
    this.#bytes += bytes
    return bytes
  }
}
