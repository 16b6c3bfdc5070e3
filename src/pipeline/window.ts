// A window of time behind an event, in the definition: lengths as text in, milliseconds out.
import { durationText, milliseconds, type Duration } from '../base/duration.ts'
import { checkDuration, checkLength, refuse, type Part } from './check.ts'
import type { WindowPlan } from './plan.ts'

/** A window ends at the event (included), or `delay` before it, and begins `over` before its end (excluded). */
export interface WindowOptions {
  /** Its length. */
  over: Duration
  /** How long ago it ends. Default `'0ms'`: at the event, which is in it. */
  delay?: Duration
  /** Coarser on purpose: its left edge lies on a multiple of this, so that no event need be kept. It must divide `over`. */
  hop?: Duration
}

export const WINDOW_OPTIONS: readonly string[] = ['over', 'delay', 'hop']

export function windowPlan(of: Part, options: Partial<WindowOptions>): WindowPlan {
  if (options.over === undefined) {
    refuse(of, "a window must have a length; found none; write { over: '1h' }")
  }
  const overMs = checkLength(of, 'over', options.over)
  const delayMs = options.delay === undefined ? 0 : checkDuration(of, 'delay', options.delay)
  const hopMs = options.hop === undefined ? undefined : checkLength(of, 'hop', options.hop)
  if (hopMs !== undefined && overMs % hopMs !== 0) {
    refuse(
      of,
      `hop must divide over, so that the window is a whole number of hops; found '${options.hop}' for ` +
        `'${options.over}'; take '${exactText(dividing(overMs, hopMs))}'`,
    )
  }
  return { overMs, delayMs, hopMs }
}

/** The greatest length that divides `overMs` and is at most `hopMs`. */
function dividing(overMs: number, hopMs: number): number {
  let parts = Math.ceil(overMs / hopMs)
  while (overMs % parts !== 0) parts++
  return overMs / parts
}

function exactText(ms: number): string {
  const text = durationText(ms)
  return milliseconds(text as Duration) === ms ? text : `${ms}ms`
}
