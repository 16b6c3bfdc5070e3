// What the nearest rows of a sliding window say.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import { cannotExport } from '../export/cannot-export.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { RowLearner } from './row-learner.ts'

export interface NeighboursOptions {
  readonly features: number
  /** Rows that are asked. Default 5. */
  readonly neighbours?: number
  /** Rows that are kept, the newest. Default 1000. */
  readonly window?: number
}

/** The window, and the nearest rows of the row at hand, nearest first; of equals the older first. */
abstract class Neighbours extends RowLearner {
  readonly #rows: Float64Array
  readonly #labels: Float64Array
  /** Rows learnt. */
  readonly #count = new Float64Array(1)
  readonly #window: number
  readonly #distances: Float64Array
  readonly #places: Int32Array

  constructor(kind: string, classes: number, options: NeighboursOptions) {
    const { features, neighbours = 5, window = 1000 } = options
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'window', window, { atLeast: 1, atMost: 1e6, whole: true })
    checkSetting(kind, 'neighbours', neighbours, { atLeast: 1, atMost: window, whole: true })
    super({
      kind,
      task: classes > 0 ? 'classes' : 'number',
      version: 1,
      features,
      outputs: Math.max(1, classes),
      settings: { neighbours, window },
      missing: 0,
    })
    this.#rows = new Float64Array(window * features)
    this.#labels = new Float64Array(window)
    this.#window = window
    this.#distances = new Float64Array(neighbours)
    this.#places = new Int32Array(neighbours)
  }

  override writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphValue {
    return cannotExport(
      this.kind,
      'its answer is a search through the rows of its window, which a graph has no operator for',
    )
  }

  /** Finds the nearest; gives how many. */
  protected find(): number {
    const window = this.#window
    const learnt = this.#count[0]
    const kept = Math.min(window, learnt)
    const oldest = learnt > window ? learnt % window : 0
    let found = 0
    for (let i = 0; i < kept; i++) {
      const place = oldest + i < window ? oldest + i : oldest + i - window
      const limit = found < this.#distances.length ? Infinity : this.#distances[found - 1]
      const distance = this.#distance(place, limit)
      if (distance < limit || found < this.#distances.length)
        found = this.#insert(found, place, distance)
    }
    return found
  }

  /** Distance of the nearest at that rank. */
  protected distance(rank: number): number {
    return Math.sqrt(this.#distances[rank])
  }

  protected label(rank: number): number {
    return this.#labels[this.#places[rank]]
  }

  /** Squared; given up where it is beyond the limit. */
  #distance(place: number, limit: number): number {
    const { x } = this
    const rows = this.#rows
    const at = place * x.length
    let sum = 0
    for (let i = 0; i < x.length; i++) {
      const apart = x[i] - rows[at + i]
      sum += apart * apart
      if (sum > limit) return sum
    }
    return sum
  }

  #insert(found: number, place: number, distance: number): number {
    const distances = this.#distances
    const places = this.#places
    const count = Math.min(found + 1, distances.length)
    let rank = count - 1
    while (rank > 0 && distances[rank - 1] > distance) {
      distances[rank] = distances[rank - 1]
      places[rank] = places[rank - 1]
      rank--
    }
    distances[rank] = distance
    places[rank] = place
    return count
  }

  protected learnRow(label: number): void {
    const place = this.#count[0] % this.#window
    this.#rows.set(this.x, place * this.x.length)
    this.#labels[place] = label
    this.#count[0]++
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#rows, this.#labels, this.#count]
  }
}

/**
 * k nearest neighbours over the newest rows (Cover and Hart, 1967), by Euclidean distance; classes by the inverse of the distance, at the
 * probabilities of River 0.26: where a row of the window is the same, it alone decides. Scale the features first. A missing value
 * counts 0. Cost of a prediction and memory are proportional to window times features.
 */
export class NeighboursClassifier extends Neighbours {
  constructor(options: NeighboursOptions & { readonly classes: number }) {
    checkSetting('neighbours-classifier', 'classes', options.classes, { atLeast: 2, whole: true })
    super('neighbours-classifier', options.classes, options)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const found = this.find()
    out.fill(0, at, at + this.outputs)
    if (found === 0) return
    if (this.distance(0) === 0) {
      out[at + this.label(0)] = 1
      return
    }
    const nearest = this.distance(0)
    let sum = 0
    for (let rank = 0; rank < found; rank++) {
      const weight = nearest / this.distance(rank)
      out[at + this.label(rank)] += weight
      sum += weight
    }
    for (let c = 0; c < this.outputs; c++) out[at + c] /= sum
  }
}

/** k nearest neighbours over the newest rows, for numbers: their mean. Else as the classifier. */
export class NeighboursRegressor extends Neighbours {
  constructor(options: NeighboursOptions) {
    super('neighbours-regressor', 0, options)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const found = this.find()
    let sum = 0
    for (let rank = 0; rank < found; rank++) sum += this.label(rank)
    out[at] = found === 0 ? 0 : sum / found
  }
}
