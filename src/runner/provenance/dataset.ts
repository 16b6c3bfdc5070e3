// A training set as served: every prediction's features as the model saw them, with the label that came, to Parquet.
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import type { Column } from '../../contracts/columns.ts'
import type { Log } from '../../contracts/log.ts'
import { DefinitionError } from '../../base/errors.ts'
import { FIRST, KEY, SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../../engine/exchange/layout.ts'
import { sourceOf } from '../../engine/exchange/source-number.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { originsOf } from '../../pipeline/plan-streams.ts'
import { EXAMPLE, OUTCOMES } from '../../engine/operators/join-layouts.ts'
import { valueAt } from '../../schema/event-view.ts'
import { eachExampleBlock } from './examples-of.ts'
import { withPipeline, type PipelinePlace } from '../open-pipeline.ts'
import { eachReceiptBlock, featureColumns, type ReceiptBlock } from './receipts.ts'

export interface DatasetOptions extends PipelinePlace {
  /** The Parquet file that is written; it appears when it is whole. */
  readonly out: string
  /** Which model's predictions; needed where the pipeline has several. */
  readonly model?: string
  /** Event times, ms: from included, to excluded. */
  readonly from?: number
  readonly to?: number
  readonly onProgress?: (rows: number) => void
}

export interface DatasetReport {
  readonly file: string
  readonly model: string
  readonly rows: number
  readonly labelled: number
  readonly features: readonly string[]
  /** Ranges of source offsets, first and last included, by topic and partition. */
  readonly ranges: readonly {
    readonly topic: string
    readonly partition: number
    readonly first: number
    readonly last: number
  }[]
  /** SHA-256 of features, digests and ranges: what a model trained on it names. */
  readonly digest: string
}

const GROUP = 100_000

/** Columns: `id`, `time` (ms), one a feature, `label` (empty where none came). Metadata: `millrace.dataset`, `millrace.features`. */
export async function writeDataset(options: DatasetOptions): Promise<DatasetReport> {
  return withPipeline(options, async ({ log, definition }) => {
    const { plan } = definition
    const models = plan.stages.flatMap(({ models: each }) => each)
    const model =
      options.model === undefined ? models[0] : models.find(({ name }) => name === options.model)
    if (model === undefined || (options.model === undefined && models.length > 1)) {
      throw new DefinitionError(
        `a dataset is made of one model's predictions; found ${models.map(({ name }) => name).join(', ') || 'no model'}; name one with --model`,
        { code: 'ML_USAGE' },
      )
    }
    const labels = await labelsOf(log, plan.pipeline, model.name)
    return new DatasetWriter(options, model.name, labels).write(log, plan)
  })
}

/** Label by task and commit: one number a row of the commit's block, NaN for none. */
type LabelIndex = Map<string, Float64Array>

async function labelsOf(log: Log, pipeline: string, model: string): Promise<LabelIndex> {
  const index: LabelIndex = new Map()
  const orphaned = OUTCOMES.indexOf('orphaned')
  const duplicate = OUTCOMES.indexOf('duplicate')
  await eachExampleBlock(log, pipeline, {
    model,
    each: (block) => {
      const outcomes = block.column(EXAMPLE.outcome)
      const labels = block.column(EXAMPLE.label)
      const tasks = block.column(EXAMPLE.receiptTask)
      const commits = block.column(EXAMPLE.receiptCommit)
      const rows = block.column(EXAMPLE.receiptRow)
      for (let i = 0; i < block.rows; i++) {
        const outcome = numberAt(outcomes, i)
        if (outcome === orphaned || outcome === duplicate || (labels.marks?.[i] ?? 0) !== 0)
          continue
        const key = `${numberAt(tasks, i)}/${numberAt(commits, i)}`
        const row = numberAt(rows, i)
        let own = index.get(key)
        if (own === undefined || own.length <= row) {
          const grown = new Float64Array(Math.max(256, 2 ** Math.ceil(Math.log2(row + 1)))).fill(
            NaN,
          )
          if (own !== undefined) grown.set(own)
          own = grown
          index.set(key, own)
        }
        own[row] = numberAt(labels, i)
      }
    },
  })
  return index
}

class DatasetWriter {
  readonly #options: DatasetOptions
  readonly #model: string
  readonly #labels: LabelIndex
  /** By source number. */
  readonly #ranges = new Map<number, { first: number; last: number }>()
  readonly #models = new Set<string>()
  #features: readonly string[] = []
  #columns: unknown[][] = []
  #rows = 0
  #labelled = 0
  #writer: ParquetWriter | undefined

  constructor(options: DatasetOptions, model: string, labels: LabelIndex) {
    this.#options = options
    this.#model = model
    this.#labels = labels
  }

  async write(log: Log, plan: Plan): Promise<DatasetReport> {
    const { pipeline } = plan
    const origins = originsOf(plan, plan.from)
    await eachReceiptBlock(log, pipeline, (receipts) => {
      if (receipts.meta.model !== this.#model) return
      this.#begin(receipts)
      this.#block(receipts)
    })
    if (this.#writer === undefined) {
      throw new DefinitionError(
        `a dataset needs predictions of model '${this.#model}'; found none in this log; run the pipeline first`,
        { code: 'ML_USAGE' },
      )
    }
    this.#flush()
    const ranges = [...this.#ranges]
      .sort(([one], [other]) => one - other)
      .map(([source, range]) => {
        const { stream, partition } = sourceOf(source, origins)
        return { topic: stream.topic, partition, ...range }
      })
    const about = {
      pipeline,
      model: this.#model,
      digests: [...this.#models].sort(),
      features: this.#features,
      ranges,
      rows: this.#rows,
    }
    const digest = createHash('sha256').update(JSON.stringify(about)).digest('hex')
    this.#writer.kvMetadata = [
      { key: 'millrace.features', value: JSON.stringify(this.#features) },
      { key: 'millrace.dataset', value: JSON.stringify({ ...about, digest }) },
    ]
    await this.#writer.finish()
    renameSync(`${this.#options.out}.part`, this.#options.out)
    return {
      file: this.#options.out,
      model: this.#model,
      rows: this.#rows,
      labelled: this.#labelled,
      features: this.#features,
      ranges,
      digest,
    }
  }

  #begin({ meta, block }: ReceiptBlock): void {
    this.#models.add(meta.digest)
    if (this.#writer !== undefined) return
    this.#features = meta.features
    const kinds = meta.features.map((_, i) => block.column(FIRST + i).kind)
    this.#columns = Array.from({ length: meta.features.length + 3 }, () => [])
    const optional = 'OPTIONAL' as const
    this.#writer = new ParquetWriter({
      writer: fileWriter(`${this.#options.out}.part`),
      schema: [
        { name: 'root', num_children: meta.features.length + 3 },
        { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: optional },
        { name: 'time', type: 'DOUBLE', repetition_type: optional },
        ...meta.features.map((name, i) =>
          kinds[i] === 'number' || kinds[i] === 'boolean'
            ? { name, type: 'DOUBLE' as const, repetition_type: optional }
            : {
                name,
                type: 'BYTE_ARRAY' as const,
                converted_type: 'UTF8' as const,
                repetition_type: optional,
              },
        ),
        { name: 'label', type: 'DOUBLE', repetition_type: optional },
      ],
    })
  }

  #block(receipts: ReceiptBlock): void {
    const { block, task } = receipts
    const { from = -Infinity, to = Infinity } = this.#options
    const labels = this.#labels.get(`${task}/${block.commit}`)
    const features = featureColumns(receipts)
    const times = block.numbers(TIME)
    const offsets = block.numbers(SOURCE_OFFSET)
    const sources = block.numbers(SOURCE_PARTITION)
    for (let row = 0; row < block.rows; row++) {
      if (times[row] < from || times[row] >= to) continue
      this.#range(sources[row], offsets[row])
      const label = labels === undefined || row >= labels.length ? NaN : labels[row]
      this.#columns[0].push(valueAt(block.column(KEY), row))
      this.#columns[1].push(times[row])
      features.forEach((column, i) => this.#columns[i + 2].push(plain(valueAt(column, row))))
      this.#columns[features.length + 2].push(Number.isNaN(label) ? undefined : label)
      this.#rows++
      if (!Number.isNaN(label)) this.#labelled++
      if (this.#columns[0].length >= GROUP) this.#flush()
    }
    this.#options.onProgress?.(this.#rows)
  }

  #range(source: number, offset: number): void {
    const range = this.#ranges.get(source)
    if (range === undefined) this.#ranges.set(source, { first: offset, last: offset })
    else {
      range.first = Math.min(range.first, offset)
      range.last = Math.max(range.last, offset)
    }
  }

  #flush(): void {
    if (this.#columns[0].length === 0) return
    const names = ['id', 'time', ...this.#features, 'label']
    void this.#writer?.write({
      columnData: names.map((name, i) => ({ name, data: this.#columns[i] })),
      rowGroupSize: GROUP,
    })
    this.#columns = names.map(() => [])
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value === null ? undefined : Array.isArray(value) ? JSON.stringify(value) : value
}

function numberAt(column: Column, row: number): number {
  return column.kind === 'number' ? column.values[row] : NaN
}
