// A loaded ONNX model: fills a bucket from columns, runs the graph, reads it, and keeps a bad row from
// spoiling the others.
import { ModelError } from '../../base/errors.ts'
import type { Column } from '../../contracts/columns.ts'
import { SCORED, type LoadedModel, type OutputInfo, type Scored } from '../../contracts/runtime.ts'
import type { TrainingData } from '../../contracts/training-data.ts'
import type { Fallback } from '../fallback.ts'
import { OutputTable } from '../output-table.ts'
import { RowOutcomes, unscored } from '../row-outcomes.ts'
import type { Feeds } from './feeds.ts'
import type { Graph, GraphOutput } from './graph.ts'
import { OutputReader, checkRows, type RowSink } from './output-reader.ts'
import type { OutputSlot } from './output-map.ts'
import type { RowRun } from './slot-writer.ts'

export interface OnnxModelParts {
  readonly digest: string
  readonly features: readonly string[]
  readonly precision: 'float32' | 'float64'
  readonly graph: Graph
  readonly outputs: readonly OutputSlot[]
  readonly trainedOn: TrainingData | undefined
  readonly fallback: Fallback | undefined
}

/** What one call of `score` works on. */
interface Work extends RowSink {
  readonly features: readonly Column[]
  readonly index: Int32Array
}

export class OnnxModel implements LoadedModel {
  readonly digest: string
  readonly features: readonly string[]
  readonly precision: 'float32' | 'float64'
  readonly outputs: readonly OutputInfo[]
  readonly trainedOn: TrainingData | undefined
  readonly path: string
  readonly bucket: number
  readonly fallsBack: boolean
  readonly #graph: Graph
  readonly #feeds: Feeds
  readonly #readers: readonly OutputReader[]
  readonly #fallback: Fallback | undefined
  /** Calls wait for each other: they share the input tensors. */
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(parts: OnnxModelParts) {
    this.digest = parts.digest
    this.features = parts.features
    this.precision = parts.precision
    this.trainedOn = parts.trainedOn
    this.path = parts.graph.path
    this.outputs = parts.outputs.map((slot) => slot.info)
    this.#graph = parts.graph
    this.#feeds = parts.graph.feeds
    this.#readers = parts.outputs.map((slot, i) => new OutputReader(slot, i))
    this.#fallback = parts.fallback
    this.bucket = parts.graph.feeds.bucket
    this.fallsBack = parts.fallback !== undefined
  }

  score(features: readonly Column[], rows: number): Promise<Scored> {
    const scored = this.#last.then(() => this.#score(features, rows))
    this.#last = scored.catch(() => undefined)
    return scored
  }

  without(rows: number, reason: string): Scored {
    return unscored(rows, reason, { outputs: this.outputs, fallback: this.#fallback })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#last
    await this.#graph.release()
  }

  async #score(features: readonly Column[], rows: number): Promise<Scored> {
    const outcomes = new RowOutcomes(rows)
    const table = new OutputTable(this.outputs, rows)
    this.#feeds.refuse(features, rows, outcomes)
    const index = rowsToScore(outcomes.outcome)
    const work: Work = { features, index, table, outcomes }
    const { bucket } = this.#feeds
    for (let from = 0; from < index.length; from += bucket) {
      await this.#isolate(work, from, Math.min(from + bucket, index.length))
    }
    return outcomes.finish(table, this.outputs, this.#fallback)
  }

  /**
   * Scores index[from .. to); when the graph fails, halves until the rows that make it fail are
   * alone.
   */
  async #isolate(work: Work, from: number, to: number): Promise<void> {
    const failure = await this.#run(work, { index: work.index, from, to })
    if (failure === undefined) return
    if (to - from === 1) {
      work.outcomes.fail(work.index[from], `the model failed on this row${placeOf(failure)}`)
      return
    }
    const middle = (from + to) >>> 1
    await this.#isolate(work, from, middle)
    await this.#isolate(work, middle, to)
  }

  /** @returns what the graph threw, if it did. */
  async #run(work: Work, run: RowRun): Promise<Error | undefined> {
    this.#feeds.fill(work.features, run)
    let results: Readonly<Record<string, GraphOutput>>
    try {
      results = await this.#graph.run(run.to - run.from)
    } catch (failure) {
      return failure instanceof Error ? failure : new ModelError('ML_INFERENCE', String(failure))
    }
    for (const reader of this.#readers) {
      const tensor = results[reader.slot.tensor]
      checkRows(reader.slot, tensor.dims, run.to - run.from)
      reader.read(tensor.data, run, work)
    }
    return undefined
  }
}

function rowsToScore(outcome: Uint8Array): Int32Array {
  const index = new Int32Array(outcome.length)
  let count = 0
  for (let row = 0; row < outcome.length; row++) if (outcome[row] === SCORED) index[count++] = row
  return index.subarray(0, count)
}

/**
 * The operator and node that failed: names of the model. The rest of the message may hold values of
 * the event.
 */
function placeOf(failure: Error): string {
  const match = /while running (\w+) node\. Name:'([^']*)'/.exec(failure.message)
  return match === null ? '' : ` in ${match[1]}${match[2] === '' ? '' : ` (node ${match[2]})`}`
}
