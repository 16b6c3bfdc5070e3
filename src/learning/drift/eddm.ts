// Watches the distance between errors of a classifier: distances that shrink are a drift.
import { DRIFT, STABLE, WARNING, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `eddm` takes. */
export interface EddmOptions {
  /** Errors before the first signal. Default 30. */
  readonly warmUp?: number
  /** Share of the greatest distance below which there is a warning. Default 0.95. */
  readonly warning?: number
  /** Share of the greatest distance below which there is a drift. Default 0.9. */
  readonly drift?: number
}

const COUNT = OWN
const ERRORS = OWN + 1
const LAST = OWN + 2
const MEAN = OWN + 3
const SQUARES = OWN + 4
const GREATEST = OWN + 5
const WARNED = OWN + 6
const FRESH = OWN + 7

/**
 * EDDM (Baena-Garcia and others, "Early Drift Detection Method", 2006), at the rows of River 0.26: the variance of the distances is
 * the unbiased one, and a warning stands until the next error. Made for slow drift; the most easily alarmed of all.
 *
 * False alarms with the defaults, on error bits of a rate of 0.05 to 0.5: one in 400 or fewer.
 */
export class Eddm extends BaseDetector {
  readonly #warmUp: number
  readonly #warning: number
  readonly #drift: number

  constructor({ warmUp = 30, warning = 0.95, drift = 0.9 }: EddmOptions = {}) {
    checkSetting('eddm', 'warmUp', warmUp, { atLeast: 1, whole: true })
    checkSetting('eddm', 'warning', warning, { above: 0, atMost: 1 })
    checkSetting('eddm', 'drift', drift, { above: 0, atMost: warning })
    super({
      kind: 'eddm',
      input: 'bits',
      version: 1,
      settings: { warmUp, warning, drift },
      rowsBetweenFalseAlarms: warmUp >= 30 && drift <= 0.9 ? 400 : undefined,
      doubles: 8,
    })
    this.#warmUp = warmUp
    this.#warning = warning
    this.#drift = drift
    this.#reset()
  }

  #reset(): void {
    this.state.fill(0, OWN)
    this.state[GREATEST] = -1
  }

  protected next(value: number): Signal {
    const { state } = this
    if (state[FRESH] === 1) this.#reset()
    state[COUNT]++
    if (value === 0) return state[WARNED] === 1 ? WARNING : STABLE
    state[ERRORS]++
    const distance = state[COUNT] - state[LAST]
    state[LAST] = state[COUNT]
    const before = state[MEAN]
    state[MEAN] += (distance - before) / state[ERRORS]
    state[SQUARES] += (distance - before) * (distance - state[MEAN])
    if (state[COUNT] > this.#warmUp) {
      const variance = state[ERRORS] > 1 ? state[SQUARES] / (state[ERRORS] - 1) : 0
      const now = state[MEAN] + 2 * Math.sqrt(variance)
      if (now > state[GREATEST]) state[GREATEST] = now
      else if (state[ERRORS] > this.#warmUp) {
        const share = now / state[GREATEST]
        if (share < this.#drift) {
          this.direction = 1
          state[FRESH] = 1
          return DRIFT
        }
        state[WARNED] = share < this.#warning ? 1 : 0
      }
    }
    return state[WARNED] === 1 ? WARNING : STABLE
  }
}
