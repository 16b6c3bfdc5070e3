// Event time while nothing arrives (ENGINE 4): when every input of a live stream is idle, it goes on by elapsed ticks from the
// greatest event time. It never goes to the wall clock, so that data of 2001 that stop overnight are not late in the morning.
import type { Idle } from './exchange/block-format.ts'

/** What of a lane says how far time has come. */
export interface LaneTime {
  /** No row that is not yet taken has a lesser merge time; Infinity: none will come. */
  readonly bound: number
  readonly idle: Idle
}

/** Whether all these lanes are idle: live if one of them is. A lane that has ended waits for nothing beside others that are idle. */
export function idleOf(lanes: readonly LaneTime[]): Idle {
  let all: Idle = false
  for (const { bound, idle } of lanes) {
    if (bound === Infinity) continue
    if (idle === false || idle === 'behind') return false
    if (all !== 'live') all = idle
  }
  return all
}

/** How far event time has come by the data: lanes that are idle hold nothing back; where no other is left, the greatest says it. */
export function progressOf(lanes: readonly LaneTime[]): number {
  let least = Infinity
  let greatest = -Infinity
  let idleOnes = false
  for (const { bound, idle } of lanes) {
    if (bound === Infinity || idle === false || idle === 'behind') least = Math.min(least, bound)
    else {
      idleOnes = true
      greatest = Math.max(greatest, bound)
    }
  }
  // An idle lane may bring more, so that this is not the end.
  return least === Infinity && idleOnes ? greatest : least
}

/** Event time of a task. What it stands at is in the commit record, so that a restart goes on and a replay repeats it. */
export class IdleTime {
  #idle: Idle
  #since: number
  #ticked: number

  /** @param since what a commit recorded as `tick`. @param ticked what it recorded so. */
  constructor(from: { idle: Idle; since: number; ticked: number }) {
    this.#idle = from.idle
    this.#since = from.since
    this.#ticked = from.ticked
  }

  get idle(): Idle {
    return this.#idle
  }

  /** Since when all inputs of a live stream are idle, ms by the task's clock; NaN while they are not. */
  get since(): number {
    return this.#since
  }

  /** Event time that ticks which fired something have brought the task to. */
  get ticked(): number {
    return this.#ticked
  }

  /** Data came, or the inputs fell idle, or are idle no more. */
  moved(idle: Idle, now: number): void {
    this.#idle = idle
    this.#since = idle === 'live' ? now : NaN
  }

  /** Event time by a tick, above the data's progress. */
  at(progress: number, now: number): number {
    const elapsed = Number.isNaN(this.#since) ? 0 : Math.max(0, now - this.#since)
    return Math.max(this.#ticked, progress + elapsed)
  }

  /** A tick fires something: from now on it is a recorded input. */
  fire(time: number): void {
    this.#ticked = time
  }
}
