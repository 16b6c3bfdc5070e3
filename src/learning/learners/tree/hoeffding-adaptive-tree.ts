// The probabilities of classes by a tree that grows with the stream, and whose branches are replaced when the world changes.
import { Prng } from '../../../base/prng.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { voteGraph } from '../../export/vote-graph.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { AdaptiveCore } from './adaptive-core.ts'
import { treeRules, type HoeffdingTreeOptions } from './tree-rules.ts'

export interface AdaptiveOptions {
  /** Whether each leaf learns a row as often as a draw of the Poisson distribution of mean 1 says, at least once. Default true. */
  readonly bootstrap?: boolean
  /** What all draws come from. Default 1. */
  readonly seed?: number
  /** Of the detectors, one a node. Default 0.002. */
  readonly driftDelta?: number
  /** Rows that a branch and its alternate must have seen before one of them goes. Default 300. */
  readonly switchRows?: number
  /** Chance that the one that goes was no worse. Default 0.05. */
  readonly switchDelta?: number
}

export interface HoeffdingAdaptiveTreeOptions extends HoeffdingTreeOptions, AdaptiveOptions {}

/**
 * The Hoeffding adaptive tree (Bifet and Gavalda, "Adaptive Learning from Evolving Data Streams", IDA 2009): each node has a detector of
 * its errors; where they become more, an alternate leaf begins beside the branch, and takes its place when it makes fewer errors. As
 * in River 0.26, and unlike the paper, it also takes its place when it splits: a tree that was given up comes back slower than a new
 * one grows. Without `bootstrap` it gives River's probabilities, row by row. Memory: that of a Hoeffding tree, and 3.4 kB a node.
 */
export class HoeffdingAdaptiveTree extends RowLearner {
  readonly #random: Prng
  readonly #make: () => AdaptiveCore
  #core: AdaptiveCore

  constructor(options: HoeffdingAdaptiveTreeOptions) {
    const kind = 'hoeffding-adaptive-tree'
    const rules = treeRules(kind, options, options.features)
    const { bootstrap, ...adapts } = adaptiveSettings(kind, options)
    super({
      kind,
      task: 'classes',
      version: 1,
      features: options.features,
      outputs: options.classes,
      settings: { ...rules, bootstrap, ...adapts },
    })
    this.#random = new Prng(adapts.seed)
    this.#make = () =>
      new AdaptiveCore(rules, {
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
    this.#core.predict(this.x, out, at)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes } = this
    const voters = [{ view: this.#core.view(), weight: 1 }]
    return voteGraph(graph, rows, { features, classes, voters })
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

/** All of them stated. @throws DefinitionError where one is not within its bounds. */
export function adaptiveSettings(
  kind: string,
  options: AdaptiveOptions,
): Required<AdaptiveOptions> {
  const { bootstrap = true, seed = 1, driftDelta = 0.002 } = options
  const { switchRows = 300, switchDelta = 0.05 } = options
  checkSetting(kind, 'seed', seed, { whole: true })
  checkSetting(kind, 'driftDelta', driftDelta, { above: 0, below: 1 })
  checkSetting(kind, 'switchRows', switchRows, { atLeast: 1 })
  checkSetting(kind, 'switchDelta', switchDelta, { above: 0, below: 1 })
  return { bootstrap, seed, driftDelta, switchRows, switchDelta }
}
