// What a user may set of a tree for classes, and the rules that follow.
import { checkSetting } from '../../settings.ts'
import type { SplitCriterion } from './split-merit.ts'

/** What a leaf answers: its majority class, naive Bayes, or whichever was right more often. */
export type LeafPrediction = 'majority' | 'bayes' | 'adaptive'

export interface TreeRules {
  readonly features: number
  readonly classes: number
  /** For each feature its number of values; 0 for a number. */
  readonly values: readonly number[]
  /** Features a leaf observes, drawn anew for each; all of them where it is `features`. */
  readonly subset: number
  /** Whether they are drawn once for the tree. */
  readonly patches: boolean
  /** Weight a leaf sees between two attempts to split. */
  readonly grace: number
  /** Chance that another split would be the better one. */
  readonly delta: number
  /** A bound below it splits a tie. */
  readonly tau: number
  readonly leaf: LeafPrediction
  /**
   * Whether in naive Bayes another value than the only one that a class had of a numeric feature rules the class out, as in MOA; else such
   * a feature says nothing of the class, as in River.
   */
  readonly strict: boolean
  readonly criterion: SplitCriterion
  /** Thresholds that are tried between the ends of a feature. */
  readonly points: number
  /** A leaf whose majority has a greater share does not split. */
  readonly maxShare: number
  readonly maxDepth: number
  readonly maxBytes: number
}

export interface TreeOptions {
  /** Weight a leaf sees between two attempts to split. Default 200. */
  readonly grace?: number
  /** Chance that another split would be the better one. Default 1e-7. */
  readonly delta?: number
  /** Bound below which a tie is split. Default 0.05. */
  readonly tau?: number
  /** What a leaf answers: its majority class, naive Bayes, or whichever was right more often there. Default 'adaptive'. */
  readonly leaf?: LeafPrediction
  /** Default 'gain'. */
  readonly criterion?: SplitCriterion
  /**
   * Features that are nominal, each with its number of values: `{ 3: 7 }` says that feature 3 is one of 0 .. 6. Such a feature splits
   * into one value and the others. Any other number counts as missing. Default none: all features are numbers.
   */
  readonly nominal?: Readonly<Record<number, number>>
  /** A leaf so deep does not split. Default none. */
  readonly maxDepth?: number
  /** Bytes it may take: then the leaves that have least to gain stop observing, and at last it stops growing. Default 33,554,432. */
  readonly maxBytes?: number
}

export interface HoeffdingTreeOptions extends TreeOptions {
  readonly features: number
  readonly classes: number
}

/** The rules of a tree whose leaves observe `subset` features. @throws DefinitionError where a setting is not within its bounds. */
export function treeRules(kind: string, options: HoeffdingTreeOptions, subset: number): TreeRules {
  const { features, classes, leaf = 'adaptive', criterion = 'gain' } = options
  const { grace = 200, delta = 1e-7, tau = 0.05, maxDepth = 1000, maxBytes = 2 ** 25 } = options
  checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
  checkSetting(kind, 'classes', classes, { atLeast: 2, whole: true })
  checkSetting(kind, 'grace', grace, { above: 0 })
  checkSetting(kind, 'delta', delta, { above: 0, below: 1 })
  checkSetting(kind, 'tau', tau, { atLeast: 0 })
  checkSetting(kind, 'maxDepth', maxDepth, { atLeast: 0, whole: true })
  checkSetting(kind, 'maxBytes', maxBytes, { above: 0 })
  return {
    features,
    classes,
    values: valuesOf(kind, features, options.nominal ?? {}),
    subset,
    patches: false,
    strict: false,
    grace,
    delta,
    tau,
    leaf,
    criterion,
    maxDepth,
    maxBytes,
    points: 10,
    maxShare: 0.99,
  }
}

/** For each feature its number of values; 0 for a number. */
function valuesOf(
  kind: string,
  features: number,
  nominal: Readonly<Record<number, number>>,
): readonly number[] {
  const values = Array.from({ length: features }, () => 0)
  for (const [feature, count] of Object.entries(nominal)) {
    checkSetting(kind, 'nominal', Number(feature), { atLeast: 0, below: features, whole: true })
    values[Number(feature)] = checkSetting(kind, `nominal[${feature}]`, count, {
      atLeast: 2,
      atMost: 10_000,
      whole: true,
    })
  }
  return values
}
