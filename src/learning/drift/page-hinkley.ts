// Sums how far the numbers are from their mean; a sum that leaves its best value too far behind is a change.
import { DRIFT, STABLE, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `pageHinkley` takes. */
export interface PageHinkleyOptions {
  /** Numbers before the first signal. Default 30. */
  readonly minRows?: number
  /** How far the mean may move without being a change, in units of the numbers. Default 0.005. */
  readonly delta?: number
  /** Greatest sum that is no change, in units of the numbers: the greater, the fewer alarms. Default 50. */
  readonly threshold?: number
  /** What the sums are multiplied by at each number. Default 0.9999. */
  readonly alpha?: number
  /** Which way the mean must go. Default 'both'. */
  readonly mode?: 'up' | 'down' | 'both'
}

const COUNT = OWN
const MEAN = OWN + 1
const RISE = OWN + 2
const FALL = OWN + 3
const LOWEST = OWN + 4
const HIGHEST = OWN + 5
const FRESH = OWN + 6

/**
 * Page-Hinkley (Page, "Continuous Inspection Schemes", Biometrika 1954) with the forgetting factor of River 0.26, at whose rows it
 * signals. `threshold` and `delta` are in units of the numbers: standardise what has another scale.
 *
 * False alarms with the defaults, on error bits of any rate: one in 8,000 or fewer. On Gaussian numbers of standard deviation 1 it gives about
 * one in 1,600: raise the threshold there.
 */
export class PageHinkley extends BaseDetector {
  readonly #minRows: number
  readonly #delta: number
  readonly #threshold: number
  readonly #alpha: number
  readonly #mode: 'up' | 'down' | 'both'

  constructor(options: PageHinkleyOptions = {}) {
    const {
      minRows = 30,
      delta = 0.005,
      threshold = 50,
      alpha = 1 - 0.0001,
      mode = 'both',
    } = options
    checkSetting('page-hinkley', 'minRows', minRows, { atLeast: 1, whole: true })
    checkSetting('page-hinkley', 'delta', delta, { atLeast: 0 })
    checkSetting('page-hinkley', 'threshold', threshold, { above: 0 })
    checkSetting('page-hinkley', 'alpha', alpha, { above: 0, atMost: 1 })
    super({
      kind: 'page-hinkley',
      input: 'numbers',
      version: 1,
      settings: { minRows, delta, threshold, alpha, mode },
      rowsBetweenFalseAlarms:
        threshold >= 50 && delta >= 0.005 && minRows >= 30 && alpha <= 0.9999 ? 8000 : undefined,
      doubles: 7,
    })
    this.#minRows = minRows
    this.#delta = delta
    this.#threshold = threshold
    this.#alpha = alpha
    this.#mode = mode
    this.#reset()
  }

  #reset(): void {
    this.state.fill(0, OWN)
    this.state[LOWEST] = Number.POSITIVE_INFINITY
    // As in River: where the falling side has not yet risen above -1, it counts from there.
    this.state[HIGHEST] = -1
  }

  protected next(value: number): Signal {
    const { state } = this
    if (state[FRESH] === 1) this.#reset()
    state[COUNT]++
    state[MEAN] += (value - state[MEAN]) / state[COUNT]
    const apart = value - state[MEAN]
    state[RISE] = this.#alpha * state[RISE] + apart - this.#delta
    state[FALL] = this.#alpha * state[FALL] + apart + this.#delta
    if (state[RISE] < state[LOWEST]) state[LOWEST] = state[RISE]
    if (state[FALL] > state[HIGHEST]) state[HIGHEST] = state[FALL]
    if (state[COUNT] < this.#minRows) return STABLE
    const up = this.#mode !== 'down' && state[RISE] - state[LOWEST] > this.#threshold
    const down = this.#mode !== 'up' && state[HIGHEST] - state[FALL] > this.#threshold
    if (!up && !down) return STABLE
    this.direction = up ? 1 : -1
    state[FRESH] = 1
    return DRIFT
  }
}
