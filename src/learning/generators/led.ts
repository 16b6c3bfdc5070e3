// The digits of a display with seven segments, some of them wrong.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import type { Generator } from './generator.ts'

/** What `led` takes. */
export interface LedOptions {
  /** Chance that a segment is turned round. Default 0.1: no classifier can then do better than 74 %. */
  readonly noise?: number
  /** Features that say nothing, after the seven. Default 17. */
  readonly irrelevant?: number
  /** How many of the seven segments change places with features that say nothing: the drift of MOA's LEDGeneratorDrift. Default 0. */
  readonly swapped?: number
  /** Default 1. */
  readonly seed?: number
}

/** Segments of 0 to 9: top, upper left, upper right, middle, lower left, lower right, bottom. */
const DIGITS = [
  0b1110111, 0b0010010, 0b1011101, 0b1011011, 0b0111010, 0b1101011, 0b1101111, 0b1010010, 0b1111111,
  0b1111011,
]
const SEGMENTS = 7

/**
 * LED (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984, section 2.6.1): a digit, uniform, is the class;
 * its segments are the features, each wrong with chance `noise`; the other features are fair bits.
 * @example
 * led({ swapped: 3 })
 */
export function led(options: LedOptions = {}): Generator {
  const { noise = 0.1, irrelevant = 17, swapped = 0, seed = 1 } = options
  checkSetting('led', 'noise', noise, { atLeast: 0, atMost: 1 })
  checkSetting('led', 'irrelevant', irrelevant, { atLeast: 0, whole: true })
  checkSetting('led', 'swapped', swapped, {
    atLeast: 0,
    atMost: Math.min(SEGMENTS, irrelevant),
    whole: true,
  })
  const random = new Prng(seed)
  const width = SEGMENTS + irrelevant
  return {
    kind: 'led',
    task: 'classes',
    classes: 10,
    features: Array.from({ length: width }, (_, i) => ({ name: `bit${i + 1}`, values: 2 })),
    next(x) {
      const digit = random.below(10)
      for (let i = 0; i < width; i++) x[i] = random.chance(0.5) ? 1 : 0
      for (let i = 0; i < SEGMENTS; i++) {
        const on = (DIGITS[digit] >> (SEGMENTS - 1 - i)) & 1
        const said = random.chance(noise) ? 1 - on : on
        if (i < swapped) {
          x[i] = x[SEGMENTS + i]
          x[SEGMENTS + i] = said
        } else x[i] = said
      }
      return digit
    },
  }
}
