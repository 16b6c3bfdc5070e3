// The SEA concepts: a line in a plane that moves.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import { numbered, type Generator } from './generator.ts'

/** What `sea` takes. */
export interface SeaOptions {
  /** 0 to 3: the sum above which a row is of class 1 is 8, 9, 7 or 9.5. Default 0. */
  readonly concept?: number
  /** Chance that a class is turned round. Default 0.1, as in the paper. */
  readonly noise?: number
  /** Default 1. */
  readonly seed?: number
}

const THRESHOLDS = [8, 9, 7, 9.5]

/**
 * SEA (Street and Kim, "A streaming ensemble algorithm for large-scale classification", KDD 2001): three features uniform in [0, 10),
 * of which the third says nothing; class 1 where x1 + x2 is above the threshold of the concept. The paper changes the concept every
 * 15,000 rows.
 * @example
 * sea({ concept: 1, noise: 0 })
 */
export function sea({ concept = 0, noise = 0.1, seed = 1 }: SeaOptions = {}): Generator {
  checkSetting('sea', 'concept', concept, { atLeast: 0, atMost: 3, whole: true })
  checkSetting('sea', 'noise', noise, { atLeast: 0, atMost: 1 })
  const random = new Prng(seed)
  return {
    kind: 'sea',
    task: 'classes',
    classes: 2,
    features: numbered(3),
    next(x) {
      for (let i = 0; i < 3; i++) x[i] = 10 * random.next()
      const label = x[0] + x[1] > THRESHOLDS[concept] ? 1 : 0
      return random.chance(noise) ? 1 - label : label
    },
  }
}
