// Watches the share of right answers in a sliding window: a fall from its best is a drift.
import { DRIFT, STABLE, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `fhddm` takes. */
export interface FhddmOptions {
  /** Bits of the window. Default 100. */
  readonly window?: number
  /** Chance that a drift is none, for one test. Default 0.000001. */
  readonly delta?: number
}

const COUNT = OWN
const ERRORS = OWN + 1
const FEWEST = OWN + 2
const FRESH = OWN + 3
const WINDOW = OWN + 4

/**
 * FHDDM (Pesaranghader and Viktor, "Fast Hoeffding Drift Detection Method for Evolving Data Streams", ECML-PKDD 2016). Like every
 * detector of bits here it takes 1 for an error; the paper and River take 1 for a right answer: its signals are those of River 0.26
 * fed with 1 - bit.
 *
 * False alarms with the defaults, on bits of any rate: one in 3,000 or fewer (one in 36,000 at an error rate of 0.2, one in
 * 4,600 at 0.5; `bench/false-alarms.ts`).
 */
export class Fhddm extends BaseDetector {
  readonly #window: number
  readonly #bound: number

  constructor({ window = 100, delta = 0.000001 }: FhddmOptions = {}) {
    checkSetting('fhddm', 'window', window, { atLeast: 2, whole: true })
    checkSetting('fhddm', 'delta', delta, { above: 0, below: 1 })
    super({
      kind: 'fhddm',
      input: 'bits',
      version: 1,
      settings: { window, delta },
      rowsBetweenFalseAlarms: delta <= 0.000001 && window >= 100 ? 3000 : undefined,
      doubles: WINDOW - OWN + window,
    })
    this.#window = window
    this.#bound = Math.sqrt(Math.log(1 / delta) / (2 * window))
    this.state[FEWEST] = window
  }

  protected next(value: number): Signal {
    const { state } = this
    const window = this.#window
    if (state[FRESH] === 1) {
      state.fill(0, OWN)
      state[FEWEST] = window
    }
    const at = WINDOW + (state[COUNT] % window)
    state[ERRORS] += value - state[at]
    state[at] = value
    state[COUNT]++
    if (state[COUNT] < window) return STABLE
    if (state[ERRORS] < state[FEWEST]) state[FEWEST] = state[ERRORS]
    const best = (window - state[FEWEST]) / window
    if (best - (window - state[ERRORS]) / window <= this.#bound) return STABLE
    this.direction = 1
    state[FRESH] = 1
    return DRIFT
  }
}
