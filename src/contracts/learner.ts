// A learner: a model that takes one labelled row after the other. It reads no clock, draws only from its own seed, and everything it
// knows is in `encode`: so a learner that was restored goes on to the same bits, however the rows were cut into batches.
import type { GraphRows, GraphValue, GraphWriter } from './graph-writer.ts'

/** Rows [from, to) of feature columns. NaN stands for a value that is missing. */
export interface Rows {
  /** As many as the learner has features, in its order, each at least `to` long. */
  readonly columns: readonly Float64Array[]
  /** The first row. */
  readonly from: number
  /** The row behind the last one. */
  readonly to: number
  /** Of each row, where it is learnt, its event time, ms: for what forgets by time. As long as the columns. */
  readonly times?: Float64Array | undefined
  /** Of each row for which an arm is chosen, a number of [0, 1): it says which. As long as the columns. */
  readonly draws?: Float64Array | undefined
  /** Of each row whose label is a reward, the arm that earned it. As long as the columns. */
  readonly arms?: Int32Array | undefined
}

/** What became of a row that was to be learnt. */
export const LEARNT = 0
/** The label is missing, or no class of the learner, or no finite number; or a reward's arm is none. */
export const BAD_LABEL = 1
/** A feature is infinite or beyond 1e100 (`VALUE_LIMIT`). */
export const BAD_FEATURE = 2

/**
 * The greatest magnitude of a feature or a label that is learnt. Products and squares of what a learner keeps then stay finite, so
 * that no state can become infinite or NaN.
 */
export const VALUE_LIMIT = 1e100

/**
 * `classes`: labels are 0 .. outputs - 1, outputs their probabilities. `number`: labels and the one output are numbers. `none`: no labels;
 * the output is a score of anomaly. `clusters`: no labels; the output is the number of a cluster, -1 for none. `rewards`: a bandit, whose
 * labels are what the arm that was chosen earned; the outputs are the arm it chooses, and its propensity.
 */
export type LearnerTask = 'classes' | 'number' | 'none' | 'clusters' | 'rewards'

/** What learns and predicts, in memory of its own: `learner` makes one for a model, `make` of a factory one alone. */
export interface Learner {
  /** `logistic-regression`, `hoeffding-tree` ...: part of its encoding. */
  readonly kind: string
  /** What its labels are. */
  readonly task: LearnerTask
  /** Columns it reads. */
  readonly features: number
  /** Numbers it gives for a row: one a class, or one; of a bandit two. */
  readonly outputs: number
  /** Of a bandit, how many arms there are: 0 .. arms - 1. */
  readonly arms?: number | undefined
  /** Whether it forgets by time: rows to learn must tell theirs. Default false. */
  readonly timed?: boolean | undefined
  /**
   * Writes `outputs` numbers for each row, row `from` at `out[0]`. Probabilities sum to 1, or are all 0 where it cannot say
   * anything yet. They are finite for every input: what is missing, infinite or beyond the limit is taken as missing.
   * @throws DefinitionError ML_USAGE where columns or `out` are of the wrong number or too short.
   */
  predict(rows: Rows, out: Float64Array): void
  /**
   * Learns the rows one after the other; the label of row i is `labels[i]`. A row that cannot be learnt is left out, counted, and
   * marked in `outcome[i]` where that is given.
   * @returns how many rows were left out.
   * @throws DefinitionError ML_USAGE where columns, labels or outcome are of the wrong number or too short; nothing is learnt then.
   */
  learn(rows: Rows, labels: Float64Array, outcome?: Uint8Array): number
  /** Everything it knows, with a version in front. */
  encode(): Uint8Array
  /** @throws StateError ML_STATE where the bytes are not those of such a learner with the same settings. */
  restore(bytes: Uint8Array): void
  /**
   * Writes how it predicts by what it knows now, and gives [rows, outputs]: within 1e-9 of `predict`, missing values included.
   * @throws ModelError ML_MODEL, with the reason, where it cannot be said as a graph.
   */
  writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue
  /** Bytes of its state, about. */
  readonly memoryBytes: number
}

/**
 * A preparation that learns in the stream: columns in, columns out, row `from` at place 0. What it is given is NaN (missing) or within
 * `VALUE_LIMIT`, and so is what it gives.
 */
export interface Preparer {
  /** `standard-scaler`, `one-hot` ...: part of its encoding. */
  readonly kind: string
  /** Columns it reads. */
  readonly features: number
  /** Columns it gives. */
  readonly outputs: number
  /** Writes each row as it is by what is known now. */
  transform(rows: Rows, out: readonly Float64Array[]): void
  /**
   * For each row in turn: learns it, then writes it as it is by what is known with its features, but never with its own label; the label
   * of row i is `labels[i]`.
   */
  learn(rows: Rows, labels: Float64Array, out: readonly Float64Array[]): void
  /** The rows as `transform` would give them. @throws ModelError ML_MODEL, with the reason, where it cannot be said as a graph. */
  writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows
  /** Everything it knows, with a version in front. */
  encode(): Uint8Array
  /** @throws StateError ML_STATE where the bytes are not those of such a preparation with the same settings. */
  restore(bytes: Uint8Array): void
  /** Bytes of its state, about. */
  readonly memoryBytes: number
}

/** How large a learner is made. */
export interface LearnerSize {
  /** Columns it reads, at least 1. */
  readonly features: number
  /** Of `classes`: how many there are, at least 2; of `rewards`: how many arms. Others pay no heed to it. */
  readonly classes: number
}

/** Makes learners of one kind with the same settings; all that are of one size begin equal. */
export interface LearnerFactory {
  /** Of what it makes. */
  readonly kind: string
  /** What labels are to what it makes. */
  readonly task: Exclude<LearnerTask, 'rewards'>
  /** Makes one that knows nothing. @throws DefinitionError that names the setting. */
  make(size: LearnerSize): Learner
}

/**
 * Makes bandits of one kind with the same settings. A bandit chooses one of a number of arms, and learns from the reward of the arm that was
 * chosen. It draws nothing itself: each choice is given a number of [0, 1). So choosing changes nothing, may be repeated, and a replay makes
 * the same choices; and the probability that an arm is chosen by such a number, its propensity, is known exactly. It belongs in the record of
 * the choice: without it no other policy can be judged by these rewards (Bottou et al., "Counterfactual Reasoning and Learning Systems",
 * JMLR 2013).
 */
export interface BanditFactory {
  /** Of what it makes. */
  readonly kind: string
  /** What labels are to what it makes: what the chosen action earned. */
  readonly task: 'rewards'
  /** Makes one that knows nothing. @throws DefinitionError that names the setting. */
  make(size: LearnerSize): Learner
}

/** Makes preparations of one kind with the same settings. */
export interface PreparerFactory {
  /** Of what it makes. */
  readonly kind: string
  /** Makes one that knows nothing. @param features columns it reads. @throws DefinitionError that names the setting. */
  make(features: number): Preparer
}
