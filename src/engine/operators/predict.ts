// A model over the rows of a batch: its predictions, and the receipt each of them has.
import { ModelError } from '../../base/errors.ts'
import type { Column, VectorColumn } from '../../contracts/columns.ts'
import type { CallRules, ModelCalls } from '../../contracts/model-calls.ts'
import { FALLBACK_VERSION, versionNumber } from '../../contracts/model-version.ts'
import { FAILED, FELL_BACK, REFUSED, type Scored } from '../../contracts/runtime.ts'
import type { ModelPlan } from '../../pipeline/plan.ts'
import type { Guard } from '../../schema/guard.ts'
import { columnFit, type ColumnFit } from '../../schema/column-fit.ts'
import { toldPath } from '../../schema/told-path.ts'
import { valueAt, type ViewField } from '../../schema/event-view.ts'
import type { Unscored } from '../commit-record.ts'
import { layoutOf, type Layout, type LayoutField } from '../exchange/layout.ts'
import { BatchScorer, type ScoredBatch } from './batch-scorer.ts'
import type { BatchPlaces } from './call-ranges.ts'
import type { LearntRows } from './learnt-models.ts'
import { columnPart, joinScored } from './scored-parts.ts'
import type { StageModel } from './stage-model.ts'

export interface PredictorOptions {
  readonly model: StageModel
  /** Its index among the models of the stage. */
  readonly index: number
  /** Fields of the row's features, in the order of their columns. */
  readonly features: readonly LayoutField[]
  /** Id of the task. */
  readonly task: string
  /** Digest of the plan. */
  readonly plan: string
  readonly calls: ModelCalls
  readonly guard: Guard
}

/** The rows of a batch. */
export interface PredictRows {
  readonly places: BatchPlaces
  readonly commit: number
  readonly rules: CallRules
  /** Which of them are scored with which snapshot, where the model learns. */
  readonly learnt?: readonly LearntRows[] | undefined
}

/** Predictions of a batch. */
export interface Predictions {
  readonly scored: Scored
  /** Predictions as the output's schema gave them, by row. Those that are neither here nor in `reasons` are the outputs as they are. */
  readonly judged: ReadonlyMap<number, object>
  /** Why a row has no prediction. */
  readonly reasons: ReadonlyMap<number, string>
  /** Rows the model was not called for. */
  readonly unscored: Unscored | undefined
}

export class Predictor {
  readonly model: StageModel
  /** Columns of a receipt after the row's own: the features as the model read them, then its outputs, then the outcome. */
  readonly receiptLayout: Layout
  /** The outputs of a prediction, in the order of its schema. */
  readonly fields: readonly ViewField[]
  readonly #places: readonly number[]
  readonly #fit: ColumnFit | undefined
  /** Index of the output that labels are compared with; -1: none. */
  readonly #judged: number
  #sure = new Uint8Array(0)
  readonly #inputs: readonly number[]
  readonly #receiptInputs: readonly number[]
  /** Values of receipts, a column an input: those of a batch hold until the next one. */
  readonly #rounded: Float64Array[] = []
  readonly #version: number
  readonly #about: Readonly<Record<string, unknown>>
  readonly #meta: Uint8Array
  readonly #scorer: BatchScorer

