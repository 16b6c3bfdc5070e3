// Trees that differ in the rows they see and the features their leaves observe, each replaced when it gets worse.
import { checkSetting } from '../../settings.ts'
import { TreeEnsemble, worsens, type EnsembleOptions } from './tree-ensemble.ts'
import type { TreeMember } from './tree-member.ts'

export interface AdaptiveRandomForestOptions extends EnsembleOptions {
  /** Features a leaf observes. Default 0.6 of them, rounded, and one more where that leaves none, as in MOA. */
  readonly subset?: number
  /** Mean of how often a member sees a row. Default 6. */
  readonly lambda?: number
  /** Of the detector that has a tree replaced. Default 0.001. */
  readonly driftDelta?: number
  /** Of the detector that has its successor begin. Default 0.01. */
  readonly warningDelta?: number
}

/**
 * Adaptive random forest (Gomes and others, "Adaptive Random Forests for Evolving Data Stream Classification", Machine Learning 106,
 * 2017): Hoeffding trees with `grace` 50 and `delta` 0.01, a tree in the background from the first warning, votes by the accuracy of a
 * tree since it took its place. Like MOA it observes 60 % of the features in a leaf; River takes the square root.
 */
export class AdaptiveRandomForest extends TreeEnsemble {
  constructor(options: AdaptiveRandomForestOptions) {
    const { features, lambda = 6, driftDelta = 0.001, warningDelta = 0.01 } = options
    const subset = options.subset ?? Math.max(1, Math.round(0.6 * features))
    const kind = 'adaptive-random-forest'
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'subset', subset, { atLeast: 1, atMost: features, whole: true })
    super({
      kind,
      options: { ...options, grace: options.grace ?? 50, delta: options.delta ?? 0.01 },
      lambda,
      subset,
      drift: driftDelta,
      warning: warningDelta,
      weighs: true,
    })
  }

  protected watch(member: TreeMember, right: boolean): void {
    if (worsens(member.warning, right)) member.grow()
    if (worsens(member.drift, right)) member.renew()
  }
}
