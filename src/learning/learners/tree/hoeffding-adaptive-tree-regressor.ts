// A number by a tree that grows with the stream, and whose branches are replaced when the world changes.
import { Prng } from '../../../base/prng.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { AdaptiveRegressionCore } from './adaptive-regression-core.ts'
import { adaptiveSettings, type AdaptiveOptions } from './hoeffding-adaptive-tree.ts'
import { regressionRules, type HoeffdingTreeRegressorOptions } from './hoeffding-tree-regressor.ts'

export interface HoeffdingAdaptiveTreeRegressorOptions
  extends HoeffdingTreeRegressorOptions, AdaptiveOptions {}

/**
 * The Hoeffding adaptive tree (Bifet and Gavalda, "Adaptive Learning from Evolving Data Streams", IDA 2009) for numbers, as in River 0.26:
 * each node has a detector of its errors; where they become more, an alternate leaf begins beside the branch, and takes its place when
 * its errors are fewer, or when it splits. Without `bootstrap` it gives River's numbers, row by row. Scale the features. Memory: that
 * of a Hoeffding tree for numbers, and 3.4 kB a node.
 */
export class HoeffdingAdaptiveTreeRegressor extends RowLearner {
  readonly #random: Prng
  readonly #make: () => AdaptiveRegressionCore
  #core: AdaptiveRegressionCore

  constructor(options: HoeffdingAdaptiveTreeRegressorOptions) {
    const kind = 'hoeffding-adaptive-tree-regressor'
    const rules = regressionRules(kind, options, options.features)
    const { bootstrap, ...adapts } = adaptiveSettings(kind, options)
    super({
      kind,
      task: 'number',
      version: 1,
      features: options.features,
      outputs: 1,
      settings: { ...rules, bootstrap, ...adapts },
    })
    this.#random = new Prng(adapts.seed)
    this.#make = () =>
      new AdaptiveRegressionCore(rules, {
        driftDelta: adapts.driftDelta,
        leastRows: adapts.switchRows,
        switchDelta: adapts.switchDelta,
        bootstrap: bootstrap ? this.#random : undefined,
      })
    this.#core = this.#make()
  }

  /** Nodes, leaves and alternates included. */
  get nodes(): number {
    return this.#core.nodes
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.#core.predict(this.x)
  }

  protected learnRow(label: number): void {
    this.#core.learn(this.x, label, 1)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    const words = new Int32Array(4)
    this.#random.save(words)
    writer.array(words)
    this.#core.write(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const words = reader.ints(4)
    const core = this.#make()
    core.read(reader)
    reader.end()
    this.#random.load(words)
    this.#core = core
  }

  override get memoryBytes(): number {
    return this.#core.memoryBytes
  }
}
