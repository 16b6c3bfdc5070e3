// Durations are typed strings, so that a unit can never be forgotten.
import { DefinitionError } from './errors.ts'

/** A number and its unit, such as `'250ms'`, `'10s'`, `'1.5h'`, `'7d'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Whole milliseconds of a duration.
 * @throws DefinitionError when it is no duration, is negative, or is not a whole number of milliseconds.
 */
export function milliseconds(duration: Duration, of = 'a duration'): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
  const value = match === null ? Number.NaN : Number(match[1]) * MILLISECONDS[match[2]]
  if (!Number.isSafeInteger(value)) {
    throw new DefinitionError(
      `${of} must be a number with a unit (ms, s, m, h, d) in whole milliseconds, such as '10s'; found '${duration}'`,
    )
  }
  return value
}

/** The shortest text for a number of milliseconds: `90000` is `'1.5m'`. */
export function durationText(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const value = ms / MILLISECONDS[unit]
    if (value >= 1) return `${Number(value.toFixed(2))}${unit}`
  }
  return `${Number(ms.toFixed(2))}ms`
}
