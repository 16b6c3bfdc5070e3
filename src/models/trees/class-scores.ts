// What TreeEnsembleClassifier makes of the sums of its classes: their scores, and the label of the winner.
import { LEAF, leave, type Ensemble } from './ensemble.ts'
import { addBase, logistic, rounding, transform, type Round, type Scores } from './finish-scores.ts'

/** How scores come about. */
type Kind =
  /** One score a class. */
  | 'each'
  /** Two classes, weights for one of them, none negative: the sum is the second one's probability. */
  | 'share'
  /** Two classes, weights for one of them: the sum is the second one's margin. */
  | 'margin'
  /** Two classes, weights for both: the second one's score alone says which it is. */
  | 'both'

export class ClassScores {
  readonly classes: number
  readonly #ensemble: Ensemble
  readonly #kind: Kind
  /** The class that has all weights; -1: several have. */
  readonly #only: number
  readonly #round: Round

  /**
   * @param wantsLabel whether the label of the winner is asked for.
   * @param isZeroAndOne whether the labels are these two numbers.
   */
  constructor(
    ensemble: Ensemble,
    { wantsLabel, isZeroAndOne }: { readonly wantsLabel: boolean; readonly isZeroAndOne: boolean },
  ) {
    this.#ensemble = ensemble
    this.classes = ensemble.targets
    this.#round = rounding(ensemble.precision)
    const { nodes, base, post } = ensemble
    const weighted = new Set(nodes.target)
    this.#only = weighted.size === 1 ? [...weighted][0] : -1
    if (ensemble.combine !== 'sum') leave('a classifier that does not sum')
    if (this.classes < 2) leave('a classifier of one class')
    const isOneOfTwo = this.classes === 2 && this.#only >= 0
    // One base value for two classes is that of the first.
    if (base.length !== 0 && base.length !== this.classes && !(isOneOfTwo && base.length === 1))
      leave('base values of another number than classes')
    if (isOneOfTwo) {
      this.#kind = nodes.weight.every((weight) => !(weight < 0)) ? 'share' : 'margin'
      if (post === 'PROBIT') leave('two classes, of which one has weights, with PROBIT')
      if (base.length === 2 || (base.length === 1 && this.#only === 1))
        leave('a base value for a class without weights')
      return
    }
    this.#kind = this.classes === 2 ? 'both' : 'each'
    if (this.classes === 2 && base.length > 0) leave('two classes with base values')
    if (this.classes === 2 && wantsLabel && !isZeroAndOne)
      leave('the label of two classes that both have weights, and are not called 0 and 1')
    if (this.classes === 2 && !isGivenByAll(ensemble, 1))
      leave('a tree that may leave the second class without a weight')
    if (this.classes > 2 && wantsLabel && base.length === 0) {
      for (let each = 0; each < this.classes; each++)
        if (!isGivenByAll(ensemble, each)) leave(`a row that may give class ${each} nothing`)
    }
  }

  /**
   * Makes scores of the sums, in their place.
   *
   * @param winners takes the place of the winner's label, by row.
   */
  finish(sums: Scores, rows: number, winners: Int32Array | undefined): void {
    const { classes } = this
    if (this.#kind === 'each' || this.#kind === 'both') {
      addBase(sums, rows, this.#ensemble)
      if (winners !== undefined)
        for (let row = 0; row < rows; row++)
          winners[row] =
            this.#kind === 'each'
              ? greatest(sums, row * classes, classes)
              : Number(sums[row * 2 + 1] > 0)
      transform(sums, rows, { width: classes, post: this.#ensemble.post, round: this.#round })
      return
    }
    const [base = 0] = this.#ensemble.base
    for (let row = 0; row < rows; row++) {
      const sum = this.#round(sums[row * 2 + this.#only] + base)
      if (winners !== undefined) winners[row] = sum > (this.#kind === 'share' ? 0.5 : 0) ? 1 : 0
      this.#finishTwo(sums, row * 2, sum)
    }
    // Both classes have a score then: nothing, and the sum.
    if (this.#only === 1)
      transform(sums, rows, { width: 2, post: this.#ensemble.post, round: this.#round })
  }

  #finishTwo(scores: Scores, at: number, sum: number): void {
    if (this.#only === 1) {
      scores[at] = 0
      scores[at + 1] = sum
    } else if (this.#ensemble.post === 'LOGISTIC') {
      scores[at] = logistic(-sum)
      scores[at + 1] = logistic(sum)
    } else {
      scores[at] = this.#kind === 'share' ? this.#round(1 - sum) : -sum
      scores[at + 1] = sum
    }
  }
}

/** The place of the greatest of `count` values, of equals the first. */
export function greatest(values: Scores, from: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if (values[from + i] > values[from + best]) best = i
  return best
}

/** Whether some tree gives the class a weight in every one of its leaves. */
function isGivenByAll({ nodes, roots }: Ensemble, target: number): boolean {
  return roots.some((root) => {
    const open = [root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (nodes.mode[node] !== LEAF) open.push(nodes.yes[node], nodes.no[node])
      else if (!nodes.target.subarray(nodes.start[node], nodes.start[node + 1]).includes(target))
        return false
    }
    return true
  })
}
