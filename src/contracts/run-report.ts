// What a run tells while it goes on and when it is over. The report is written as it is by `--report FILE`,
// so a name here is a promise to whoever reads that file.

import type { DriftEvent } from './drift-event.ts'
import type { Explanation } from './explanation.ts'

export interface LabelCounts {
  /** Predictions that labels are to judge: joined + expired + repeated + pending. */
  readonly judged: number
  readonly joined: number
  readonly expired: number
  /** Labels whose prediction never came. */
  readonly orphaned: number
  /** Labels that said again what one had said before. */
  readonly duplicate: number
  /** Labels that took the place of an earlier one of another value. */
  readonly revised: number
  /** Predictions whose id was waiting already: the first one counts. */
  readonly repeated: number
  /** Labels that their prediction cannot be measured against: neither true nor false of a probability, no class of classes, no finite number. */
  readonly unmeasured: number
  /** Predictions that wait for their label. */
  readonly pending: number
}

export interface RunProgress {
  readonly pipeline: string
  /** Events taken by the pipeline, bad ones included. */
  readonly events: number
  /** Of these, about how many are through: what is taken runs ahead of what is predicted. */
  readonly eventsDone: number
  /** Events there will be; undefined where nobody knows. */
  readonly eventsTotal: number | undefined
  /** Events that came through, over the last seconds. */
  readonly eventsPerSecond: number
  /** Of this run. */
  readonly elapsedSeconds: number
  /** Event time that all predictions have passed, ms; undefined before there is one, and at the end. */
  readonly eventTime: number | undefined
  /** Rows that every model predicted; undefined for a pipeline without models. */
  readonly predictions: number | undefined
  /** Of the first model with labels; undefined for a pipeline without. */
  readonly labels: LabelCounts | undefined
  readonly models: readonly ModelProgress[]
  readonly deadLetters: number
  /** Workers that died and were started again. */
  readonly restarts: number
  /** Models that are not called, because they hung too often. */
  readonly quarantined: readonly QuarantineReport[]
  /** Tasks that get their state back: how many, of how much how much was read (0 to 1), and its bytes; undefined while none does. */
  readonly restoring:
    | { readonly tasks: number; readonly share: number; readonly bytes: number }
    | undefined
  /** What holds the run back or is done beside it, such as `importing`; undefined where nothing is to be said. */
  readonly note: string | undefined
}

/** A version of a model that hung too often. */
export interface QuarantineReport {
  readonly model: string
  readonly digest: string
  /** Calls that hung. */
  readonly hangs: number
  /** Whether its stage takes nothing; else its fallback stands in. */
  readonly paused: boolean
}

/** The version that runs now, and how those before it did. */
export interface ModelProgress {
  readonly name: string
  /** SHA-256 of its bytes. */
  readonly version: string
  /** What `value` is: log loss of probabilities, accuracy of classes alone, RMSE of numbers, the mean reward of choices. */
  readonly figure: ProgressFigure
  readonly value: number | undefined
  /** The same of always saying the share of each label; the most frequent one; the mean; of choosing by chance. */
  readonly base: number | undefined
  /** Others with labels, by the beginning of their digest; `fallback` for scores of the stated fallback. */
  readonly others: readonly { readonly version: string; readonly value: number }[]
}

export type ProgressFigure = 'log loss' | 'accuracy' | 'RMSE' | 'reward'

export interface RunReport {
  readonly pipeline: string
  /** Events by stream, as they came in, bad ones included. */
  readonly events: Readonly<Record<string, number>>
  /** Of these, how many earlier runs had taken. */
  readonly eventsBefore: number
  /** Those that are read from topics. */
  readonly streams: readonly StreamReport[]
  /** Those that are made of them. */
  readonly derived: readonly DerivedReport[]
  /** The stream that is predicted. */
  readonly from: string
  /** Rows of that stream that came to the end of the pipeline. */
  readonly rows: number
  /** Rows that a function of the definition failed on before the end: in the dead letters. */
  readonly rowsSetAsideBefore: number
  /** All rows that are dead letters: those before, those no model could score, and those whose outputs failed. */
  readonly rowsSetAside: number
  /** Models of the pipeline: each predicts every row. */
  readonly models: number
  /** Rows that every model predicted. */
  readonly predictions: number
  /** Rows that a model could not score, and that had no fallback of it. */
  readonly unpredicted: number
  readonly deadLetters: number
  /** Of the first model with labels; undefined for a pipeline without. */
  readonly labels: LabelCounts | undefined
  /** The first model with labels; undefined for a pipeline without. */
  readonly model: ModelReport | undefined
  /** Of the model's newest version. */
  readonly months: readonly MonthReport[]
  /** The newest versions of the models beside it that have labels, in the order of the definition. */
  readonly otherModels: readonly OtherModelReport[]
  /** What models that learn have learnt. */
  readonly learning: readonly LearningReport[]
  /** Of models that are watched for drift. */
  readonly drifts: readonly DriftReport[]
  /** Records written to the topics that the pipeline's `emit`, `when` and `every` name. */
  readonly recordsEmitted: number
  /** Rows of periods whose function failed: they are dead letters. */
  readonly periodRowsSetAside: number
  readonly wallSeconds: number
  /** Of all processes. */
  readonly cpuSeconds: number
  /** Sum over all processes of their own peaks. */
  readonly peakMemoryBytes: number
  readonly bytesOnDisk: number
  /** By this run: the journal, and copies of what is kept. undefined where another process owns the log. */
  readonly bytesWritten: number | undefined
  /** Where the data lies. */
  readonly folder: string
  readonly restarts: number
  /** Models that are not called, because they hung too often. */
  readonly quarantined: readonly QuarantineReport[]
  /** Whether the run came to the end of all its inputs. */
  readonly ended: boolean
  /** One prediction from its receipt; undefined where there is none, or values of events are not to be shown. */
  readonly explained: Explanation | undefined
}

