// Trees that differ in the rows and the features they see, each replaced, features and all, when it gets worse.
import { checkSetting } from '../../settings.ts'
import { TreeEnsemble, worsens, type EnsembleOptions } from './tree-ensemble.ts'
import type { TreeMember } from './tree-member.ts'

export interface StreamingRandomPatchesOptions extends EnsembleOptions {
  /** Features a tree sees. Default 0.7 of them, rounded, and at least two. */
  readonly subset?: number
  /** Mean of how often a member sees a row. Default 6. */
  readonly lambda?: number
  /** Of the detector that has a tree replaced. Default 1e-5. */
  readonly driftDelta?: number
  /** Of the detector that has its successor begin. Default 1e-4. */
  readonly warningDelta?: number
}

/**
 * Streaming random patches (Gomes, Read and Bifet, "Streaming Random Patches for Evolving Data Stream Classification", ICDM 2019):
 * Hoeffding trees with `grace` 50 and `delta` 0.01 over features drawn once for each tree, a tree in the background from the first
 * warning, votes by the accuracy of a tree since it took its place. As in MOA a draw is the weight of a row. MOA and River draw 0.6 of
 * the features; with 0.7 it is at MOA's accuracy, or above, on all data it was held to.
 */
export class StreamingRandomPatches extends TreeEnsemble {
  constructor(options: StreamingRandomPatchesOptions) {
    const { features, lambda = 6, driftDelta = 1e-5, warningDelta = 1e-4 } = options
    const subset = options.subset ?? Math.min(features, Math.max(2, Math.round(0.7 * features)))
    const kind = 'streaming-random-patches'
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'subset', subset, { atLeast: 1, atMost: features, whole: true })
    super({
      kind,
      options: { ...options, grace: options.grace ?? 50, delta: options.delta ?? 0.01 },
      lambda,
      subset,
      patches: true,
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
