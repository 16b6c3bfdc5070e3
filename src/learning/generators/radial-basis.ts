// Clusters in many dimensions, which may move.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import { numbered, type Generator } from './generator.ts'
import { normal } from './normal.ts'

/** What `radialBasis` takes. */
export interface RadialBasisOptions {
  /** Which clusters: two of the same have the same clusters. Default 1. */
  readonly concept?: number
  /** Default 2. */
  readonly classes?: number
  /** Default 10. */
  readonly features?: number
  /** Clusters. Default 50. */
  readonly clusters?: number
  /** How many of them, the first ones, move. Default all. */
  readonly moving?: number
  /** How far a moving one goes a row. Default 0: no drift. */
  readonly speed?: number
  /** Of the rows. Default 1. */
  readonly seed?: number
}

/**
 * Random radial basis functions (as in MOA's RandomRBFGenerator and its drifting kin; Bifet, Holmes, Pfahringer, Kirkby and Gavalda, "New
 * ensemble methods for evolving data streams", KDD 2009): clusters have a centre, uniform in [0, 1) in each feature, a weight and a deviation,
 * uniform in [0, 1), and a class. A row lies in a random direction from the centre of a cluster, taken by weight, at a normal distance of its
 * deviation. A moving centre goes straight on and turns back at the faces of the unit cube.
 * @example
 * radialBasis({ speed: 0.0001 })
 */
export function radialBasis(options: RadialBasisOptions = {}): Generator {
  const { concept = 1, classes = 2, features = 10, clusters = 50, speed = 0, seed = 1 } = options
  const { moving = clusters } = options
  checkSetting('radial basis', 'concept', concept, { atLeast: 0, whole: true })
  checkSetting('radial basis', 'classes', classes, { atLeast: 2, whole: true })
  checkSetting('radial basis', 'features', features, { atLeast: 1, whole: true })
  checkSetting('radial basis', 'clusters', clusters, { atLeast: 1, whole: true })
  checkSetting('radial basis', 'moving', moving, { atLeast: 0, atMost: clusters, whole: true })
  checkSetting('radial basis', 'speed', speed, { atLeast: 0, below: 1 })
  const all = new Clusters(new Prng(concept, 1), { classes, features, clusters })
  const random = new Prng(seed)
  return {
    kind: 'radial-basis',
    task: 'classes',
    classes,
    features: numbered(features),
    next(x) {
      if (speed > 0) all.move(moving, speed)
      return all.draw(random, x)
    },
  }
}

interface Place {
  readonly at: number
  readonly length: number
}

class Clusters {
  readonly #features: number
  readonly #front: Place
  readonly #centres: Float64Array
  readonly #ways: Float64Array
  readonly #labels: Float64Array
  readonly #deviations: Float64Array
  /** Running sums of the weights. */
  readonly #upTo: Float64Array

  constructor(
    random: Prng,
    { classes, features, clusters }: { classes: number; features: number; clusters: number },
  ) {
    this.#features = features
    this.#front = { at: 0, length: features }
    this.#centres = Float64Array.from({ length: clusters * features }, () => random.next())
    this.#labels = Float64Array.from({ length: clusters }, () => random.below(classes))
    this.#deviations = Float64Array.from({ length: clusters }, () => random.next())
    let sum = 0
    this.#upTo = Float64Array.from({ length: clusters }, () => (sum += random.next()))
    this.#ways = new Float64Array(clusters * features)
    for (let i = 0; i < clusters; i++) {
      direction(random, this.#ways, { at: i * features, length: features })
    }
  }

  move(moving: number, speed: number): void {
    for (let i = 0; i < moving * this.#features; i++) {
      const next = this.#centres[i] + speed * this.#ways[i]
      if (next < 0 || next > 1) this.#ways[i] = -this.#ways[i]
      else this.#centres[i] = next
    }
  }

  draw(random: Prng, x: Float64Array): number {
    const features = this.#features
    const upTo = this.#upTo
    const place = random.next() * upTo[upTo.length - 1]
    let cluster = 0
    while (upTo[cluster] <= place) cluster++
    direction(random, x, this.#front)
    const distance = normal(random) * this.#deviations[cluster]
    for (let i = 0; i < features; i++) {
      x[i] = this.#centres[cluster * features + i] + distance * x[i]
    }
    return this.#labels[cluster]
  }
}

/** Writes a random direction of length 1, from the cube as in MOA. */
function direction(random: Prng, x: Float64Array, { at, length }: Place): void {
  let square = 0
  for (let i = at; i < at + length; i++) {
    x[i] = 2 * random.next() - 1
    square += x[i] * x[i]
  }
  const size = Math.sqrt(square)
  for (let i = at; i < at + length; i++) x[i] /= size
}
