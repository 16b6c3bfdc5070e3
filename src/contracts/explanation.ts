// One prediction as its receipt tells it. It is in the report that `--report FILE` writes, so a name here is a promise.
import type { GapReport } from './gap-report.ts'
import type { TrainingData } from './training-data.ts'

export interface Explanation {
  readonly id: string
  readonly pipeline: string
  /** Event time, ms. */
  readonly time: number
  /** The event the prediction was made for. */
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number }
  readonly model: {
    readonly name: string
    readonly digest: string
    readonly path: string
    /** What this version says of the data it was trained on; undefined where it says nothing. */
    readonly trainedOn?: TrainingData | undefined
    /** What a model that learns had learnt when it predicted; undefined for other models. */
    readonly learnt?: ExplainedLearning | undefined
  }
  readonly plan: string
  readonly features: Readonly<Record<string, unknown>>
  readonly outputs: Readonly<Record<string, unknown>>
  readonly outcome: 'scored' | 'refused' | 'fell back' | 'failed'
  /** Task of the last stage, its commit, and the row of the commit's block. */
  readonly receipt: { readonly task: number; readonly commit: number; readonly row: number }
  /** What the label stream said, oldest first. */
  readonly labels: readonly ExplainedLabel[]
  /** Records that no source of the pipeline read, those behind its own event apart: where features would count them, they do not. */
  readonly gaps: readonly GapReport[]
}

export interface ExplainedLabel {
  readonly outcome: string
  /** undefined for an expiry without `otherwise`. */
  readonly label: number | undefined
  /** ms */
  readonly labelTime: number | undefined
}

export interface ExplainedLearning {
  /** Number of the snapshot it predicted with; 0 before the first. */
  readonly snapshot: number
  /** SHA-256, hex, of the snapshot; empty before the first. */
  readonly digest: string
  /** How many examples it had learnt: all whose merge time is before `until`, ms. */
  readonly examples: number
  readonly until: number | null
}