  constructor({ model, index, features, task, plan, calls, guard }: PredictorOptions) {
    const place = (name: string): number => features.findIndex((field) => field.name === name)
    this.model = model
    this.#inputs = model.plan.features.map(place)
    this.#receiptInputs = model.loaded.features.map(place)
    this.receiptLayout = layoutOf([
      ...model.loaded.features.map((name, i) => ({
        name,
        kind: features[this.#receiptInputs[i]].kind,
      })),
      ...model.loaded.outputs,
      { name: '~outcome', kind: 'number' as const },
    ])
    const { name, labels, output } = model.plan
    const { outputs } = model.loaded
    this.#fit = columnFit(output, outputs)
    this.#places = this.#fit?.places ?? outputs.map((_, i) => i)
    this.fields = this.#places.map((at) => ({
      path: [outputs[at].name],
      kind: outputs[at].kind,
      role: 'value',
    }))
    this.#judged = outputs.findIndex((each) => each.name === labels?.judges)
    const measure = labels?.measure
    const wanted = measure?.kind === 'classes' && measure.chances ? 'vector' : 'number'
    if (labels?.judges !== undefined && outputs[this.#judged]?.kind !== wanted)
      throw new ModelError(
        'ML_MODEL',
        `labels.judges of model '${name}' must name an output that is a ${wanted}; found '${labels.judges}', and the model gives ${outputs.map((each) => `${each.name}: ${each.kind}`).join(', ')}; correct it`,
      )
    this.#scorer = new BatchScorer({
      task,
      model: name,
      index,
      loaded: model.loaded,
      calls,
      guard,
    })
    this.#version = versionNumber(model.loaded.digest)
    this.#about = {
      model: name,
      digest: model.loaded.digest,
      path: model.loaded.path,
      plan,
      features: model.loaded.features,
      outputs: model.loaded.outputs.map((each) => each.name),
      trainedOn: model.loaded.trainedOn,
    }
    this.#meta = Buffer.from(JSON.stringify(this.#about))
  }

  /** What holds for the next batch; asked for all models before the first of them is called. */
  rules(recorded: readonly Unscored[] | undefined): CallRules {
    return this.#scorer.rules(recorded)
  }

  /** Whether no row can be predicted now: the model is quarantined and has no fallback. */
  get stuck(): boolean {
    return this.#scorer.stuck
  }

  async predict(features: readonly Column[], of: PredictRows): Promise<Predictions> {
    const { plan } = this.model
    const { rows } = of.places
    const inputs = this.#inputs.map((index) => features[index])
    const { scored, unscored } = await this.#score(inputs, of)
    if (this.#sure.length < rows) this.#sure = new Uint8Array(rows * 2)
    const sure = this.#sure
    sure.fill(this.#fit === undefined ? 0 : 1, 0, rows)
    this.#fit?.check(scored.outputs, rows, sure)
    const reasons = new Map<number, string>()
    const judged = new Map<number, object>()
    for (let row = 0; row < rows; row++) {
      const outcome = scored.outcome[row]
      if (outcome === REFUSED || outcome === FAILED)
        reasons.set(row, scored.reasons.get(row) ?? `model '${plan.name}' gave no prediction`)
      else if (sure[row] === 0) {
        const found = judge(plan, this.#output(scored, row))
        if ('reason' in found) reasons.set(row, found.reason)
        else judged.set(row, found.value)
      }
    }
    return { scored, judged, reasons, unscored }
  }

  /** Columns of `fields`. */
  values({ outputs }: Scored): readonly Column[] {
    return this.#places.map((place) => outputs[place])
  }

  /** The score that labels are compared with, a row: of probabilities the likeliest class. NaN where none is. */
  scores({ outputs, rows }: Scored): Float64Array {
    const column = this.#judged < 0 ? undefined : outputs[this.#judged]
    if (column?.kind === 'number') return column.values
    return column?.kind === 'vector' ? likeliest(column, rows) : new Float64Array(rows).fill(NaN)
  }

  /** Whose score it is, a row: this version's, or the fallback's. */
  versions({ outcome, rows }: Scored): Float64Array {
    const versions = new Float64Array(rows)
    for (let row = 0; row < rows; row++)
      versions[row] = outcome[row] === FELL_BACK ? FALLBACK_VERSION : this.#version
    return versions
  }

  /** What the receipts of a batch say for all its rows. @param learnt which of them were scored with which snapshot. */
  meta(learnt: readonly LearntRows[] | undefined): Uint8Array {
    if (learnt === undefined) return this.#meta
    const rows = learnt.map(({ from, snapshot, digest, examples, until }) => ({
      from,
      snapshot,
      digest,
      examples,
      until,
    }))
    return Buffer.from(JSON.stringify({ ...this.#about, learnt: rows }))
  }

  /** Each row with the snapshot of its time, where the model learns. */
  async #score(inputs: readonly Column[], of: PredictRows): Promise<ScoredBatch> {
    const { learnt = [], ...all } = of
    if (learnt.length <= 1)
      return this.#scorer.score(inputs, { ...all, loaded: learnt.at(0)?.loaded })
    const parts: Scored[] = []
    const unscored: Unscored[] = []
    for (const { from, to, loaded } of learnt) {
      const places = {
        rows: to - from,
        partitions: all.places.partitions.subarray(from, to),
        offsets: all.places.offsets.subarray(from, to),
      }
      const part = await this.#scorer.score(
        inputs.map((column) => columnPart(column, from, to)),
        { ...all, places, loaded },
      )
      parts.push(part.scored)
      if (part.unscored !== undefined) unscored.push(part.unscored)
    }
    const scored = joinScored(parts, this.model.loaded.outputs.length)
    return { scored, unscored: joinUnscored(unscored) }
  }

  /** Columns of the receipts, after the row's own; they hold until those of the next batch. */
  receipts(features: readonly Column[], { rows, outputs, outcome }: Scored): Column[] {
    const single = this.model.loaded.precision === 'float32'
    return [
      ...this.#receiptInputs.map((index, i) =>
        single ? this.#round(features[index], rows, i) : features[index],
      ),
      ...outputs,
      { kind: 'number', values: Float64Array.from(outcome), marks: undefined },
    ]
  }

  /** Numbers as the model reads them. */
  #round(column: Column, rows: number, input: number): Column {
    if (column.kind !== 'number') return column
    const { kind, values, marks } = column
    const room = this.#rounded.at(input)
    const out = room !== undefined && room.length >= rows ? room : new Float64Array(rows)
    this.#rounded[input] = out
    for (let row = 0; row < rows; row++) out[row] = Math.fround(values[row])
    return { kind, values: out, marks }
  }

  #output({ outputs }: Scored, row: number): object {
    const value: Record<string, unknown> = {}
    this.model.loaded.outputs.forEach(({ name }, i) => {
      value[name] = valueAt(outputs[i], row)
    })
    return value
  }
}

