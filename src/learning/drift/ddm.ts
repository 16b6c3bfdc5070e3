// Watches the error rate of a classifier: a rate that leaves its best value by several deviations is a drift.
import { DRIFT, STABLE, WARNING, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `ddm` takes. */
export interface DdmOptions {
  /** Bits before the first signal. Default 30. */
  readonly warmUp?: number
  /** Deviations above the best rate that are a warning. Default 2. */
  readonly warning?: number
  /** Deviations above the best rate that are a drift. Default 3. */
  readonly drift?: number
}

const COUNT = OWN
const RATE = OWN + 1
const BEST_RATE = OWN + 2
const BEST_DEVIATION = OWN + 3
const BEST = OWN + 4
const FRESH = OWN + 5

/**
 * DDM (Gama, Medas, Castillo and Rodrigues, "Learning with Drift Detection", SBIA 2004), at the rows of River 0.26. It sees only a
 * rise of the error rate. After `warmUp` bits without an error the best rate is 0, and the first error is a drift: a classifier that
 * errs in less than one row of a thousand wants another detector.
 *
 * False alarms with the defaults, on error bits of a rate of 0.05 to 0.5: one in 20,000 or fewer.
 */
export class Ddm extends BaseDetector {
  readonly #warmUp: number
  readonly #warning: number
  readonly #drift: number

  constructor({ warmUp = 30, warning = 2, drift = 3 }: DdmOptions = {}) {
    checkSetting('ddm', 'warmUp', warmUp, { atLeast: 1, whole: true })
    checkSetting('ddm', 'warning', warning, { above: 0 })
    checkSetting('ddm', 'drift', drift, { atLeast: warning })
    super({
      kind: 'ddm',
      input: 'bits',
      version: 1,
      settings: { warmUp, warning, drift },
      rowsBetweenFalseAlarms: warmUp >= 30 && drift >= 3 ? 20_000 : undefined,
      doubles: 6,
    })
    this.#warmUp = warmUp
    this.#warning = warning
    this.#drift = drift
    this.#reset()
  }

  #reset(): void {
    this.state.fill(0, OWN)
    this.state.fill(Number.POSITIVE_INFINITY, BEST_RATE, BEST + 1)
  }

  protected next(value: number): Signal {
    const { state } = this
    if (state[FRESH] === 1) this.#reset()
    state[COUNT]++
    state[RATE] += (value - state[RATE]) / state[COUNT]
    if (state[COUNT] <= this.#warmUp) return STABLE
    const rate = state[RATE]
    const deviation = Math.sqrt((rate * (1 - rate)) / state[COUNT])
    const now = rate + deviation
    if (now <= state[BEST]) {
      state[BEST_RATE] = rate
      state[BEST_DEVIATION] = deviation
      state[BEST] = now
    }
    if (now > state[BEST_RATE] + this.#drift * state[BEST_DEVIATION]) {
      this.direction = 1
      state[FRESH] = 1
      return DRIFT
    }
    return now > state[BEST_RATE] + this.#warning * state[BEST_DEVIATION] ? WARNING : STABLE
  }
}
