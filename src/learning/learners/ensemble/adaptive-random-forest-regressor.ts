// A number by trees that differ in the rows they see and the features their leaves observe, each replaced when its errors change.
import { Prng } from '../../../base/prng.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { medianGraph, numberGraph } from '../../export/number-graph.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { regressionRules, type RegressionTreeOptions } from '../tree/hoeffding-tree-regressor.ts'
import { Poisson } from './poisson.ts'
import { regressionView } from '../tree/regression-view.ts'
import { RegressionMember, type RegressionMemberRules } from './regression-member.ts'

export interface AdaptiveRandomForestRegressorOptions extends RegressionTreeOptions {
  readonly features: number
  /** Default 10. */
  readonly members?: number
  /** What all draws come from. Default 1. */
  readonly seed?: number
  /** Features a leaf observes. Default 0.6 of them, rounded, and at least one. */
  readonly subset?: number
  /** Mean of how often a member sees a row. Default 6. */
  readonly lambda?: number
  /** Of the detector that has a tree replaced. Default 0.001. */
  readonly driftDelta?: number
  /** Of the detector that has its successor begin. Default 0.01. */
  readonly warningDelta?: number
  /** Bytes that the trees may take together; each has an equal share. Default 2^28. */
  readonly maxBytes?: number
}

/**
 * Adaptive random forest for numbers (Gomes, Barddal, Boiko and Bifet, "Adaptive Random Forests for Data Stream Regression", ESANN 2018),
 * as in River: Hoeffding trees for numbers with `grace` 50 and `delta` 0.01, the median of what they say, detectors of the errors by
 * where they lie among those before. Scale the features. River observes the square root of the features in a leaf.
 */
export class AdaptiveRandomForestRegressor extends RowLearner {
  readonly #rules: RegressionMemberRules
  #members: RegressionMember[]
  readonly #random: Prng
  readonly #poisson: Poisson
  readonly #answers: Float64Array

  constructor(options: AdaptiveRandomForestRegressorOptions) {
    const kind = 'adaptive-random-forest-regressor'
    const { features, members = 10, seed = 1, lambda = 6, maxBytes = 2 ** 28 } = options
    const { grace = 50, delta = 0.01, driftDelta = 0.001, warningDelta = 0.01 } = options
    const subset = options.subset ?? Math.max(1, Math.round(0.6 * features))
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'subset', subset, { atLeast: 1, atMost: features, whole: true })
    checkSetting(kind, 'members', members, { atLeast: 1, atMost: 10_000, whole: true })
    checkSetting(kind, 'seed', seed, { whole: true })
    checkSetting(kind, 'lambda', lambda, { above: 0, atMost: 30 })
    checkSetting(kind, 'driftDelta', driftDelta, { above: 0, below: 1 })
    checkSetting(kind, 'warningDelta', warningDelta, { above: 0, below: 1 })
    const share = maxBytes / members / 2
    const tree = regressionRules(kind, { ...options, grace, delta, maxBytes: share }, subset)
    const settings = { members, seed, lambda, drift: driftDelta, warning: warningDelta, ...tree }
    super({ kind, task: 'number', version: 1, features, outputs: 1, settings })
    this.#rules = { tree, drift: driftDelta, warning: warningDelta }
    this.#random = new Prng(seed)
    this.#poisson = new Poisson(lambda)
    this.#members = this.#newMembers(members)
    this.#answers = new Float64Array(members)
  }

  #newMembers(count: number): RegressionMember[] {
    return Array.from({ length: count }, () => new RegressionMember(this.#rules, this.#random))
  }

  protected predictRow(out: Float64Array, at: number): void {
    const answers = this.#answers
    for (let i = 0; i < answers.length; i++) answers[i] = this.#members[i].tree.predict(this.x)
    answers.sort()
    const half = answers.length >> 1
    const upper = answers[half]
    out[at] = answers.length % 2 === 1 ? upper : answers[half - 1] / 2 + upper / 2
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const trees = this.#members.map(({ tree }) => regressionView(tree))
    const answers = numberGraph(graph, rows, { features: this.features, trees })
    return medianGraph(graph, answers, trees.length)
  }

  protected learnRow(label: number): void {
    for (const member of this.#members) {
      const weight = this.#poisson.draw(this.#random)
      if (weight > 0) member.learn(this.x, label, weight)
    }
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    const words = new Int32Array(4)
    this.#random.save(words)
    writer.array(words)
    for (const member of this.#members) member.write(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const words = reader.ints(4)
    const kept = new Int32Array(4)
    this.#random.save(kept)
    // New trees draw features, which those that are read have drawn already.
    const members = this.#newMembers(this.#members.length)
    this.#random.load(kept)
    for (const member of members) member.read(reader)
    reader.end()
    this.#random.load(words)
    this.#members = members
  }

  override get memoryBytes(): number {
    return this.#members.reduce((sum, member) => sum + member.memoryBytes, 0)
  }
}