/** Of equally likely ones the first; NaN of an empty list. */
function likeliest({ values, ends }: VectorColumn, rows: number): Float64Array {
  const classes = new Float64Array(rows).fill(NaN)
  for (let row = 0; row < rows; row++) {
    let best = ends[row]
    for (let at = best + 1; at < ends[row + 1]; at++) if (values[at] > values[best]) best = at
    if (best < ends[row + 1]) classes[row] = best - ends[row]
  }
  return classes
}

function joinUnscored(parts: readonly Unscored[]): Unscored | undefined {
  if (parts.length === 0) return undefined
  const rows = parts.flatMap((part) => (part.rows === 'all' ? [] : part.rows))
  return { model: parts[0].model, rows: rows.length === 0 ? 'all' : rows }
}

/** Checks a prediction against the schema of the model's output. */
function judge(
  plan: ModelPlan,
  output: object,
): { readonly value: object } | { readonly reason: string } {
  const result = plan.output['~standard'].validate(output)
  if (result instanceof Promise)
    throw new ModelError(
      'ML_MODEL',
      `the output schema of model '${plan.name}' must validate at once; found a promise; remove what is asynchronous`,
    )
  if (result.issues !== undefined)
    return {
      reason: `model '${plan.name}' gave what its output schema does not allow at '${toldPath(plan.output, result.issues[0]) || 'its root'}'`,
    }
  const { value } = result
  return typeof value === 'object' && value !== null
    ? { value }
    : { reason: `the output schema of model '${plan.name}' must give an object` }
}
