// A graph that is one tree ensemble, run by its own kernel: several times as fast as a general runtime, for one row as for many.
import type { Feeds } from '../onnx/feeds.ts'
import type { Graph, GraphOutput } from '../onnx/graph.ts'
import type { TensorData } from '../onnx/tensor-kind.ts'
import { ClassScores, greatest } from './class-scores.ts'
import { addBase, rounding, transform, type Scores } from './finish-scores.ts'
import { ScoreSteps } from './score-steps.ts'
import type { ChainOutput, TreeChain } from './tree-chain.ts'
import type { TreeKernel } from './tree-kernel.ts'

/** Part of the plan digest: other code may give other bits. */
const VERSION = 1

interface Output {
  readonly name: string
  readonly output: ChainOutput
  readonly steps: ScoreSteps
  /** Memory of what are no scores, for every run. */
  readonly places: BigInt64Array<ArrayBuffer>
}

export class TreeGraph implements Graph {
  readonly path: string
  readonly feeds: Feeds
  readonly widths: ReadonlyMap<string, number>
  readonly #chain: TreeChain
  readonly #kernel: TreeKernel
  readonly #classes: ClassScores | undefined
  readonly #winners: Int32Array | undefined
  readonly #outputs: readonly Output[]

  /** @throws NotATreeGraph where the classes have rules the kernel does not know. */
  constructor(chain: TreeChain, kernel: TreeKernel, feeds: Feeds) {
    const { ensemble, outputs, isClassifier } = chain
    const capacity = kernel.sums.length / ensemble.targets
    const wantsLabel = [...outputs.values()].some(({ from }) => from === 'label')
    this.#chain = chain
    this.#kernel = kernel
    this.feeds = feeds
    this.#classes = isClassifier
      ? new ClassScores(ensemble, { wantsLabel, isZeroAndOne: isZeroAndOne(chain.labels) })
      : undefined
    this.#winners = wantsLabel ? new Int32Array(capacity) : undefined
    const { targets: width, precision } = ensemble
    this.#outputs = [...outputs].map(([name, output]) => ({
      name,
      output,
      steps: new ScoreSteps({
        steps: output.steps,
        precision,
        gives: chain.gives,
        width,
        capacity,
      }),
      places: new BigInt64Array(output.from === 'scores' ? 0 : capacity),
    }))
    this.widths = new Map(
      [...outputs].map(([name, { from }]) => [name, from === 'scores' ? ensemble.targets : 1]),
    )
    this.path = `tree kernel ${VERSION}, ${kernel.trees} trees of up to ${kernel.depth} steps, ${ensemble.precision}, bucket ${feeds.bucket}`
  }

  run(rows: number): Readonly<Record<string, GraphOutput>> {
    const { limit } = this.#chain
    const { data } = this.feeds.feed(0)
    const { rows: tiles, layout } = this.#kernel
    // With a Cast before the trees the feed is memory of its own, of another precision.
    if (data !== tiles)
      tiles.set((data as Scores).subarray(0, Math.ceil(rows / layout.lanes) * layout.tile))
    this.#kernel.run(rows, limit)
    this.#finish(rows)
    const given: Record<string, GraphOutput> = {}
    for (const output of this.#outputs) given[output.name] = this.#output(output, rows)
    return given
  }

  async release(): Promise<void> {}

  #finish(rows: number): void {
    const { ensemble } = this.#chain
    const { sums } = this.#kernel
    if (this.#classes !== undefined) return this.#classes.finish(sums, rows, this.#winners)
    const { targets: width, post, precision } = ensemble
    addBase(sums, rows, ensemble)
    // Of one target ONNX Runtime transforms nothing but PROBIT: the specification leaves it open.
    if (width > 1 || post === 'PROBIT')
      transform(sums, rows, { width, post, round: rounding(precision) })
  }

  #output({ output: { from }, steps, places }: Output, rows: number): GraphOutput {
    if (from === 'label') return { data: this.#labels(places, rows), dims: [rows] }
    const { targets: width } = this.#chain.ensemble
    const values = steps.take(this.#kernel.sums, rows)
    if (from === 'scores') return { data: values, dims: [rows, width] }
    for (let row = 0; row < rows; row++) places[row] = BigInt(greatest(values, row * width, width))
    return { data: places, dims: [rows] }
  }

  #labels(places: BigInt64Array<ArrayBuffer>, rows: number): TensorData {
    const { labels } = this.#chain
    const winners = this.#winners as Int32Array
    if (labels instanceof BigInt64Array) {
      for (let row = 0; row < rows; row++) places[row] = labels[winners[row]]
      return places
    }
    return Array.from({ length: rows }, (_, row) => labels[winners[row]])
  }
}

function isZeroAndOne(labels: TreeChain['labels']): boolean {
  return labels instanceof BigInt64Array && labels.join() === '0,1'
}
