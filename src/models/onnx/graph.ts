// A graph that is ready to run: by ONNX Runtime, or by a kernel of our own.
import type { Feeds } from './feeds.ts'
import type { TensorData } from './tensor-kind.ts'

export interface GraphOutput {
  /** As many values as the dimensions say, or more. */
  readonly data: TensorData
  /** The first is the rows of the run. */
  readonly dims: readonly number[]
}

export interface Graph {
  /** How it runs, for `plan` and the plan digest. */
  readonly path: string
  /** Where its rows are written. */
  readonly feeds: Feeds
  /** Values of one row, by output that is fetched. */
  readonly widths: ReadonlyMap<string, number>
  /**
   * Runs the first `rows` rows of the feeds; a row's bits depend neither on the others nor on how many there are. What it gives is valid until
   * the next run.
   */
  run(
    rows: number,
  ): Promise<Readonly<Record<string, GraphOutput>>> | Readonly<Record<string, GraphOutput>>
  release(): Promise<void>
}
