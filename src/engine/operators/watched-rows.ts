// Rows of a batch on their way to the task that watches for drift: what was predicted, and features as they are.
import { ABSENT, type Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import { KEY, type LayoutField } from '../exchange/layout.ts'
import type { Hop, RouteOptions } from '../exchange/router.ts'
import type { StateMemory } from '../state/memory.ts'
import { watchedOfRows, watchedOutput, type WatchedModel } from '../watched-models.ts'
import { asNumbers, numbers } from './plain-columns.ts'
import type { Predictor, Predictions } from './predict.ts'
import { ToldRows } from './told-rows.ts'

export interface WatchedRowsOptions {
  readonly model: WatchedModel
  readonly hop: Hop
  /** Of the rows. */
  readonly features: readonly LayoutField[]
  readonly predictor: Predictor
}

/** Of predictions the output, of features the column. */
type Watched = { readonly output: string } | { readonly feature: number }

export class WatchedRows {
  readonly #watched: readonly Watched[]
  readonly #predictor: Predictor
  readonly #rows: ToldRows

  constructor(memory: StateMemory, { model, hop, features, predictor }: WatchedRowsOptions) {
    const output = watchedOutput(model) ?? ''
    this.#watched = watchedOfRows(model).map((name) =>
      name === 'prediction'
        ? { output }
        : { feature: features.findIndex((field) => `feature.${field.name}` === name) },
    )
    this.#predictor = predictor
    this.#rows = new ToldRows(memory, `watched/${model.name}`, hop)
  }

  /** @param predictions undefined where there are no rows. */
  route(
    rows: {
      readonly columns: readonly Column[]
      readonly features: readonly Column[]
      readonly count: number
      readonly predictions: Predictions | undefined
    },
    options: Omit<RouteOptions, 'idle'>,
  ): Append[] {
    const { columns, features, count, predictions } = rows
    const place = columns.slice(0, KEY + 1)
    if (predictions === undefined) return this.#rows.route({ place, values: [], count: 0 }, options)
    const { scored } = predictions
    const values = this.#watched.map((each) =>
      'output' in each
        ? this.#output(each.output, predictions, count)
        : asNumbers(features[each.feature], count),
    )
    return this.#rows.route(
      { place, values: [numbers(this.#predictor.versions(scored)), ...values], count },
      options,
    )
  }

  #output(name: string, { scored }: Predictions, count: number): Column {
    const at = this.#predictor.model.loaded.outputs.findIndex((output) => output.name === name)
    const column = scored.outputs[at]
    return column === undefined
      ? {
          kind: 'number',
          values: new Float64Array(count),
          marks: new Uint8Array(count).fill(ABSENT),
        }
      : asNumbers(column, count)
  }
}
