// A drift in a few words.
import { metricText } from '../../base/figures.ts'
import type { DriftEvent } from '../../contracts/drift-event.ts'

/** `error up, 0.1820 to 0.2910 (adwin)`. */
export function driftText({ of, feature, direction, before, after, detector }: DriftEvent): string {
  const way = direction === 'unknown' ? '' : ` ${direction}`
  const from = before === undefined ? '' : `${metricText(before)} to `
  return `${feature ?? of}${way}, ${from}${metricText(after)} (${detector})`
}
