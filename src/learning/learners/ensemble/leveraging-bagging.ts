// Bagging with more weight, so that the trees differ more.
import { WatchedBagging, type WatchedBaggingOptions } from './adwin-bagging.ts'

export interface LeveragingBaggingOptions extends WatchedBaggingOptions {
  /** Mean of how often a member sees a row. Default 6. */
  readonly lambda?: number
}

/**
 * Leveraging bagging (Bifet, Holmes and Pfahringer, "Leveraging Bagging for Evolving Data Streams", ECML-PKDD 2010) of Hoeffding trees,
 * with a weight of mean 6 and ADWIN, without output codes, as in MOA.
 */
export class LeveragingBagging extends WatchedBagging {
  constructor(options: LeveragingBaggingOptions) {
    const { lambda = 6, adwinDelta = 0.002 } = options
    super({ kind: 'leveraging-bagging', options, lambda, drift: adwinDelta })
  }
}
