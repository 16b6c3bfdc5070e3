// A graph that is one tree ensemble, run by its own kernel: several times as fast as a general runtime, for one row as for many.
import type { Feeds } from '../onnx/feeds.ts'
import type { Graph, GraphOutput } from '../onnx/graph.ts'
import type { TensorData } from '../onnx/tensor-kind.ts'
import { ClassScores, greatest } from './class-scores.ts'
import { addBase, logistic, rounding, softmax, transform, type Scores } from './finish-scores.ts'
import type { ChainOutput, TreeChain } from './tree-chain.ts'
import type { TreeKernel } from './tree-kernel.ts'
import type { NumberType } from './wasm-code.ts'

/** Part of the plan digest: other code may give other bits. */
const VERSION = 1

export class TreeGraph implements Graph {
  readonly path: string
  readonly feeds: Feeds
  readonly widths: ReadonlyMap<string, number>
  readonly #chain: TreeChain
  readonly #kernel: TreeKernel
  readonly #classes: ClassScores | undefined
  readonly #winners: Int32Array | undefined

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
    this.widths = new Map(
      [...outputs].map(([name, { from }]) => [name, from === 'scores' ? ensemble.targets : 1]),
    )
    this.path = `tree kernel ${VERSION}, ${kernel.trees} trees of up to ${kernel.depth} steps, ${ensemble.precision}, bucket ${feeds.bucket}`
  }

  run(rows: number): Readonly<Record<string, GraphOutput>> {
    const { outputs, limit } = this.#chain
    const { data } = this.feeds.feed(0)
    const { rows: tiles, layout } = this.#kernel
    // With a Cast before the trees the feed is memory of its own, of another precision.
    if (data !== tiles)
      tiles.set((data as Scores).subarray(0, Math.ceil(rows / layout.lanes) * layout.tile))
    this.#kernel.run(rows, limit)
    this.#finish(rows)
    const given: Record<string, GraphOutput> = {}
    for (const [name, output] of outputs) given[name] = this.#output(output, rows)
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

  #output({ from, steps }: ChainOutput, rows: number): GraphOutput {
    if (from === 'label') return { data: this.#labels(rows), dims: [rows] }
    const { targets: width } = this.#chain.ensemble
    const { sums } = this.#kernel
    const { gives } = this.#chain
    const isAsItIs = steps.length === 0 && gives === this.#chain.ensemble.precision
    let values = isAsItIs ? sums : copyAs(sums.subarray(0, rows * width), gives)
    for (const step of steps) {
      const round = values instanceof Float32Array ? Math.fround : (value: number): number => value
      if (step === 'float32' || step === 'float64') values = copyAs(values, step)
      else if (step === 'Sigmoid')
        for (let i = 0; i < values.length; i++) values[i] = logistic(values[i])
      else
        for (let row = 0; row < rows; row++)
          softmax(values, { from: row * width, to: (row + 1) * width, skipZeros: false, round })
    }
    if (from === 'scores') return { data: values, dims: [rows, width] }
    const places = new BigInt64Array(rows)
    for (let row = 0; row < rows; row++) places[row] = BigInt(greatest(values, row * width, width))
    return { data: places, dims: [rows] }
  }

  #labels(rows: number): TensorData {
    const { labels } = this.#chain
    const winners = this.#winners as Int32Array
    if (labels instanceof BigInt64Array) {
      const given = new BigInt64Array(rows)
      for (let row = 0; row < rows; row++) given[row] = labels[winners[row]]
      return given
    }
    return Array.from({ length: rows }, (_, row) => labels[winners[row]])
  }
}

function isZeroAndOne(labels: TreeChain['labels']): boolean {
  return labels instanceof BigInt64Array && labels.join() === '0,1'
}

function copyAs(values: Scores, precision: NumberType): Scores {
  return precision === 'float32' ? new Float32Array(values) : new Float64Array(values)
}