export interface StreamReport {
  readonly name: string
  readonly records: number
  /** Good ones that came into a stream the pipeline uses: this one, or one that is made of it. */
  readonly events: number
  readonly bad: number
  readonly late: number
  readonly ahead: number
  /** Good ones that filters kept from all of them. */
  readonly filtered: number
}

export interface DerivedReport {
  readonly name: string
  /** Streams it is made of. */
  readonly of: readonly string[]
  readonly events: number
}

/** Of the version that the last run began with. */
export interface ModelReport extends Omit<VersionReport, 'months'> {
  readonly name: string
  /** This version; then those before it that have labels, the newest first; then the fallback, where labels judged it. */
  readonly versions: readonly VersionReport[]
}

/** A model beside the first one. */
export interface OtherModelReport extends VersionReport {
  readonly name: string
  readonly labels: LabelCounts | undefined
}

/** A model that learns in the stream. */
export interface LearningReport {
  readonly model: string
  /** Examples that were learnt. */
  readonly learnt: number
  /** Examples that were not, because of their label, of a feature, or because their receipt was no longer there. */
  readonly refused: number
  /** Of these: no class or finite number as label, a feature that is infinite, a receipt that was no longer there. */
  readonly badLabel: number
  readonly badFeature: number
  readonly unknownFeatures: number
  /** Snapshots that predicted, and all bytes of them. */
  readonly snapshots: number
  readonly snapshotBytes: number
  /** The newest one: event time from which it predicts, ms since 1970, and its bytes; undefined before there is one. */
  readonly newest: { readonly from: number; readonly bytes: number } | undefined
}

/** Drifts of a model that is watched. */
export interface DriftReport {
  readonly model: string
  readonly count: number
  /** At most 20, the newest last. */
  readonly newest: readonly DriftEvent[]
}

/**
 * What labels are to the output they judge: the output is the probability of label 1; one of several classes, or the probabilities of all; a
 * number; the propensity of a choice, whose reward the label is.
 */
export type MeasureKind = 'probability' | 'classes' | 'numbers' | 'rewards'

/** What labels say of predictions. Each figure is undefined where labels do not measure it. */
export interface QualityReport {
  /** Of probabilities. */
  readonly logLoss: number | undefined
  /** Log loss of always saying the share of each label. */
  readonly baseRateLogLoss: number | undefined
  /** Of the probability of label 1. */
  readonly auc: number | undefined
  /** Of several classes: share that was right, and that of the most frequent label. */
  readonly accuracy?: number | undefined
  readonly baseAccuracy?: number | undefined
  /** Of several classes: agreement beyond chance (Cohen, 1960). */
  readonly kappa?: number | undefined
  /** Of several classes: mean of F1 over those that were there or were said. */
  readonly f1Macro?: number | undefined
  /** Of numbers. */
  readonly mae?: number | undefined
  readonly rmse?: number | undefined
  /** RMSE of always saying the mean of all labels. */
  readonly baseRmse?: number | undefined
  readonly r2?: number | undefined
  /** Of choices: the mean reward, and what choosing each action equally often would have earned, by the propensities. */
  readonly reward?: number | undefined
  readonly chanceReward?: number | undefined
}

/** How good the predictions of one version were. */
export interface VersionReport extends QualityReport {
  /** SHA-256 of the model's bytes, hex; or `fallback`: what the stated fallback said is no version's. */
  readonly version: string
  readonly measure: MeasureKind
  /** Predictions that have a label. */
  readonly judged: number
  /** Of the probability of label 1. */
  readonly brier: number | undefined
  /** Of at most 16 classes: by label, how often each class was said. */
  readonly confusion?: readonly (readonly number[])[] | undefined
  readonly months: readonly MonthReport[]
}

export interface MonthReport extends QualityReport {
  /** `2001-04`, of the time of prediction. */
  readonly month: string
  /** Predictions that were judged. */
  readonly count: number
  /** Share of positives among their labels, where they are of two classes. */
  readonly positives: number | undefined
}
