// A model over the rows of a batch: its predictions, and the receipt each of them has.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { ModelError } from '../../base/errors.ts'
import type { Column } from '../../contracts/columns.ts'
import { FAILED, REFUSED, type LoadedModel, type Scored } from '../../contracts/runtime.ts'
import type { ModelPlan } from '../../pipeline/plan.ts'
import { valueAt } from '../../schema/event-view.ts'
import { layoutOf, type Layout, type LayoutField } from '../exchange/layout.ts'

/** A model as a stage uses it. */
export interface StageModel {
  readonly plan: ModelPlan
  readonly loaded: LoadedModel
}

/** Predictions of a batch; `values[row]` is undefined where there is none, and `reasons` says why. */
export interface Predictions {
  readonly scored: Scored
  readonly values: readonly (object | undefined)[]
  readonly reasons: ReadonlyMap<number, string>
}

export class Predictor {
  readonly model: StageModel
  /** Columns of a receipt after the row's own: the features as the model read them, then its outputs, then the outcome. */
  readonly receiptLayout: Layout
  readonly #inputs: readonly number[]
  readonly #receiptInputs: readonly number[]
  readonly #meta: Uint8Array

  /** @param features fields of the row's features, in the order of their columns. */
  constructor(model: StageModel, features: readonly LayoutField[], planDigest: string) {
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
    const { name } = model.plan
    this.#meta = Buffer.from(
      JSON.stringify({
        model: name,
        digest: model.loaded.digest,
        path: model.loaded.path,
        plan: planDigest,
        features: model.loaded.features,
        outputs: model.loaded.outputs.map((each) => each.name),
      }),
    )
  }

  async predict(features: readonly Column[], rows: number): Promise<Predictions> {
    const { loaded, plan } = this.model
    const scored = await loaded.score(
      this.#inputs.map((index) => features[index]),
      rows,
    )
    const reasons = new Map<number, string>()
    const values: (object | undefined)[] = []
    for (let row = 0; row < rows; row++) {
      const outcome = scored.outcome[row]
      if (outcome === REFUSED || outcome === FAILED) {
        reasons.set(row, scored.reasons.get(row) ?? `model '${plan.name}' gave no prediction`)
        values.push(undefined)
        continue
      }
      const judged = judge(plan, this.#output(scored, row))
      if ('reason' in judged) reasons.set(row, judged.reason)
      values.push('value' in judged ? judged.value : undefined)
    }
    return { scored, values, reasons }
  }

  /** The score that labels are compared with: the first output that is a number. */
  scores({ outputs }: Scored): Float64Array | undefined {
    for (const column of outputs) {
      if (column.kind === 'number') return column.values
    }
    return undefined
  }

  /** What the receipts of a batch say for all its rows. */
  get meta(): Uint8Array {
    return this.#meta
  }

  /** Columns of the receipts, after the row's own. */
  receipts(features: readonly Column[], { rows, outputs, outcome }: Scored): Column[] {
    const single = this.model.loaded.precision === 'float32'
    return [
      ...this.#receiptInputs.map((index) =>
        single ? rounded(features[index], rows) : features[index],
      ),
      ...outputs,
      { kind: 'number', values: Float64Array.from(outcome), marks: undefined },
    ]
  }

  #output({ outputs }: Scored, row: number): object {
    const value: Record<string, unknown> = {}
    this.model.loaded.outputs.forEach(({ name }, i) => {
      value[name] = valueAt(outputs[i], row)
    })
    return value
  }
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
      reason: `model '${plan.name}' gave what its output schema does not allow at '${issuePath(result)}'`,
    }
  const { value } = result
  return typeof value === 'object' && value !== null
    ? { value }
    : { reason: `the output schema of model '${plan.name}' must give an object` }
}

function issuePath({ issues }: StandardSchemaV1.FailureResult): string {
  const [first] = issues
  return (
    (first?.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.') || 'its root'
  )
}

/** Numbers as the model reads them. */
function rounded(column: Column, rows: number): Column {
  if (column.kind !== 'number') return column
  const { values, marks } = column
  const out = new Float64Array(rows)
  for (let row = 0; row < rows; row++) out[row] = Math.fround(values[row])
  return { kind: 'number', values: out, marks }
}
