// Rules for numbers that grow narrower as more is known, and go when they become wrong.
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { Rule, type RuleSettings } from './rule.ts'

export interface AmRulesOptions {
  readonly features: number
  /** Rows between two attempts of a rule to become narrower. Default 200. */
  readonly grace?: number
  /** The chance that a split is not the best one. Default 1e-7. */
  readonly delta?: number
  /** Where the bound is below this the best split is taken. Default 0.05. */
  readonly tau?: number
  /** How much of the errors of mean and model is kept at the next row. Default 0.99. */
  readonly fading?: number
  /** A row that scores less is an anomaly of a rule, and not learnt by it. Default -0.75. */
  readonly anomaly?: number
  /** Rows of a rule before it looks for anomalies. Default 30. */
  readonly anomalyAfter?: number
  /** Whether the first rule that holds answers and learns alone; else all that hold do, and their mean answers. Default true. */
  readonly ordered?: boolean
  /** Rows that either side of a split must have. Default 5. */
  readonly leastRows?: number
  /** Rate of the linear models. Default 0.01. */
  readonly rate?: number
  /** Rules at most, the default rule left out. Default 100. */
  readonly most?: number
  /** Bytes of what a rule observes; with more it forgets that, and observes anew. Default 8 MiB. */
  readonly maxBytes?: number
}

/**
 * AMRules (Almeida, Ferreira and Gama, "Adaptive Model Rules from Data Streams", ECML PKDD 2013; Duarte, Gama and Bifet, TKDD 2016), at the
 * predictions of River 0.26: a rule answers by the mean of its targets or its linear model, whichever was nearer of late; ADWIN on its
 * absolute errors removes it. What no rule is about the default rule learns, which becomes a rule. Scale the features. A missing value
 * is covered by rules that do not ask for it.
 */
export class AmRules extends RowLearner {
  readonly #of: RuleSettings
  readonly #ordered: boolean
  readonly #most: number
  #default: Rule
  #rules: Rule[] = []

  constructor(options: AmRulesOptions) {
    const kind = 'am-rules'
    const { features, ordered = true, most = 100 } = options
    const of = {
      grace: 200,
      delta: 1e-7,
      tau: 0.05,
      fading: 0.99,
      anomaly: -0.75,
      anomalyAfter: 30,
      leastRows: 5,
      rate: 0.01,
      maxBytes: 8 * 2 ** 20,
      ...options,
    }
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'grace', of.grace, { atLeast: 1, whole: true })
    checkSetting(kind, 'delta', of.delta, { above: 0, below: 1 })
    checkSetting(kind, 'tau', of.tau, { atLeast: 0, atMost: 1 })
    checkSetting(kind, 'fading', of.fading, { above: 0, atMost: 1 })
    checkSetting(kind, 'anomaly', of.anomaly, { atLeast: -1e6, atMost: 1e6 })
    checkSetting(kind, 'anomalyAfter', of.anomalyAfter, { atLeast: 2, whole: true })
    checkSetting(kind, 'leastRows', of.leastRows, { atLeast: 1, whole: true })
    checkSetting(kind, 'rate', of.rate, { above: 0, atMost: 1e6 })
    checkSetting(kind, 'most', most, { atLeast: 1, atMost: 10_000, whole: true })
    checkSetting(kind, 'maxBytes', of.maxBytes, { atLeast: 1024, whole: true })
    super({
      kind,
      task: 'number',
      version: 1,
      features,
      outputs: 1,
      settings: { ...of, ordered, most },
    })
    this.#of = of
    this.#ordered = ordered
    this.#most = most
    this.#default = new Rule(of)
  }

  /** The rules, in their order, as text; the default rule is not among them. */
  get rules(): readonly string[] {
    return this.#rules.map(({ text }) => text)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { x } = this
    let sum = 0
    let hits = 0
    for (let i = 0; i < this.#rules.length; i++) {
      const rule = this.#rules[i]
      if (!rule.covers(x)) continue
      sum += rule.predict(x)
      hits++
      if (this.#ordered) break
    }
    out[at] = hits > 0 ? sum / hits : this.#default.predict(x)
  }

  protected learnRow(label: number): void {
    const { x } = this
    let covered = false
    for (let i = 0; i < this.#rules.length; i++) {
      const rule = this.#rules[i]
      if (!rule.covers(x) || rule.isAnomaly(x)) continue
      if (rule.drifts(Math.abs(label - rule.predict(x)))) {
        this.#rules.splice(i--, 1)
        continue
      }
      covered = true
      rule.learn(x, label)
      rule.expand()
      if (this.#ordered) break
    }
    if (covered) return
    this.#default.learn(x, label)
    if (this.#rules.length === this.#most || !this.#default.expand()) return
    this.#rules.push(this.#default)
    this.#default = new Rule(this.#of)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    writer.number(this.#rules.length)
    for (const rule of [this.#default, ...this.#rules]) rule.write(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const count = reader.number()
    const first = Rule.read(reader, this.#of)
    const rules = Array.from({ length: count }, () => Rule.read(reader, this.#of))
    reader.end()
    this.#default = first
    this.#rules = rules
  }

  override get memoryBytes(): number {
    return this.#rules.reduce((sum, each) => sum + each.memoryBytes, this.#default.memoryBytes)
  }
}
