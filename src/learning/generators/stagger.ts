// The STAGGER concepts: rules over three nominal features.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import type { Generator } from './generator.ts'

/** What `stagger` takes. */
export interface StaggerOptions {
  /** 0: small and red. 1: green or circular. 2: medium or large. Default 0. */
  readonly concept?: number
  /** Default 1. */
  readonly seed?: number
}

/**
 * STAGGER (Schlimmer and Granger, "Incremental learning from noisy data", Machine Learning 1, 1986): size (0 small, 1 medium, 2 large),
 * colour (0 red, 1 blue, 2 green) and shape (0 circular, 1 square, 2 triangular), each uniform; class 1 where the concept holds. The
 * paper changes the concept every 40 rows.
 * @example
 * stagger({ concept: 2 })
 */
export function stagger({ concept = 0, seed = 1 }: StaggerOptions = {}): Generator {
  checkSetting('stagger', 'concept', concept, { atLeast: 0, atMost: 2, whole: true })
  const random = new Prng(seed)
  return {
    kind: 'stagger',
    task: 'classes',
    classes: 2,
    features: ['size', 'colour', 'shape'].map((name) => ({ name, values: 3 })),
    next(x) {
      for (let i = 0; i < 3; i++) x[i] = random.below(3)
      const [size, colour, shape] = x
      if (concept === 0) return size === 0 && colour === 0 ? 1 : 0
      if (concept === 1) return colour === 2 || shape === 0 ? 1 : 0
      return size > 0 ? 1 : 0
    },
  }
}
