// A learner that learns rows of some classes more often than others, and what that does to its probabilities.
import { Prng } from '../../base/prng.ts'
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Learner } from '../../contracts/learner.ts'
import { normalised } from '../export/class-logs.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { WrappedLearner } from '../learners/wrapped-learner.ts'

export interface RepeatedOptions {
  /** A learner of classes. */
  readonly learner: Learner
  /** Whether probabilities are those of the classes as they come, not as they were learnt. Default true. */
  readonly recalibrate?: boolean
  /** Default 1. */
  readonly seed?: number
}

/**
 * A row is learnt `rate(label)` times: the whole part of it for sure, the rest by chance. That changes what share of the rows each class
 * has, and so every probability; it is undone by the ratio of the shares (Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001,
 * theorem 2), which are counted.
 */
export abstract class Repeated extends WrappedLearner {
  /** Rows that came, by class. */
  protected readonly seen: Float64Array
  /** How often rows of a class were learnt. */
  readonly #learnt: Float64Array
  readonly #recalibrate: boolean
  readonly #random: Prng
  readonly #words = new Int32Array(4)

  constructor(
    kind: string,
    { learner, recalibrate = true, seed = 1 }: RepeatedOptions,
    settings: Readonly<Record<string, unknown>>,
  ) {
    if (learner.task !== 'classes') {
      throw new DefinitionError(
        `${kind}: expected a learner of classes, found '${learner.kind}', whose task is '${learner.task}'; give it a classifier`,
      )
    }
    checkSetting(kind, 'seed', seed, { whole: true })
    super({ kind, version: 1, learner, settings: { ...settings, recalibrate, seed } })
    this.#recalibrate = recalibrate
    this.seen = new Float64Array(learner.outputs)
    this.#learnt = new Float64Array(learner.outputs)
    this.#random = new Prng(seed)
    this.#random.save(this.#words)
  }

  /** How often a row of this class, which is counted in `seen`, is to be learnt; at least 0. */
  protected abstract rate(label: number): number

  protected predictRow(out: Float64Array, at: number): void {
    this.ask()
    const { said } = this
    let sum = 0
    for (let c = 0; c < said.length; c++) {
      out[at + c] = said[c] * this.#ratio(c)
      sum += out[at + c]
    }
    if (sum > 0) for (let c = 0; c < said.length; c++) out[at + c] /= sum
  }

  /** What a vote for a class is multiplied by. */
  #ratio(label: number): number {
    const learnt = this.#learnt[label]
    return this.#recalibrate && learnt > 0 ? this.seen[label] / learnt : 1
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const ratios = this.seen.map((_, label) => this.#ratio(label))
    const said = this.inner.writeGraph(graph, rows)
    return normalised(graph, graph.node('Mul', [said, graph.doubles(ratios)]))
  }

  protected learnRow(label: number, time: number): void {
    this.seen[label]++
    const rate = this.rate(label)
    let times = Math.floor(rate)
    if (rate > times) {
      this.#random.load(this.#words)
      if (this.#random.chance(rate - times)) times++
      this.#random.save(this.#words)
    }
    this.#learnt[label] += times
    for (; times > 0; times--) this.teach(label, time)
  }

  protected override arrays(): readonly StateArray[] {
    return [this.seen, this.#learnt, this.#words]
  }
}

/** @throws DefinitionError where there is not one positive number for each class. */
export function checkByClass(
  kind: string,
  name: string,
  values: readonly number[],
  classes: number,
): readonly number[] {
  if (values.length !== classes) {
    throw new DefinitionError(
      `${kind}: expected '${name}' to have a number for each of ${classes} classes, found ${values.length}; give one a class`,
    )
  }
  for (const value of values) checkSetting(kind, name, value, { above: 0, atMost: 1e6 })
  return values
}
