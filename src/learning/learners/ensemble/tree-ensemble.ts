// What ensembles of Hoeffding trees share: members that see each row as often as a draw says, and the sum of their votes.
import { Prng } from '../../../base/prng.ts'
import { DRIFT } from '../../../contracts/detector.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { treeRules, type TreeOptions } from '../tree/tree-rules.ts'
import { Poisson } from './poisson.ts'
import { TreeMember, type MemberRules } from './tree-member.ts'

export interface EnsembleOptions extends TreeOptions {
  readonly features: number
  readonly classes: number
  /** Default 10. */
  readonly members?: number
  /** What all draws come from. Default 1. */
  readonly seed?: number
  /** Bytes that the trees may take together; each has an equal share. Default 2^28. */
  readonly maxBytes?: number
}

export interface EnsembleKind {
  readonly kind: string
  readonly options: EnsembleOptions
  /** Mean of how often a member sees a row. */
  readonly lambda: number
  /** Features a leaf observes. */
  readonly subset: number
  /** Whether these are drawn once for a tree, and not for each leaf. Default false. */
  readonly patches?: boolean
  /** Of the naive Bayes in the leaves; see the rules of a tree. Default true. */
  readonly strict?: boolean
  readonly drift: number | undefined
  readonly warning: number | undefined
  /** Whether a vote counts by the accuracy of its member, and a draw as the weight of a row; else a row is learnt as often as drawn. */
  readonly weighs: boolean
}

export abstract class TreeEnsemble extends RowLearner {
  readonly #rules: MemberRules
  #members: TreeMember[]
  readonly #random: Prng
  readonly #poisson: Poisson
  readonly #weighs: boolean
  protected readonly votes: Float64Array

  constructor(of: EnsembleKind) {
    const { kind, options, lambda, subset, drift, warning, weighs } = of
    const { features, classes, members = 10, seed = 1, maxBytes = 2 ** 28 } = options
    checkSetting(kind, 'members', members, { atLeast: 1, atMost: 10_000, whole: true })
    checkSetting(kind, 'seed', seed, { whole: true })
    checkSetting(kind, 'lambda', lambda, { above: 0, atMost: 30 })
    const share = maxBytes / members / (warning === undefined ? 1 : 2)
    const tree = {
      ...treeRules(kind, { ...options, maxBytes: share }, subset),
      patches: of.patches === true,
      strict: of.strict ?? true,
    }
    super({
      kind,
      task: 'classes',
      version: 1,
      features,
      outputs: classes,
      settings: {
        members,
        seed,
        lambda,
        drift: drift ?? 'none',
        warning: warning ?? 'none',
        weighs,
        ...tree,
      },
    })
    this.#rules = { tree, drift, warning }
    this.#random = new Prng(seed)
    this.#poisson = new Poisson(lambda)
    this.#weighs = weighs
    this.#members = Array.from({ length: members }, () => new TreeMember(this.#rules, this.#random))
    this.votes = new Float64Array(classes)
  }

  /** What is done with a member that has learnt the row at hand, and whether it then had it right. */
  protected abstract watch(member: TreeMember, right: boolean): void
  /** After all members. */
  protected settle(_members: readonly TreeMember[]): void {
    // Most have nothing to do here.
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { votes, outputs } = this
    out.fill(0, at, at + outputs)
    for (const member of this.#members) {
      member.tree.predict(this.x, votes, 0)
      const weight = this.#weightOf(member)
      for (let c = 0; c < outputs; c++) out[at + c] += weight * votes[c]
    }
    let total = 0
    for (let c = 0; c < outputs; c++) total += out[at + c]
    if (total > 0) for (let c = 0; c < outputs; c++) out[at + c] /= total
  }

  #weightOf({ accuracy }: TreeMember): number {
    return this.#weighs && accuracy > 0 ? accuracy : 1
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes } = this
    const voters = this.#members.map((member) => ({
      view: member.tree.view(),
      weight: this.#weightOf(member),
    }))
    return voteGraph(graph, rows, { features, classes, voters })
  }

  protected learnRow(label: number): void {
    const { x } = this
    for (const member of this.#members) {
      if (this.#weighs) member.judge(member.tree.classify(x) === label)
      const weight = this.#poisson.draw(this.#random)
      if (this.#weighs) {
        if (weight > 0) member.tree.learn(x, label, weight)
        if (weight > 0) member.background?.learn(x, label, weight)
      } else if (weight > 0) member.tree.learn(x, label, 1, weight)
      if (member.drift === undefined || (weight === 0 && this.#weighs)) continue
      this.watch(member, member.tree.classify(x) === label)
    }
    this.settle(this.#members)
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
    const members = this.#members.map(() => TreeMember.read(reader, this.#rules, this.#random))
    reader.end()
    this.#random.load(words)
    this.#members = members
  }

  override get memoryBytes(): number {
    return this.#members.reduce((sum, member) => sum + member.memoryBytes, 0)
  }
}

/** Gives a member's detector the row; whether its errors have become more. */
export function worsens(detector: TreeMember['drift'], right: boolean): boolean {
  return detector?.update(right ? 0 : 1) === DRIFT && detector.direction === 1
}
