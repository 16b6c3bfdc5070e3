// A plane in many dimensions that turns slowly.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import { numbered, type Generator } from './generator.ts'

/** What `hyperplane` takes. */
export interface HyperplaneOptions {
  /** Default 10. */
  readonly features?: number
  /** How many of the weights, the first ones, change. Default 2. */
  readonly changing?: number
  /** What a changing weight gains or loses a row. Default 0: no drift. */
  readonly change?: number
  /** Chance, a row, that a changing weight turns round. Default 0.1. */
  readonly turning?: number
  /** Chance that a class is turned round. Default 0.05. */
  readonly noise?: number
  /** Of the rows and of the first weights. Default 1. */
  readonly seed?: number
}

/**
 * Rotating hyperplane (Hulten, Spencer and Domingos, "Mining time-changing data streams", KDD 2001): features uniform in [0, 1), class 1
 * where the weighted sum is at least half the sum of the weights, so that the classes are balanced; the weights begin uniform in [0, 1).
 * @example
 * hyperplane({ change: 0.001 })
 */
export function hyperplane(options: HyperplaneOptions = {}): Generator {
  const { features = 10, change = 0, turning = 0.1, noise = 0.05, seed = 1 } = options
  checkSetting('hyperplane', 'features', features, { atLeast: 2, whole: true })
  const { changing = 2 } = options
  checkSetting('hyperplane', 'changing', changing, { atLeast: 0, atMost: features, whole: true })
  checkSetting('hyperplane', 'change', change, { atLeast: 0, below: Infinity })
  checkSetting('hyperplane', 'turning', turning, { atLeast: 0, atMost: 1 })
  checkSetting('hyperplane', 'noise', noise, { atLeast: 0, atMost: 1 })
  const random = new Prng(seed)
  const weights = Float64Array.from({ length: features }, () => random.next())
  const signs = new Float64Array(changing).fill(1)
  return {
    kind: 'hyperplane',
    task: 'classes',
    classes: 2,
    features: numbered(features),
    next(x) {
      let sum = 0
      let whole = 0
      for (let i = 0; i < features; i++) {
        x[i] = random.next()
        sum += weights[i] * x[i]
        whole += weights[i]
      }
      const label = sum >= whole / 2 ? 1 : 0
      for (let i = 0; i < changing; i++) {
        weights[i] += signs[i] * change
        if (random.chance(turning)) signs[i] = -signs[i]
      }
      return random.chance(noise) ? 1 - label : label
    },
  }
}
