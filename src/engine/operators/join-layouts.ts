// What crosses to the join of a model, and what comes out of it.
import type { LearningPlan } from '../../pipeline/plan.ts'
import { FIRST, layoutOf, type Layout, type LayoutField } from '../exchange/layout.ts'

/** A label on its way: the value of the label function. */
export const LABEL_LAYOUT: Layout = layoutOf([{ name: 'label', kind: 'number' }])
export const LABEL: number = FIRST

/**
 * A prediction on its way: its score, the version of the model that gave it (model-version.ts), and where its receipt stands (task,
 * commit, row of the commit's block).
 */
export const WAITING_LAYOUT: Layout = layoutOf([
  { name: 'score', kind: 'number' },
  { name: 'version', kind: 'number' },
  { name: 'receiptTask', kind: 'number' },
  { name: 'receiptCommit', kind: 'number' },
  { name: 'receiptRow', kind: 'number' },
])
export const SCORE: number = FIRST
export const VERSION: number = FIRST + 1
export const RECEIPT_TASK: number = FIRST + 2
export const RECEIPT_COMMIT: number = FIRST + 3
export const RECEIPT_ROW: number = FIRST + 4

/** How a label and a prediction met, or did not; a prediction is repeated whose id was there already, and is not judged. */
export const OUTCOMES = [
  'joined',
  'revised',
  'expired',
  'orphaned',
  'duplicate',
  'repeated',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/**
 * An outcome. The row's time is that of the prediction (of the label for one without), its key the id.
 * Marks: no label where an expiry has no `otherwise`, and of a repeated prediction; no score, version and receipt for an orphan.
 */
const EXAMPLE_FIELDS: readonly LayoutField[] = [
  { name: 'outcome', kind: 'number' },
  { name: 'label', kind: 'number' },
  { name: 'labelTime', kind: 'number' },
  { name: 'score', kind: 'number' },
  { name: 'version', kind: 'number' },
  { name: 'receiptTask', kind: 'number' },
  { name: 'receiptCommit', kind: 'number' },
  { name: 'receiptRow', kind: 'number' },
]
export const EXAMPLE_LAYOUT: Layout = layoutOf(EXAMPLE_FIELDS)

/** Whether the receipt was there, and after it the features as they were: only of a model that learns. */
export const EXAMPLE_KNOWN: number = FIRST + EXAMPLE_FIELDS.length
export const EXAMPLE_FEATURES: number = EXAMPLE_KNOWN + 1

/** An example of a model that learns from these features, all as numbers; of a bandit with the arm that was chosen behind them. */
export function learningExampleLayout({
  features,
  actions,
}: Pick<LearningPlan, 'features' | 'actions'>): Layout {
  return layoutOf([
    ...EXAMPLE_FIELDS,
    { name: 'known', kind: 'number' },
    ...features.map((name) => ({ name: `feature.${name}`, kind: 'number' as const })),
    // An arm is a place among these alone: among others it says nothing.
    ...(actions === undefined
      ? []
      : [{ name: `arm of ${JSON.stringify(actions)}`, kind: 'number' as const }]),
  ])
}

type ExampleColumn =
  | 'outcome'
  | 'label'
  | 'labelTime'
  | 'score'
  | 'version'
  | 'receiptTask'
  | 'receiptCommit'
  | 'receiptRow'

/** Columns of an example. */
export const EXAMPLE: Readonly<Record<ExampleColumn, number>> = {
  outcome: FIRST,
  label: FIRST + 1,
  labelTime: FIRST + 2,
  score: FIRST + 3,
  version: FIRST + 4,
  receiptTask: FIRST + 5,
  receiptCommit: FIRST + 6,
  receiptRow: FIRST + 7,
}
