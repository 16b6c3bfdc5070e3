// What a stage counts.
import type { StagePlan } from '../../pipeline/plan.ts'
import { setCounts } from './stage-sets.ts'

export const ROW_COUNTS = [
  'rows',
  'setAside',
  /** Rows that models were asked about, and those of them that one could not score. */
  'predictions',
  'unpredicted',
  'written',
  /** Rows of periods that were written, and that were set aside. */
  'periodRows',
  'periodRowsSetAside',
] as const

/** What a stage counts: rows, and `<set>.keys`, `<set>.expired` and `<set>.evicted` of its sets. */
export function stageCounts(stage: StagePlan): readonly string[] {
  return [...ROW_COUNTS, ...setCounts(stage)]
}
