// What a learner takes of its lanes, in their order: the outcomes that have a label, or, without labels, all rows.
import { PRESENT, type Column } from '../../contracts/columns.ts'
import { gather } from '../exchange/gather.ts'
import { MERGE_TIME } from '../exchange/layout.ts'
import type { Taken } from '../exchange/merge.ts'
import type { LearningPlan } from '../../pipeline/plan.ts'
import { EXAMPLE, EXAMPLE_FEATURES, EXAMPLE_KNOWN, OUTCOMES } from './join-layouts.ts'
import { LEARNING_FEATURES } from './learning-layout.ts'
import { numbersOf } from './plain-columns.ts'

const LEARNT_FROM = new Set(
  (['joined', 'revised', 'expired'] as const).map((outcome) => OUTCOMES.indexOf(outcome)),
)

export interface LearnerRows {
  readonly count: number
  readonly columns: readonly Float64Array[]
  readonly labels: Float64Array
  /** Of each row its merge time. */
  readonly times: Float64Array
  /** Of a bandit, the arm that was chosen, a row; -1 for an action that is none any more. */
  readonly arms: Int32Array | undefined
  /** Of each row how many of the rows taken come before it. */
  readonly places: Int32Array
  /** Outcomes that are no examples: orphans, duplicates, labels without a prediction, what expired without a label. */
  readonly passed: number
  /** Examples whose receipt was no longer there. */
  readonly unknown: number
}

/** What a learner is to take. */
export interface Lessons {
  readonly from: LearningPlan['from']
  /** How many features it has. */
  readonly features: number
  /** Whether it is a bandit, which is taught what the arms that were chosen earned. */
  readonly rewards: boolean
}

/** @param skip rows at the front that are left out. */
export function learnerRows(taken: Taken, lessons: Lessons, skip: number): LearnerRows {
  if (taken.count === 0) return NO_ROWS
  return lessons.from === 'labels'
    ? examples(taken, lessons, skip)
    : allRows(taken, lessons.features, skip)
}

function allRows(taken: Taken, features: number, skip: number): LearnerRows {
  const count = Math.max(0, taken.count - skip)
  const places = Int32Array.from({ length: count }, (_, row) => skip + row)
  return {
    count,
    columns: Array.from({ length: features }, (_, i) =>
      valuesOf(gather(taken, LEARNING_FEATURES + i), places),
    ),
    // It heeds none.
    labels: new Float64Array(count),
    times: numbersOf(gather(taken, MERGE_TIME)).slice(skip, taken.count),
    arms: undefined,
    places,
    passed: 0,
    unknown: 0,
  }
}

function examples(taken: Taken, { features, rewards }: Lessons, skip: number): LearnerRows {
  const { count } = taken
  const times = numbersOf(gather(taken, MERGE_TIME))
  const outcomes = numbersOf(gather(taken, EXAMPLE.outcome))
  const labels = gather(taken, EXAMPLE.label)
  // A label that is revised before there is a prediction has none.
  const receipts = gather(taken, EXAMPLE.receiptTask)
  const known = numbersOf(gather(taken, EXAMPLE_KNOWN))
  const given = Array.from({ length: features }, (_, i) => gather(taken, EXAMPLE_FEATURES + i))
  const places = new Int32Array(count)
  let kept = 0
  let passed = 0
  let unknown = 0
  for (let row = skip; row < count; row++) {
    const isExample =
      LEARNT_FROM.has(outcomes[row]) && isThere(labels, row) && isThere(receipts, row)
    if (isExample && known[row] === 1) places[kept++] = row
    else if (isExample) unknown++
    else passed++
  }
  const rows = places.subarray(0, kept)
  const picked = (values: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => values[row])
  return {
    count: kept,
    columns: given.map((column) => valuesOf(column, rows)),
    labels: picked(numbersOf(labels)),
    times: picked(times),
    arms: rewards ? armsOf(gather(taken, EXAMPLE_FEATURES + features), rows) : undefined,
    places: rows,
    passed,
    unknown,
  }
}

function armsOf(column: Column, rows: Int32Array): Int32Array {
  const given = numbersOf(column)
  return Int32Array.from(rows, (row) => (isThere(column, row) ? given[row] : -1))
}

function isThere({ marks }: Column, row: number): boolean {
  return marks === undefined || marks[row] === PRESENT
}

/** NaN where a value is missing. */
function valuesOf(column: Column, rows: Int32Array): Float64Array {
  const values = numbersOf(column)
  return Float64Array.from(rows, (row) => (isThere(column, row) ? values[row] : Number.NaN))
}

const NONE = new Float64Array(0)

const NO_ROWS: LearnerRows = {
  count: 0,
  columns: [],
  labels: NONE,
  times: NONE,
  arms: undefined,
  places: new Int32Array(0),
  passed: 0,
  unknown: 0,
}
