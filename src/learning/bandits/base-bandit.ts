// What bandits share: the checks, exploration by chance, the choice by a draw, and the bytes.
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import {
  BAD_FEATURE,
  BAD_LABEL,
  LEARNT,
  VALUE_LIMIT,
  type Learner,
  type LearnerSize,
  type Rows,
} from '../../contracts/learner.ts'
import { cannotExport } from '../export/cannot-export.ts'
import { checkRows, tooShort } from '../learners/row-learner.ts'
import { checkSetting } from '../settings.ts'
import {
  encodeArrays,
  restoreArrays,
  settingsText,
  type StateArray,
  type StateHeader,
} from '../state-codec.ts'

export interface BanditOptions {
  /**
   * The share of choices that are made by chance among all arms. Every arm then has a propensity above 0, which is what judging another
   * policy by these rewards asks for.
   */
  readonly epsilon?: number
}

export interface BanditInfo {
  readonly kind: string
  readonly size: LearnerSize
  readonly epsilon: number
  /** Whether the context has a 1 behind it. */
  readonly intercept?: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

const ARMS_MAX = 10_000

/** How many arms a size says. @throws DefinitionError where they are too few or too many. */
export function armsOf(kind: string, { classes }: LearnerSize, atMost: number = ARMS_MAX): number {
  checkSetting(kind, 'arms', classes, { atLeast: 2, atMost, whole: true })
  return classes
}

/**
 * Columns are the context of a choice. One that knows no context pays no heed to them, but that a reward whose features cannot be learnt
 * is refused as everywhere.
 */
export abstract class BaseBandit implements Learner {
  readonly kind: string
  readonly task = 'rewards'
  readonly arms: number
  readonly features: number
  /** The arm, and its propensity. */
  readonly outputs = 2
  /** The context at hand: what is missing, infinite or beyond the limit counts 0. */
  protected readonly x: Float64Array
  readonly #epsilon: number
  readonly #header: StateHeader
  readonly #propensities: Float64Array

  constructor({ kind, size, epsilon, intercept = false, settings }: BanditInfo) {
    const { features } = size
    const arms = armsOf(kind, size)
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'epsilon', epsilon, { atLeast: 0, atMost: 1 })
    this.kind = kind
    this.arms = arms
    this.features = features
    this.x = new Float64Array(features + (intercept ? 1 : 0)).fill(1)
    this.#epsilon = epsilon
    const all = { arms, features, epsilon, ...settings }
    this.#header = { kind, version: 1, settings: settingsText(all) }
    this.#propensities = new Float64Array(arms)
  }

  /** Adds the shares in which the policy would choose the arms for the context at hand, times `all`, to `out`. */
  protected abstract policy(out: Float64Array, all: number): void
  /** Learns what an arm earned in the context at hand. */
  protected abstract reward(arm: number, reward: number): void
  /** All state, in a fixed order. */
  protected abstract arrays(): readonly StateArray[]

  predict(rows: Rows, out: Float64Array): void {
    checkRows(this, rows)
    const { draws = NONE, from, to } = rows
    if (out.length < (to - from) * 2) tooShort(this.kind, 'out', out.length)
    if (draws.length < to) tooShort(this.kind, 'draws', draws.length)
    const shares = this.#propensities
    for (let row = from, at = 0; row < to; row++, at += 2) {
      const draw = draws[row]
      if (!(draw >= 0 && draw < 1)) {
        throw new DefinitionError(
          `${this.kind}: expected draws of at least 0 and below 1, found ${draw}; give the hash of what is chosen for, over its range`,
          { code: 'ML_USAGE' },
        )
      }
      this.#share(rows, row)
      const arm = drawn(shares, draw)
      out[at] = arm
      out[at + 1] = shares[arm]
    }
  }

  /** The probability of every arm for the first of the rows, `arms` numbers whose sum is 1. */
  propensities(rows: Rows, out: Float64Array): void {
    checkRows(this, rows)
    if (out.length < this.arms) tooShort(this.kind, 'out', out.length)
    this.#share(rows, rows.from)
    out.set(this.#propensities)
  }

  learn(rows: Rows, rewards: Float64Array, outcome?: Uint8Array): number {
    checkRows(this, rows)
    const { arms = NO_ARMS, from, to } = rows
    if (arms.length < to) tooShort(this.kind, 'arms', arms.length)
    if (rewards.length < to) tooShort(this.kind, 'rewards', rewards.length)
    if (outcome !== undefined && outcome.length < to) tooShort(this.kind, 'outcome', outcome.length)
    let left = 0
    for (let row = from; row < to; row++) {
      const arm = arms[row]
      const reward = rewards[row]
      const known = arm >= 0 && arm < this.arms && reward <= VALUE_LIMIT && reward >= -VALUE_LIMIT
      let became: number = LEARNT
      if (!known) became = BAD_LABEL
      else if (!this.#gather(rows, row)) became = BAD_FEATURE
      else this.reward(arm, reward)
      if (became !== LEARNT) left++
      if (outcome !== undefined) outcome[row] = became
    }
    return left
  }

  writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphValue {
    return cannotExport(this.kind, 'a graph has no draw to choose an arm by')
  }

  #share(rows: Rows, row: number): void {
    const shares = this.#propensities
    this.#gather(rows, row)
    shares.fill(this.#epsilon / this.arms)
    this.policy(shares, 1 - this.#epsilon)
  }

  #gather({ columns }: Rows, row: number): boolean {
    let usable = true
    for (let i = 0; i < this.features; i++) {
      const value = columns[i][row]
      const within = value <= VALUE_LIMIT && value >= -VALUE_LIMIT
      this.x[i] = within ? value : 0
      if (!within && value === value) usable = false
    }
    return usable
  }

  encode(): Uint8Array {
    return encodeArrays(this.#header, this.arrays())
  }

  restore(bytes: Uint8Array): void {
    restoreArrays(bytes, this.#header, this.arrays())
  }

  get memoryBytes(): number {
    return this.arrays().reduce((sum, { byteLength }) => sum + byteLength, 0)
  }
}

const NONE = new Float64Array(0)
const NO_ARMS = new Int32Array(0)

/** The arm in whose share of [0, 1) the draw lies. */
function drawn(shares: Float64Array, draw: number): number {
  let left = draw
  let last = 0
  for (let arm = 0; arm < shares.length; arm++) {
    if (shares[arm] === 0) continue
    if (left < shares[arm]) return arm
    left -= shares[arm]
    // Rounding may leave a little over at the end.
    last = arm
  }
  return last
}
