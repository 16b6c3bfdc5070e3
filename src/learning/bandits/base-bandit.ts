// What bandits share: the checks, exploration by chance, the choice by a draw, and the bytes.
import { DefinitionError } from '../../base/errors.ts'
import type { Bandit } from '../../contracts/bandit.ts'
import { BAD_FEATURE, BAD_LABEL, LEARNT, VALUE_LIMIT, type Rows } from '../../contracts/learner.ts'
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
  readonly arms: number
  /**
   * The share of choices that are made by chance among all arms. Every arm then has a propensity above 0, which is what judging another
   * policy by these rewards asks for.
   */
  readonly epsilon?: number
}

export interface BanditInfo {
  readonly kind: string
  readonly arms: number
  readonly features: number
  readonly epsilon: number
  readonly settings: Readonly<Record<string, unknown>>
}

export abstract class BaseBandit implements Bandit {
  readonly kind: string
  readonly arms: number
  readonly features: number
  /** The context at hand. */
  protected readonly x: Float64Array
  readonly #epsilon: number
  readonly #header: StateHeader
  readonly #propensities: Float64Array

  constructor({ kind, arms, features, epsilon, settings }: BanditInfo) {
    checkSetting(kind, 'arms', arms, { atLeast: 2, atMost: 10_000, whole: true })
    checkSetting(kind, 'epsilon', epsilon, { atLeast: 0, atMost: 1 })
    this.kind = kind
    this.arms = arms
    this.features = features
    this.x = new Float64Array(features)
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

  choose(rows: Rows, draws: Float64Array, chosen: Int32Array, propensities: Float64Array): void {
    checkRows(this, rows)
    const count = rows.to - rows.from
    if (draws.length < count) tooShort(this.kind, 'draws', draws.length)
    if (chosen.length < count) tooShort(this.kind, 'chosen', chosen.length)
    if (propensities.length < count) tooShort(this.kind, 'propensities', propensities.length)
    const shares = this.#propensities
    for (let i = 0; i < count; i++) {
      if (!(draws[i] >= 0 && draws[i] < 1)) {
        throw new DefinitionError(
          `${this.kind}: expected draws of at least 0 and below 1, found ${draws[i]}; give the hash of what is chosen for, over its range`,
          { code: 'ML_USAGE' },
        )
      }
      this.#share(rows, rows.from + i)
      const arm = drawn(shares, draws[i])
      chosen[i] = arm
      propensities[i] = shares[arm]
    }
  }

  propensities(rows: Rows, out: Float64Array): void {
    checkRows(this, rows)
    if (out.length < this.arms) tooShort(this.kind, 'out', out.length)
    this.#share(rows, rows.from)
    out.set(this.#propensities)
  }

  learn(rows: Rows, arms: Int32Array, rewards: Float64Array, outcome?: Uint8Array): number {
    checkRows(this, rows)
    if (arms.length < rows.to) tooShort(this.kind, 'arms', arms.length)
    if (rewards.length < rows.to) tooShort(this.kind, 'rewards', rewards.length)
    if (outcome !== undefined && outcome.length < rows.to) {
      tooShort(this.kind, 'outcome', outcome.length)
    }
    let left = 0
    for (let row = rows.from; row < rows.to; row++) {
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
