// Trees of which each sees the more of a row the more the ones before it had it wrong.
import { Prng } from '../../../base/prng.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { HoeffdingCore } from '../tree/hoeffding-core.ts'
import { treeRules, type TreeRules } from '../tree/tree-rules.ts'
import { drawPoisson } from './poisson.ts'
import type { EnsembleOptions } from './tree-ensemble.ts'

/** A row is learnt at most so often; what was drawn beyond is in the weight it is learnt with. */
const MOST_TIMES = 50

/**
 * Online boosting (Oza and Russell, "Online Bagging and Boosting", AISTATS 2001) of Hoeffding trees, as in River: each member learns a
 * row as often as a draw of the Poisson distribution says, whose mean grows where the member before had the row wrong; votes count
 * by ln((1 - error) / error).
 */
export class OzaBoosting extends RowLearner {
  readonly #rules: TreeRules
  readonly #random: Prng
  #trees: HoeffdingCore[]
  /** For each member the weight of what it had right, and of what it had wrong. */
  readonly #right: Float64Array
  readonly #wrong: Float64Array
  readonly #votes: Float64Array

  constructor(options: EnsembleOptions) {
    const kind = 'oza-boosting'
    const { features, classes, members = 10, seed = 1, maxBytes = 2 ** 28 } = options
    checkSetting(kind, 'members', members, { atLeast: 1, atMost: 10_000, whole: true })
    checkSetting(kind, 'seed', seed, { whole: true })
    const rules = {
      ...treeRules(kind, { ...options, maxBytes: maxBytes / members }, features),
      strict: true,
    }
    const settings = { members, seed, ...rules }
    super({ kind, task: 'classes', version: 1, features, outputs: classes, settings })
    this.#rules = rules
    this.#random = new Prng(seed)
    this.#trees = Array.from({ length: members }, () => new HoeffdingCore(rules))
    this.#right = new Float64Array(members)
    this.#wrong = new Float64Array(members)
    this.#votes = new Float64Array(classes)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { outputs } = this
    const votes = this.#votes
    out.fill(0, at, at + outputs)
    for (let i = 0; i < this.#trees.length; i++) {
      this.#trees[i].predict(this.x, votes, 0)
      const weight = this.#weightOf(i)
      for (let c = 0; c < outputs; c++) out[at + c] += weight * votes[c]
    }
    let total = 0
    for (let c = 0; c < outputs; c++) total += out[at + c]
    if (total > 0) for (let c = 0; c < outputs; c++) out[at + c] /= total
  }

  /** 1 for a member that made no error yet, or is worse than guessing, as in River. */
  #weightOf(member: number): number {
    const wrong = this.#wrong[member]
    const error = wrong / (wrong + this.#right[member])
    return error > 0 && error <= 0.5 ? Math.log((1 - error) / error) : 1
  }

  protected learnRow(label: number): void {
    const { x } = this
    let mean = 1
    for (let i = 0; i < this.#trees.length; i++) {
      const tree = this.#trees[i]
      const times = drawPoisson(mean, this.#random)
      if (times > MOST_TIMES) tree.learn(x, label, times / MOST_TIMES, MOST_TIMES)
      else if (times > 0) tree.learn(x, label, 1, times)
      const had = tree.classify(x) === label ? this.#right : this.#wrong
      had[i] += mean
      mean *= (this.#right[i] + this.#wrong[i]) / (2 * had[i])
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes } = this
    const voters = this.#trees.map((tree, i) => ({ view: tree.view(), weight: this.#weightOf(i) }))
    return voteGraph(graph, rows, { features, classes, voters })
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    const words = new Int32Array(4)
    this.#random.save(words)
    writer.array(words)
    writer.array(this.#right)
    writer.array(this.#wrong)
    for (const tree of this.#trees) tree.write(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const words = reader.ints(4)
    const right = reader.doubles(this.#right.length)
    const wrong = reader.doubles(this.#wrong.length)
    const trees = this.#trees.map(() => {
      const tree = new HoeffdingCore(this.#rules)
      tree.read(reader)
      return tree
    })
    reader.end()
    this.#random.load(words)
    this.#right.set(right)
    this.#wrong.set(wrong)
    this.#trees = trees
  }

  override get memoryBytes(): number {
    return this.#trees.reduce((sum, tree) => sum + tree.memoryBytes, 16 * this.#trees.length)
  }
}
