// How good a split is: what is known of the class behind it, less what is known without it.

/** `gain`: information gain (Quinlan, 1986). `gini`: 1 less the Gini impurity behind the split (Breiman and others, 1984). */
export type SplitCriterion = 'gain' | 'gini'

/** Weights of each class on one side, of which the first `classes` count. */
type Weights = Float64Array

/** Both sides must hold more than this share. */
const LEAST_SHARE = 0.01

export function entropy(weights: Weights, at: number, classes: number): number {
  let sum = 0
  let total = 0
  for (let c = 0; c < classes; c++) {
    const weight = weights[at + c]
    if (weight <= 0) continue
    sum -= weight * Math.log2(weight)
    total += weight
  }
  return total > 0 ? (sum + total * Math.log2(total)) / total : 0
}

/** -Infinity for a split that leaves one side nearly empty; `before` is the entropy without it. */
export function merit(
  criterion: SplitCriterion,
  left: Weights,
  right: Weights,
  before: number,
): number {
  const lefts = sumOf(left)
  const rights = sumOf(right)
  const all = lefts + rights
  if (!(lefts / all > LEAST_SHARE && rights / all > LEAST_SHARE)) return -Infinity
  const { length } = left
  if (criterion === 'gain') {
    const after = lefts * entropy(left, 0, length) + rights * entropy(right, 0, length)
    return before - after / all
  }
  return 1 - ((lefts / all) * impurity(left, lefts) + (rights / all) * impurity(right, rights))
}

/** The greatest merit there can be: what the Hoeffding bound is in units of. */
export function range(criterion: SplitCriterion, classes: number): number {
  return criterion === 'gain' ? Math.log2(Math.max(2, classes)) : 1
}

function sumOf(weights: Weights): number {
  let sum = 0
  for (let c = 0; c < weights.length; c++) sum += weights[c]
  return sum
}

function impurity(weights: Weights, sum: number): number {
  let left = 1
  for (let c = 0; c < weights.length; c++) {
    const share = weights[c] / sum
    left -= share * share
  }
  return left
}
