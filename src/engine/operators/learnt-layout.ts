// What a learner tells those who predict: a row for each snapshot. Its merge time is the boundary it was taken at: it holds the
// examples before that, and predicts rows from then on.
import { FIRST, layoutOf, type Layout } from '../exchange/layout.ts'

export const LEARNT_LAYOUT: Layout = layoutOf([
  { name: 'snapshot', kind: 'number' },
  { name: 'examples', kind: 'number' },
  { name: 'digest', kind: 'string' },
  // Digest of the learner as it begins.
  { name: 'learner', kind: 'string' },
])

/** Columns of such a row. */
export const LEARNT: Readonly<Record<'snapshot' | 'examples' | 'digest' | 'learner', number>> = {
  snapshot: FIRST,
  examples: FIRST + 1,
  digest: FIRST + 2,
  learner: FIRST + 3,
}
