// A sum of curves over ten features, of which five say nothing.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import { numbered, type Generator } from './generator.ts'
import { normal } from './normal.ts'

/** What `friedman` takes. */
export interface FriedmanOptions {
  /** 0: the paper's. 1 and 2: the features change their roles. Default 0. */
  readonly concept?: number
  /** Deviation of what is added to a label. Default 1. */
  readonly deviation?: number
  /** Default 1. */
  readonly seed?: number
}

/** Which feature stands for x1 .. x5 of the paper, by concept. */
const ROLES = [
  [0, 1, 2, 3, 4],
  [3, 4, 1, 0, 2],
  [1, 4, 3, 2, 0],
]

/**
 * Friedman's function (Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19, 1991): features uniform in [0, 1),
 * y = 10 sin(pi x1 x2) + 20 (x3 - 0.5)^2 + 10 x4 + 5 x5 + noise. Concepts 1 and 2 are those of the global drifts of Ikonomovska, Gama
 * and Dzeroski ("Learning model trees from evolving data streams", 2011).
 * @example
 * friedman({ seed: 7 })
 */
export function friedman(options: FriedmanOptions = {}): Generator {
  const { concept = 0, deviation = 1, seed = 1 } = options
  checkSetting('friedman', 'concept', concept, { atLeast: 0, atMost: 2, whole: true })
  checkSetting('friedman', 'deviation', deviation, { atLeast: 0, below: Infinity })
  const random = new Prng(seed)
  const [a, b, c, d, e] = ROLES[concept]
  return {
    kind: 'friedman',
    task: 'number',
    classes: 1,
    features: numbered(10),
    next(x) {
      for (let i = 0; i < 10; i++) x[i] = random.next()
      const wave = 10 * Math.sin(Math.PI * x[a] * x[b])
      const clean = wave + 20 * (x[c] - 0.5) ** 2 + 10 * x[d] + 5 * x[e]
      return clean + deviation * normal(random)
    },
  }
}
