// A training set: the features of every prediction, with the label that came, to Parquet. As served: what the model saw, from its
// receipts. Ideal: every event in its place, computed anew with the definition as it is now.
import { DefinitionError } from '../../base/errors.ts'
import type { RangeEnd, ShareProgress } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { FIRST } from '../../engine/exchange/layout.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { DatasetFile, type DatasetAbout, type DatasetFeature } from '../dataset/dataset-file.ts'
import { withIdealRun } from '../dataset/ideal-run.ts'
import { Labels } from '../dataset/labels.ts'
import { eachRow, type RowReading } from '../dataset/receipt-rows.ts'
import { RowMarks } from '../dataset/row-marks.ts'
import { loadDefinition } from '../load-definition.ts'
import { withPipeline, type PipelinePlace } from '../open-pipeline.ts'
import { withLogToRead } from '../with-log.ts'
import { eachReceiptBlock, type ReceiptBlock } from './receipts.ts'

export interface DatasetOptions extends PipelinePlace {
  /** The Parquet file that is written; it appears when it is whole. */
  readonly out: string
  /** Default `'served'`. */
  readonly as?: 'served' | 'ideal'
  /** Which model's predictions; needed where the pipeline has several. */
  readonly model?: string | undefined
  /** Rows by event time or by offset: from included, to excluded. */
  readonly from?: RangeEnd | undefined
  readonly to?: RangeEnd | undefined
  readonly signal?: AbortSignal
  /** Told how far an ideal set is. */
  readonly onProgress?: (progress: ShareProgress) => void
}

export interface DatasetReport extends DatasetAbout {
  readonly file: string
  /** SHA-256 of all that is said here: what a model trained on it names. */
  readonly digest: string
  /** How an ideal set differs from what was served; undefined for a served one, and where nothing was served. */
  readonly served: ServedDifference | undefined
}

/** Rows, by whether the features both have are the same. They differ only where an event was late, or was not waited for. */
export interface ServedDifference {
  readonly same: number
  readonly different: number
  /** Events that were late, or were not predicted yet. */
  readonly onlyIdeal: number
  /** Events that their topic no longer keeps. */
  readonly onlyServed: number
}

/** Columns: `id`, `time` (ms), one a feature, `label` (empty where none came). Metadata: `millrace.dataset`, `millrace.features`. */
export async function writeDataset(options: DatasetOptions): Promise<DatasetReport> {
  if (options.as === 'ideal') return writeIdeal(options)
  return withPipeline(options, async ({ log, definition }) => {
    const { plan } = definition
    const model = modelOf(plan, options.model)
    const labels = await Labels.of(log, plan.pipeline, model)
    const set = await writeRows(log, options, { plan, model, labels, span: spanOf(options) })
    return { ...set, file: options.out, served: undefined }
  })
}

async function writeIdeal(options: DatasetOptions): Promise<DatasetReport> {
  const definition = await loadDefinition(options.file)
  const { plan } = definition
  const model = modelOf(plan, options.model)
  const span = spanOf(options)
  return withLogToRead(options.log, (log) => {
    const { out, signal, onProgress } = options
    return withIdealRun({ definition, log, near: out, signal, onProgress }, async (run) => {
      const labels = await Labels.of(run.log, plan.pipeline, model)
      const shared = await servedFeatures(log, plan, model)
      const marks = new RowMarks()
      const { offsetOf } = run
      const reading = { plan, model, labels, span, offsetOf }
      const set = await writeRows(run.log, options, { ...reading, marks, shared })
      const served =
        shared === undefined ? undefined : await compare(log, { plan, model, span, marks, shared })
      return { ...set, file: out, served }
    })
  })
}

function modelOf({ stages }: Plan, wanted: string | undefined): string {
  const models = stages.flatMap((stage) => stage.models.map(({ name }) => name))
  const model = wanted === undefined ? models[0] : models.find((name) => name === wanted)
  if (model !== undefined && (wanted !== undefined || models.length === 1)) return model
  throw new DefinitionError(
    `a dataset is made of one model's predictions; found ${models.join(', ') || 'no model'}; name one with --model`,
    { code: 'ML_USAGE' },
  )
}

