// How long a worker has been in one call, in time in which the supervisor itself ran. Pure: time comes from outside.
import type { CallState } from './call-slot.ts'

/** Between two looks, at most this much of the time that passed counts: more of it, and the supervisor did not run. */
const LOOKS_COUNTED = 2

export class CallDeadline {
  readonly #everyMs: number
  #sequence = 0
  #spentMs = 0

  /** @param everyMs how often it is looked at. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /**
   * Tells what a worker is in.
   * @param sinceMs since the last look.
   * @returns whether its call is over the deadline.
   */
  look(call: CallState | undefined, sinceMs: number, deadlineMs: number): boolean {
    if (call === undefined) return false
    if (!call.active || call.sequence !== this.#sequence) {
      this.#sequence = call.sequence
      this.#spentMs = 0
      return false
    }
    this.#spentMs += Math.min(sinceMs, this.#everyMs * LOOKS_COUNTED)
    return this.#spentMs > deadlineMs
  }
}
