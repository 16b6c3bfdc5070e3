// Compares the mean of an earlier part of the stream with the mean of all of it, by Hoeffding's bound.
import { DRIFT, STABLE, WARNING, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `hddmA` takes. */
export interface HddmOptions {
  /** Chance that a drift is none, for one test. Default 0.001. */
  readonly drift?: number
  /** Chance that a warning is none, for one test. Default 0.005. */
  readonly warning?: number
  /** Whether a fall of the error rate is a drift too. Default false. */
  readonly twoSided?: boolean
}

const COUNT = OWN
const MEAN = OWN + 1
const LOW_COUNT = OWN + 2
const LOW_MEAN = OWN + 3
const HIGH_COUNT = OWN + 4
const HIGH_MEAN = OWN + 5
const FRESH = OWN + 6

/**
 * HDDM-A (Frias-Blanco and others, "Online and Non-Parametric Drift Detection Methods Based on Hoeffding's Bounds", IEEE TKDE 2015),
 * at the rows of River 0.26. One-sided unless said otherwise.
 *
 * False alarms with the defaults, on error bits: one in 20,000 or fewer.
 */
export class HddmA extends BaseDetector {
  readonly #drift: number
  readonly #warning: number
  readonly #twoSided: boolean

  constructor({ drift = 0.001, warning = 0.005, twoSided = false }: HddmOptions = {}) {
    checkSetting('hddm-a', 'drift', drift, { above: 0, below: 1 })
    checkSetting('hddm-a', 'warning', warning, { atLeast: drift, below: 1 })
    super({
      kind: 'hddm-a',
      input: 'bits',
      version: 1,
      settings: { drift, warning, twoSided },
      rowsBetweenFalseAlarms: drift <= 0.001 && !twoSided ? 20_000 : undefined,
      doubles: 7,
    })
    this.#drift = drift
    this.#warning = warning
    this.#twoSided = twoSided
  }

  protected next(value: number): Signal {
    const { state } = this
    if (state[FRESH] === 1) state.fill(0, OWN)
    state[COUNT]++
    state[MEAN] += (value - state[MEAN]) / state[COUNT]
    const bound = this.#bound(state[COUNT])
    const low = state[LOW_COUNT]
    if (low === 0 || state[LOW_MEAN] + this.#bound(low) >= state[MEAN] + bound) {
      state[LOW_COUNT] = state[COUNT]
      state[LOW_MEAN] = state[MEAN]
    }
    const high = state[HIGH_COUNT]
    if (high === 0 || state[HIGH_MEAN] - this.#bound(high) <= state[MEAN] - bound) {
      state[HIGH_COUNT] = state[COUNT]
      state[HIGH_MEAN] = state[MEAN]
    }
    if (this.#rose(this.#drift)) return this.#drifted(1)
    if (this.#twoSided && this.#fell(this.#drift)) return this.#drifted(-1)
    if (this.#rose(this.#warning)) return WARNING
    return this.#twoSided && this.#fell(this.#warning) ? WARNING : STABLE
  }

  #drifted(direction: 1 | -1): Signal {
    this.direction = direction
    this.state[FRESH] = 1
    return DRIFT
  }

  #bound(count: number): number {
    return Math.sqrt((1 / (2 * count)) * Math.log(1 / this.#drift))
  }

  #rose(confidence: number): boolean {
    const { state } = this
    const apart = state[MEAN] - state[LOW_MEAN]
    return this.#beyond(state[LOW_COUNT], apart, confidence)
  }

  #fell(confidence: number): boolean {
    const { state } = this
    const apart = state[HIGH_MEAN] - state[MEAN]
    return this.#beyond(state[HIGH_COUNT], apart, confidence)
  }

  #beyond(earlier: number, apart: number, confidence: number): boolean {
    const count = this.state[COUNT]
    if (earlier === count) return false
    const inverse = ((count - earlier) / earlier) * (1 / count)
    return apart >= Math.sqrt((inverse / 2) * Math.log(2 / confidence))
  }
}
