// Which of a number of centres a row is nearest to, where each centre follows its rows.
import { DefinitionError } from '../../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { asNumber, filled } from '../../export/columns.ts'
import { nothing } from '../../export/nothing.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'

export interface KMeansOptions {
  readonly features: number
  /** Default 5. */
  readonly clusters?: number
  /** Part of the way to a row that its centre goes. Default: 1 / rows of the centre, so that it is their mean. A fixed part follows drift. */
  readonly rate?: number
  /** Where the centres start: one list of feature values a cluster. Default: the first rows that differ. */
  readonly centres?: readonly (readonly number[])[]
}

/**
 * Sequential k-means (MacQueen, "Some Methods for Classification and Analysis of Multivariate Observations", 1967), by Euclidean distance;
 * with a fixed `rate` and given centres the clusters of River 0.26 (whose `halflife` is that rate). The output is the number of the nearest
 * centre; of equals the first. A missing value counts 0. Scale the features first. Cost and memory grow with clusters times features.
 */
export class KMeans extends RowLearner {
  readonly #rate: number
  readonly #centres: Float64Array
  /** Rows of each centre; 0 where it has no place yet. */
  readonly #counts: Float64Array

  constructor({ features, clusters = 5, rate = 0, centres }: KMeansOptions) {
    const kind = 'k-means'
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'clusters', clusters, { atLeast: 1, atMost: 1e5, whole: true })
    checkSetting(kind, 'rate', rate, { atLeast: 0, atMost: 1 })
    if (centres !== undefined) checkCentres(kind, centres, clusters, features)
    super({
      kind,
      task: 'clusters',
      version: 1,
      features,
      outputs: 1,
      settings: { clusters, rate, centres: centres ?? null },
      missing: 0,
    })
    this.#rate = rate
    this.#centres = new Float64Array(clusters * features)
    this.#counts = new Float64Array(clusters)
    if (centres === undefined) return
    this.#centres.set(centres.flat())
    this.#counts.fill(1)
  }

  /** A copy of the centre of a cluster. */
  centre(cluster: number): Float64Array {
    return this.#centres.slice(cluster * this.features, (cluster + 1) * this.features)
  }

  /** The nearest of the centres that have a place; 0 where none has. */
  #nearest(): number {
    const { x } = this
    let found = 0
    let least = Infinity
    for (let c = 0; c < this.#counts.length && this.#counts[c] > 0; c++) {
      let sum = 0
      for (let i = 0, at = c * x.length; i < x.length && sum < least; i++, at++) {
        const apart = this.#centres[at] - x[i]
        sum += apart * apart
      }
      if (sum >= least) continue
      least = sum
      found = c
      if (least === 0) break
    }
    return found
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.#nearest()
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features } = this
    const unused = this.#counts.indexOf(0)
    const count = unused < 0 ? this.#counts.length : unused
    if (count === 0) return nothing(graph, rows, { columns: features, outputs: 1 })
    const centres = graph.doubles(this.#centres.slice(0, count * features), [count, features])
    const x = graph.node('Unsqueeze', [filled(graph, rows.value(), [0]), graph.integers([1])])
    const apart = graph.node('Sub', [centres, x])
    const squares = graph.node('Mul', [apart, apart])
    const distances = graph.node('ReduceSum', [squares, graph.integers([2])], { keepdims: 0 })
    // Of equals the first.
    return asNumber(graph, graph.node('ArgMin', [distances], { axis: 1, keepdims: 1 }))
  }

  protected learnRow(): void {
    const { x } = this
    const counts = this.#counts
    let cluster = this.#nearest()
    const unused = counts.indexOf(0)
    if (unused >= 0 && (unused === 0 || !this.#equals(cluster))) {
      cluster = unused
      this.#centres.set(x, cluster * x.length)
    }
    counts[cluster]++
    const rate = this.#rate > 0 ? this.#rate : 1 / counts[cluster]
    for (let i = 0, at = cluster * x.length; i < x.length; i++, at++) {
      this.#centres[at] += rate * (x[i] - this.#centres[at])
    }
  }

  #equals(cluster: number): boolean {
    return this.x.every((value, i) => value === this.#centres[cluster * this.x.length + i])
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#centres, this.#counts]
  }
}

function checkCentres(
  kind: string,
  centres: readonly (readonly number[])[],
  clusters: number,
  features: number,
): void {
  for (const centre of centres) {
    for (const value of centre)
      checkSetting(kind, 'centres', value, { atLeast: -1e100, atMost: 1e100 })
  }
  if (centres.length === clusters && centres.every(({ length }) => length === features)) return
  throw new DefinitionError(
    `${kind}: expected 'centres' to be ${clusters} lists of ${features} numbers, found ${centres.length} of ${centres.map(({ length }) => length).join(', ')}; give one a cluster, or leave it out`,
  )
}
