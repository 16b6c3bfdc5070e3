// The probabilities of classes by a decision tree that grows with the stream.
import { ClassTree } from './class-tree.ts'
import { HoeffdingCore } from './hoeffding-core.ts'
import { treeRules, type HoeffdingTreeOptions } from './tree-rules.ts'

/**
 * The Hoeffding tree, VFDT (Domingos and Hulten, "Mining High-Speed Data Streams", KDD 2000), with Gaussian observers, ten thresholds a
 * feature, and leaves of Gama, Rocha and Medas ("Accurate Decision Trees for Mining High-Speed Data Streams", KDD 2003). Grows as River
 * 0.26 does, split by split. A missing value is not observed, says nothing in naive Bayes, and goes the way of most rows. Memory: 56
 * bytes a feature and class for each leaf that learns, or 8 a value more where a nominal feature has many.
 */
export class HoeffdingTree extends ClassTree {
  constructor(options: HoeffdingTreeOptions) {
    const { features, classes } = options
    const kind = 'hoeffding-tree'
    const rules = treeRules(kind, options, features)
    const settings = { ...rules }
    super(
      { kind, task: 'classes', version: 1, features, outputs: classes, settings },
      () => new HoeffdingCore(rules),
    )
  }
}
