// How much memory a call has taken from the machine, whatever it is that takes it: V8 bounds its own heap alone. A model that takes memory
// without end is ended before the system ends something else. Pure: what a worker has comes from outside.
import type { CallState } from './call-slot.ts'

export class CallMemory {
  #sequence = 0
  /** What the worker had when the call was seen for the second time; undefined before: short calls cost no look at it. */
  #before: number | undefined

  /**
   * Tells what a worker is in.
   * @param residentBytes asks how much memory the worker has; it gives undefined where nobody can tell.
   * @returns whether its call has taken more than it may.
   */
  look(
    call: CallState | undefined,
    residentBytes: () => number | undefined,
    mostBytes: number,
  ): boolean {
    if (call?.active !== true) return false
    if (call.sequence !== this.#sequence) {
      this.#sequence = call.sequence
      this.#before = undefined
      return false
    }
    const now = residentBytes()
    this.#before ??= now
    return now !== undefined && this.#before !== undefined && now - this.#before > mostBytes
  }
}
