// The probabilities of classes by a tree that grows with the stream, and whose branches are replaced when the world changes.
import { Prng } from '../../../base/prng.ts'
import { AdaptiveCore } from './adaptive-core.ts'
import { adaptiveRules, adaptiveSettings, type AdaptiveOptions } from './adaptive-settings.ts'
import { ClassTree } from './class-tree.ts'
import { treeRules, type HoeffdingTreeOptions } from './tree-rules.ts'

export interface HoeffdingAdaptiveTreeOptions extends HoeffdingTreeOptions, AdaptiveOptions {}

/**
 * The Hoeffding adaptive tree (Bifet and Gavalda, "Adaptive Learning from Evolving Data Streams", IDA 2009): each node has a detector of
 * its errors; where they become more, an alternate leaf begins beside the branch, and takes its place when it makes fewer errors. As
 * in River 0.26, and unlike the paper, it also takes its place when it splits: a tree that was given up comes back slower than a new
 * one grows. Without `bootstrap` it gives River's probabilities, row by row. Memory: that of a Hoeffding tree, and 3.4 kB a node.
 */
export class HoeffdingAdaptiveTree extends ClassTree {
  constructor(options: HoeffdingAdaptiveTreeOptions) {
    const kind = 'hoeffding-adaptive-tree'
    const { features, classes } = options
    const rules = treeRules(kind, options, features)
    const adapts = adaptiveSettings(kind, options)
    const random = new Prng(adapts.seed)
    const settings = { ...rules, ...adapts }
    super(
      { kind, task: 'classes', version: 1, features, outputs: classes, settings },
      () => new AdaptiveCore(rules, adaptiveRules(adapts, random)),
      random,
    )
  }
}
