// Bagging whose worst tree is given up when any of them gets worse.
import { TreeEnsemble, worsens, type EnsembleKind, type EnsembleOptions } from './tree-ensemble.ts'
import type { TreeMember } from './tree-member.ts'

/**
 * Where the errors of a member become more, the member with the most errors begins anew. So does every one whose errors have become
 * more and that is worse than guessing: its detector would see errors alone from then on, and never alarm again.
 */
export abstract class WatchedBagging extends TreeEnsemble {
  #worse = false

  constructor(of: Pick<EnsembleKind, 'kind' | 'options' | 'lambda' | 'drift'>) {
    super({ ...of, subset: of.options.features, warning: undefined, weighs: false })
  }

  protected watch(member: TreeMember, right: boolean): void {
    if (!worsens(member.drift, right)) return
    if ((member.drift?.mean ?? 0) > 1 - 1 / this.outputs) member.renew()
    else this.#worse = true
  }

  protected override settle(members: readonly TreeMember[]): void {
    if (!this.#worse) return
    this.#worse = false
    let worst = members[0]
    for (const member of members) {
      if ((member.drift?.mean ?? 0) > (worst.drift?.mean ?? 0)) worst = member
    }
    worst.renew()
  }
}

export interface WatchedBaggingOptions extends EnsembleOptions {
  /** Of the detectors. Default 0.002. */
  readonly adwinDelta?: number
}

/**
 * ADWIN bagging (Bifet, Holmes, Pfahringer, Kirkby and Gavalda, "New Ensemble Methods for Evolving Data Streams", KDD 2009) of Hoeffding
 * trees, as in MOA: the detectors see errors (River 0.26 gives them right answers).
 */
export class AdwinBagging extends WatchedBagging {
  constructor(options: WatchedBaggingOptions) {
    super({ kind: 'adwin-bagging', options, lambda: 1, drift: options.adwinDelta ?? 0.002 })
  }
}
