// Whether a leaf splits now, and where: the test of Hoeffding's bound over the best threshold of each feature it observes.
import { GREATEST, LEAST, OBSERVER, WEIGHT, weightUpTo } from './gaussian-observer.ts'
import { entropy, merit, range, type SplitCriterion } from './split-merit.ts'
import type { TreeStore } from './tree-store.ts'

export interface SplitRules {
  readonly criterion: SplitCriterion
  /** Chance that another split would be the better one. */
  readonly delta: number
  /** A bound below it splits a tie. */
  readonly tau: number
  /** Thresholds that are tried between the ends of a feature. */
  readonly points: number
  /** A leaf whose majority has a greater share does not split. */
  readonly maxShare: number
}

export interface Candidate {
  readonly feature: number
  readonly place: ObserverPlace
  readonly threshold: number
}

export interface LeafAt {
  readonly leaf: number
  readonly slot: number
  /** Its weight. */
  readonly seen: number
}

/** The observers of one feature in a slot, one a class. */
export class ObserverPlace {
  readonly #at: number
  readonly #step: number
  readonly #classes: number

  constructor({ slotDoubles, width, classes }: TreeStore, slot: number, index: number) {
    this.#at = slot * slotDoubles + index * OBSERVER
    this.#step = width * OBSERVER
    this.#classes = classes
  }

  at(label: number): number {
    return this.#at + label * this.#step
  }

  /** On which sides of the threshold the class is known: 1 left, 2 right, 3 both, 0 none. */
  known({ observers }: TreeStore, label: number, threshold: number): number {
    const at = this.at(label)
    if (observers[at + WEIGHT] === 0) return 0
    if (threshold < observers[at + LEAST]) return 2
    return threshold >= observers[at + GREATEST] ? 1 : 3
  }

  /** The weights of the classes up to the threshold, and above it. */
  sides(store: TreeStore, threshold: number, left: Float64Array, right: Float64Array): void {
    const { observers } = store
    for (let c = 0; c < this.#classes; c++) {
      const known = this.known(store, c, threshold)
      const weight = observers[this.at(c) + WEIGHT]
      left[c] =
        known === 3 ? weightUpTo(observers, this.at(c), threshold) : known === 1 ? weight : 0
      right[c] = known === 0 || known === 1 ? 0 : weight - left[c]
    }
  }

  /** The ends of the feature over all classes; the first above the second where none was seen. */
  ends({ observers }: TreeStore): readonly [least: number, greatest: number] {
    let least = Infinity
    let greatest = -Infinity
    for (let c = 0; c < this.#classes; c++) {
      const at = this.at(c)
      if (observers[at + WEIGHT] === 0) continue
      least = Math.min(least, observers[at + LEAST])
      greatest = Math.max(greatest, observers[at + GREATEST])
    }
    return [least, greatest]
  }
}

/**
 * 'wait': no split is better by the bound yet. 'renew': there is nothing to split, and the leaf begins to observe anew (as River does
 * where its null split wins).
 */
export function bestSplit(
  store: TreeStore,
  { leaf, slot, seen }: LeafAt,
  rules: SplitRules,
): Candidate | 'wait' | 'renew' {
  const { classes, width } = store
  let known = 0
  let present = 0
  let greatest = 0
  for (let c = 0; c < classes; c++) {
    const weight = store.weights[leaf * classes + c]
    if (store.order[leaf * classes + c] !== 0) known++
    if (weight !== 0) present++
    if (weight > greatest) greatest = weight
  }
  if (present < 2) return 'wait'
  if (greatest / seen > rules.maxShare) return 'renew'
  const before = entropy(store.weights, leaf * classes, classes)
  let best = -Infinity
  let second = -Infinity
  let candidate: Candidate | undefined
  const sides = [new Float64Array(classes), new Float64Array(classes)]
  for (let index = 0; index < width; index++) {
    const place = new ObserverPlace(store, slot, index)
    const [own, threshold] = bestThreshold(store, place, { rules, before, sides })
    // Of equals the last wins.
    if (own >= best) {
      second = best
      best = own
      const feature = store.observed[slot * width + index]
      candidate = own > -Infinity ? { feature, place, threshold } : undefined
    } else if (own > second) second = own
  }
  const scale = range(rules.criterion, known)
  const bound = Math.sqrt((scale * scale * Math.log(1 / rules.delta)) / (2 * seen))
  if (!(best - second > bound) && !(bound < rules.tau)) return 'wait'
  return candidate ?? 'renew'
}

interface Trial {
  readonly rules: SplitRules
  /** Entropy of the leaf. */
  readonly before: number
  readonly sides: readonly Float64Array[]
}

function bestThreshold(
  store: TreeStore,
  place: ObserverPlace,
  { rules, before, sides: [left, right] }: Trial,
): readonly [merit: number, threshold: number] {
  const [least, greatest] = place.ends(store)
  const step = (greatest - least) / (rules.points + 1)
  let best = -Infinity
  let at = Number.NaN
  for (let i = 0; i < rules.points; i++) {
    const threshold = least + step * (i + 1)
    if (!(least < threshold && threshold < greatest)) continue
    place.sides(store, threshold, left, right)
    const own = merit(rules.criterion, left, right, before)
    if (own > best) {
      best = own
      at = threshold
    }
  }
  return [best, at]
}
