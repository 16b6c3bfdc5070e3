// A window that grows while the mean stays and is cut where it changed.
import { DRIFT, STABLE, type DriftParts, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `adwin` takes. */
export interface AdwinOptions {
  /** Chance that a cut is wrong, for one test of one window. Default 0.002. */
  readonly delta?: number
  /** Numbers between two tests. Default 32. */
  readonly clock?: number
  /**
   * Whether the newer part of the window stays after a drift, as in the paper and in MOA; `direction` is then that of the window's mean.
   * Default false: all of it is given up, as in River.
   */
  readonly keeps?: boolean
}

/** Buckets of one size; one more and the two oldest become one of twice the size. */
const MAX_BUCKETS = 5
const GRACE = 10
const MIN_WINDOW = 5
/** Sizes 1, 2, 4 ... 2^31: more numbers than a stream has. */
const LEVELS = 32

const WIDTH = OWN
const TOTAL = OWN + 1
const VARIANCE = OWN + 2
const TICK = OWN + 3
const USED = OWN + 4
const FRESH = OWN + 5
const BUCKETS = OWN + 6
/** Of one size: how many, the sum of each, the variance times count of each; the oldest first. */
const LEVEL = 1 + 2 * (MAX_BUCKETS + 1)
const SUMS = 1
const VARIANCES = 1 + MAX_BUCKETS + 1

/**
 * ADWIN (Bifet and Gavalda, "Learning from Time-Changing Data with Adaptive Windowing", SDM 2007) with the variance bound and the
 * exponential histogram of the paper. As in River 0.26 the whole window is given up at the number after a drift (the paper keeps its
 * newer part); every signal is at River's row. It signals on a rise and on a fall of the mean: `direction` says which. Any numbers;
 * its bound is meant for numbers in [0, 1]. Cost: amortised constant, a test of O(log n) every `clock` numbers. Memory: 3.4 kB.
 *
 * False alarms with the defaults: fewer than one in 100,000 numbers, error bits or Gaussian.
 */
export class Adwin extends BaseDetector {
  readonly #delta: number
  readonly #clock: number
  readonly #keeps: boolean
  parts: DriftParts | undefined

  constructor({ delta = 0.002, clock = 32, keeps = false }: AdwinOptions = {}) {
    checkSetting('adwin', 'delta', delta, { above: 0, below: 1 })
    checkSetting('adwin', 'clock', clock, { atLeast: 1, whole: true })
    super({
      kind: 'adwin',
      input: 'numbers',
      version: 1,
      settings: { delta, clock, keeps },
      rowsBetweenFalseAlarms: delta <= 0.002 && clock >= 32 ? 100_000 : undefined,
      doubles: BUCKETS - OWN + LEVELS * LEVEL,
    })
    this.#delta = delta
    this.#clock = clock
    this.#keeps = keeps
    this.state[USED] = 1
  }

  /** Numbers in the window. */
  get width(): number {
    return this.state[WIDTH]
  }

  /** Sum of the window. */
  get total(): number {
    return this.state[TOTAL]
  }

  /** Sum of squared distances from the mean of the window. */
  get variance(): number {
    return this.state[VARIANCE]
  }

  /** Mean of the window; 0 of none. */
  get mean(): number {
    return this.state[WIDTH] === 0 ? 0 : this.state[TOTAL] / this.state[WIDTH]
  }

  /** Begins anew, as after a drift. */
  reset(): void {
    this.state.fill(0, OWN)
    this.state[USED] = 1
  }

  protected next(value: number): Signal {
    if (this.state[FRESH] === 1) this.reset()
    this.#insert(value)
    this.state[TICK]++
    if (this.state[TICK] % this.#clock !== 0 || this.state[WIDTH] <= GRACE) return STABLE
    const before = this.mean
    let changed = false
    while (this.#cut()) changed = true
    if (!changed) return STABLE
    if (this.#keeps) {
      const after = this.mean
      this.direction = after > before ? 1 : -1
      this.parts = { before, after }
    } else this.state[FRESH] = 1
    return DRIFT
  }

  #insert(value: number): void {
    const { state } = this
    const before = state[WIDTH]
    state[WIDTH] = before + 1
    if (before > 0) {
      const distance = value - state[TOTAL] / before
      state[VARIANCE] += (before * distance * distance) / (before + 1)
    }
    state[TOTAL] += value
    this.#append(0, value, 0)
    this.#compress()
  }

  #append(level: number, sum: number, variance: number): void {
    const at = BUCKETS + level * LEVEL
    const count = this.state[at]
    this.state[at + SUMS + count] = sum
    this.state[at + VARIANCES + count] = variance
    this.state[at] = count + 1
  }

  #compress(): void {
    const { state } = this
    for (let level = 0; level < LEVELS - 1; level++) {
      const at = BUCKETS + level * LEVEL
      if (state[at] <= MAX_BUCKETS) return
      if (level + 1 === state[USED]) state[USED] = level + 2
      const size = 2 ** level
      const apart = state[at + SUMS] / size - state[at + SUMS + 1] / size
      this.#append(
        level + 1,
        state[at + SUMS] + state[at + SUMS + 1],
        state[at + VARIANCES] +
          state[at + VARIANCES + 1] +
          (size * size * apart * apart) / (size + size),
      )
      this.#drop(at, 2)
    }
  }

  #drop(at: number, count: number): void {
    const { state } = this
    const left = state[at] - count
    for (let i = 0; i < left; i++) {
      state[at + SUMS + i] = state[at + SUMS + i + count]
      state[at + VARIANCES + i] = state[at + VARIANCES + i + count]
    }
    state.fill(0, at + SUMS + left, at + SUMS + left + count)
    state.fill(0, at + VARIANCES + left, at + VARIANCES + left + count)
    state[at] = left
  }

  /** Looks for a place where the two parts differ, oldest first; drops the oldest bucket where there is one. */
  #cut(): boolean {
    const { state } = this
    const spread = state[VARIANCE] / state[WIDTH]
    const confidence = Math.log((2 * Math.log(state[WIDTH])) / this.#delta)
    let older = 0
    let newer = state[WIDTH]
    let olderSum = 0
    let newerSum = state[TOTAL]
    for (let level = state[USED] - 1; level >= 0; level--) {
      const at = BUCKETS + level * LEVEL
      const size = 2 ** level
      for (let bucket = 0; bucket < state[at]; bucket++) {
        older += size
        newer -= size
        olderSum += state[at + SUMS + bucket]
        newerSum -= state[at + SUMS + bucket]
        if (level === 0 && bucket === state[at] - 1) return false
        if (older < MIN_WINDOW || newer < MIN_WINDOW) continue
        const apart = olderSum / older - newerSum / newer
        const inverse = 1 / (older - MIN_WINDOW + 1) + 1 / (newer - MIN_WINDOW + 1)
        const bound = Math.sqrt(2 * inverse * spread * confidence) + (2 / 3) * confidence * inverse
        if (Math.abs(apart) > bound) {
          this.direction = apart < 0 ? 1 : -1
          this.parts = { before: olderSum / older, after: newerSum / newer }
          this.#dropOldest()
          return true
        }
      }
    }
    return false
  }

  #dropOldest(): void {
    const { state } = this
    const level = state[USED] - 1
    const at = BUCKETS + level * LEVEL
    const size = 2 ** level
    const sum = state[at + SUMS]
    state[WIDTH] -= size
    state[TOTAL] -= sum
    const apart = sum / size - state[TOTAL] / state[WIDTH]
    state[VARIANCE] -=
      state[at + VARIANCES] + (size * state[WIDTH] * apart * apart) / (size + state[WIDTH])
    this.#drop(at, 1)
    while (state[USED] > 1 && state[BUCKETS + (state[USED] - 1) * LEVEL] === 0) state[USED]--
  }
}