function spanOf({ from, to }: DatasetOptions): RowReading['span'] {
  return { from, to }
}

/** What rows of an ideal set are compared by: the features that were served, too. */
interface Marking {
  readonly marks?: RowMarks
  readonly shared?: readonly string[] | undefined
}

async function writeRows(
  log: Log,
  options: DatasetOptions,
  { marks, shared, ...reading }: RowReading & Marking,
): Promise<DatasetAbout & { readonly digest: string }> {
  const versions = new Set<string>()
  const plans = new Set<string>()
  let file: DatasetFile | undefined
  let features: readonly DatasetFeature[] = []
  try {
    await eachRow(
      log,
      {
        ...reading,
        block: (receipts) => {
          versions.add(receipts.meta.digest)
          plans.add(receipts.meta.plan)
          if (file !== undefined) return
          features = featuresOf(receipts)
          file = new DatasetFile(options.out, features)
        },
      },
      (row, { meta }) => {
        const values = valuesOf(
          row.values,
          meta.features,
          features.map(({ name }) => name),
        )
        file?.add({ ...row, values })
        if (shared !== undefined)
          marks?.add({ ...row, values: valuesOf(row.values, meta.features, shared) })
      },
    )
  } catch (error) {
    file?.abandon()
    throw error
  }
  if (file === undefined) {
    throw new DefinitionError(
      `a dataset needs predictions of model '${reading.model}'; found none in this log; run the pipeline first, or write events and make it --as ideal`,
      { code: 'ML_USAGE' },
    )
  }
  const { as = 'served', from, to } = options
  return file.finish({
    pipeline: reading.plan.pipeline,
    model: reading.model,
    plan: as === 'ideal' ? reading.plan.digest : [...plans].join(),
    as,
    versions: as === 'ideal' ? [] : [...versions].sort(),
    from: endText(from),
    to: endText(to),
  })
}

function featuresOf({ meta, block }: ReceiptBlock): DatasetFeature[] {
  return meta.features.map((name, i) => ({ name, kind: block.column(FIRST + i).kind }))
}

/** Values by the names that are wanted; undefined for those it has not. */
function valuesOf(
  values: readonly unknown[],
  names: readonly string[],
  wanted: readonly string[],
): readonly unknown[] {
  const same = names.length === wanted.length && names.every((name, i) => name === wanted[i])
  return same ? values : wanted.map((name) => values[names.indexOf(name)])
}

function endText(end: RangeEnd | undefined): string | undefined {
  if (end === undefined) return undefined
  return 'time' in end ? new Date(end.time).toISOString() : `offset ${end.offset}`
}

/** Features of the newest receipts that the plan has, too; undefined where nothing was served. */
async function servedFeatures(
  log: Log,
  plan: Plan,
  model: string,
): Promise<readonly string[] | undefined> {
  const own = plan.stages.flatMap(({ models }) => models).find(({ name }) => name === model)
  let names: readonly string[] | undefined
  await eachReceiptBlock(log, plan.pipeline, ({ meta }) => {
    if (meta.model === model) names = meta.features
  })
  return names?.filter((name) => own?.features.includes(name))
}

async function compare(
  log: Log,
  of: Omit<RowReading, 'labels'> & { readonly marks: RowMarks; readonly shared: readonly string[] },
): Promise<ServedDifference> {
  const { marks, shared, ...reading } = of
  const count = { same: 0, different: 0, onlyServed: 0 }
  await eachRow(log, { ...reading, labels: undefined }, (row, { meta }) => {
    const same = marks.same({ ...row, values: valuesOf(row.values, meta.features, shared) })
    if (same === undefined) count.onlyServed++
    else if (same) count.same++
    else count.different++
  })
  return { ...count, onlyIdeal: marks.rows - count.same - count.different }
}
