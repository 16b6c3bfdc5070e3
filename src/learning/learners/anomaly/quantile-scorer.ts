// How far outside its usual range a value lies.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { P2_STRIDE, p2Start, p2Update, p2Value } from '../../p2-quantile.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'

export interface QuantileScorerOptions {
  readonly features: number
  /** The lower end of the usual range. Default 0.01. */
  readonly low?: number
  /** The upper end. Default 0.99. */
  readonly high?: number
  /** Values of a feature before it is scored. Default 100. */
  readonly grace?: number
}

/** The greatest score. */
const MOST = 1e100

/**
 * The distance of a value from the median over the distance of the quantile on its side, by P2 estimates (Jain and Chlamtac, CACM 1985): 1 at
 * the ends of the usual range, 0 at the median, twice as far 2. It asks for no shape of the distribution, and each side has a width of
 * its own. The score of a row is that of its most unusual feature; what is missing is usual. 384 bytes a feature.
 */
export class QuantileScorer extends RowLearner {
  readonly #quantiles: readonly number[]
  readonly #grace: number
  /** Three estimates a feature: low, median, high. */
  readonly #state: Float64Array

  constructor({ features, low = 0.01, high = 0.99, grace = 100 }: QuantileScorerOptions) {
    const kind = 'quantile-scorer'
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'low', low, { above: 0, below: 0.5 })
    checkSetting(kind, 'high', high, { above: 0.5, below: 1 })
    checkSetting(kind, 'grace', grace, { atLeast: 5, whole: true })
    super({
      kind,
      task: 'none',
      version: 1,
      features,
      outputs: 1,
      settings: { low, high, grace },
    })
    this.#quantiles = [low, 0.5, high]
    this.#grace = grace
    this.#state = new Float64Array(features * 3 * P2_STRIDE)
    for (let i = 0; i < features * 3; i++) {
      p2Start(this.#state, i * P2_STRIDE, this.#quantiles[i % 3])
    }
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { x } = this
    let most = 0
    for (let i = 0; i < x.length; i++) {
      const score = x[i] === x[i] ? this.#score(i, x[i]) : 0
      if (score > most) most = score
    }
    out[at] = most
  }

  #score(feature: number, value: number): number {
    if (this.#state[feature * 3 * P2_STRIDE] < this.#grace) return 0
    const median = this.#value(feature, 1)
    const end = this.#value(feature, value < median ? 0 : 2)
    const apart = Math.abs(value - median)
    if (apart === 0) return 0
    return Math.min(MOST, apart / Math.abs(end - median))
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const each = Float64Array.from({ length: this.features }, (_, i) => i)
    const isKnown = (i: number): boolean => this.#state[i * 3 * P2_STRIDE] >= this.#grace
    const medians = each.map((i) => (isKnown(i) ? this.#value(i, 1) : 0))
    // Of a feature that is not scored yet no distance is far.
    const widths = (side: number): GraphValue =>
      graph.doubles(
        each.map((i) => (isKnown(i) ? Math.abs(this.#value(i, side) - medians[i]) : Infinity)),
      )
    const median = graph.doubles(medians)
    const apart = graph.node('Abs', [graph.node('Sub', [rows.value(), median])])
    const isLow = graph.node('Less', [rows.value(), median])
    const width = graph.node('Where', [isLow, widths(0), widths(2)])
    const part = graph.node('Div', [apart, width])
    const most = graph.doubles([MOST], [])
    const none = graph.doubles([0], [])
    const held = graph.node('Where', [graph.node('Greater', [part, most]), most, part])
    // A value at the median has none, whatever the width; nor has one that is missing.
    const scores = graph.node('Where', [graph.node('Greater', [apart, none]), held, none])
    return graph.node('ReduceMax', [scores, graph.integers([1])])
  }

  #value(feature: number, which: number): number {
    return p2Value(this.#state, (feature * 3 + which) * P2_STRIDE, this.#quantiles[which])
  }

  protected learnRow(): void {
    const { x } = this
    for (let i = 0; i < x.length; i++) {
      if (x[i] !== x[i]) continue
      for (let which = 0; which < 3; which++) {
        p2Update(this.#state, (3 * i + which) * P2_STRIDE, this.#quantiles[which], x[i])
      }
    }
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#state]
  }
}
