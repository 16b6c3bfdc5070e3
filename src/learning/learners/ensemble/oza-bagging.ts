// Trees that see each row as often as a bootstrap sample would show it.
import { TreeEnsemble, type EnsembleOptions } from './tree-ensemble.ts'

/**
 * Online bagging (Oza and Russell, "Online Bagging and Boosting", AISTATS 2001) of Hoeffding trees: each member sees a row as often as
 * a draw of the Poisson distribution of mean 1 says.
 */
export class OzaBagging extends TreeEnsemble {
  constructor(options: EnsembleOptions) {
    super({
      kind: 'oza-bagging',
      options,
      lambda: 1,
      subset: options.features,
      drift: undefined,
      warning: undefined,
      weighs: false,
    })
  }

  protected watch(): void {
    // It knows no drift.
  }
}
