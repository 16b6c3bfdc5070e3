// Probabilities that are as often right as they say, learnt beside the learner that gives them.
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Learner } from '../../contracts/learner.ts'
import { columnsAt } from '../export/columns.ts'
import { twoClasses } from '../export/weighted-sum.ts'
import { sigmoid } from '../learners/linear/sigmoid.ts'
import { WrappedLearner } from '../learners/wrapped-learner.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'

export interface CalibratedOptions {
  /** A learner of two classes. */
  readonly learner: Learner
  /** How fast it follows. Default 0.01. */
  readonly rate?: number
}

/** Log odds beyond this say no more: a probability within 5e-5 of 0 or 1. */
const MOST = 10

/**
 * Platt scaling in the stream (Platt, "Probabilistic Outputs for Support Vector Machines", 1999): the log odds that the learner gave
 * before it learnt the row, times a slope, plus an offset, both learnt by the gradient of log loss. The order of rows stays unless the
 * learner is worse than chance. Where the learner says nothing yet, nothing is said.
 */
export class Calibrated extends WrappedLearner {
  readonly #rate: number
  /** Slope and offset. */
  readonly #line = Float64Array.of(1, 0)

  constructor({ learner, rate = 0.01 }: CalibratedOptions) {
    const kind = 'calibrated'
    if (learner.task !== 'classes' || learner.outputs !== 2) {
      throw new DefinitionError(
        `${kind}: expected a learner of two classes, found '${learner.kind}'; give it a classifier of two`,
      )
    }
    checkSetting(kind, 'rate', rate, { above: 0, atMost: 1 })
    super({ kind, version: 1, learner, settings: { rate } })
    this.#rate = rate
  }

  protected predictRow(out: Float64Array, at: number): void {
    this.ask()
    const { said } = this
    if (said[0] + said[1] === 0) {
      out[at] = 0
      out[at + 1] = 0
      return
    }
    const probability = sigmoid(this.#line[0] * odds(said) + this.#line[1])
    out[at] = 1 - probability
    out[at + 1] = probability
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const said = this.inner.writeGraph(graph, rows)
    const share = graph.node('Div', [columnsAt(graph, said, [1]), columnsAt(graph, said, [0])])
    const bounds = [graph.doubles([-MOST], []), graph.doubles([MOST], [])]
    const given = graph.node('Clip', [graph.node('Log', [share]), ...bounds])
    const [slope, offset] = this.#line
    const sloped = graph.node('Mul', [given, graph.doubles([slope], [])])
    const votes = twoClasses(graph, graph.node('Add', [sloped, graph.doubles([offset], [])]))
    const sum = graph.node('ReduceSum', [said, graph.integers([1])])
    const none = graph.doubles([0], [])
    return graph.node('Where', [graph.node('Greater', [sum, none]), votes, none])
  }

  protected learnRow(label: number, time: number): void {
    this.ask()
    const { said } = this
    if (said[0] + said[1] > 0) {
      const line = this.#line
      const given = odds(said)
      const slope = sigmoid(line[0] * given + line[1]) - label
      line[0] -= this.#rate * slope * given
      line[1] -= this.#rate * slope
    }
    this.teach(label, time)
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#line]
  }
}

function odds(said: Float64Array): number {
  const value = Math.log(said[1] / said[0])
  return Math.max(-MOST, Math.min(MOST, value))
}
