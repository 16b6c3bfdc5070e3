// A bandit: chooses one of a number of arms, and learns from the reward of the arm that was chosen.
import type { Rows } from './learner.ts'

/**
 * It draws nothing itself: each choice is given a number of [0, 1), best a hash of what the choice is for. So choosing changes nothing, may be
 * repeated, and a replay makes the same choices; and the probability that an arm is chosen by such a number, its propensity, is known exactly.
 * It belongs in the record of the choice: without it no other policy can be judged by these rewards (Bottou et al., "Counterfactual
 * Reasoning and Learning Systems", JMLR 2013).
 */
export interface Bandit {
  /** `ucb`, `thompson` ...: part of its encoding. */
  readonly kind: string
  /** Arms are 0 .. arms - 1. */
  readonly arms: number
  /** Columns of context it reads; 0 for none. */
  readonly features: number
  /**
   * For each row: the arm at `chosen`, and the probability of it at `propensities`, row `from` at place 0. A context that is missing,
   * infinite or beyond `VALUE_LIMIT` counts 0.
   * @param draws numbers of [0, 1), row `from` at place 0.
   * @throws DefinitionError ML_USAGE where columns or arrays are too short, or a draw is none.
   */
  choose(rows: Rows, draws: Float64Array, chosen: Int32Array, propensities: Float64Array): void
  /** The probability of every arm for one row, `arms` numbers whose sum is 1. */
  propensities(rows: Rows, out: Float64Array): void
  /**
   * Learns the rows one after the other: what arm was chosen for row i, `arms[i]`, and what it earned, `rewards[i]`. Rewards may come late
   * and in any order. A row that cannot be learnt is left out, counted, and marked in `outcome[i]` as in a `Learner`; an arm or a reward that
   * is none is `BAD_LABEL`.
   * @returns how many rows were left out.
   */
  learn(rows: Rows, arms: Int32Array, rewards: Float64Array, outcome?: Uint8Array): number
  /** Everything it knows, with a version in front. */
  encode(): Uint8Array
  /** @throws StateError ML_STATE where the bytes are not those of such a bandit with the same settings. */
  restore(bytes: Uint8Array): void
  /** Bytes of its state, about. */
  readonly memoryBytes: number
}
