// The row `{ event, features, prediction, predictions }` that functions of the last stage see.
import type { Column } from '../../contracts/columns.ts'
import type { Events, Evaluator } from '../../schema/evaluate.ts'
import { EventView } from '../../schema/event-view.ts'
import type { LayoutField } from '../exchange/layout.ts'
import type { Predictions, Predictor } from './predict.ts'

export interface Row {
  event: unknown
  readonly features: object
  prediction?: object
  predictions?: Record<string, object>
}

export interface RowBatch {
  readonly events: Events
  readonly features: readonly Column[]
  readonly predictions: readonly Predictions[]
}

export class RowView {
  readonly #predictors: readonly Predictor[]
  readonly #features: EventView
  readonly #predictions: readonly EventView[]
  readonly #evaluator: Evaluator
  #batch: RowBatch | undefined
  #columns: readonly (readonly Column[])[] = []

  constructor(
    features: readonly LayoutField[],
    predictors: readonly Predictor[],
    evaluator: Evaluator,
  ) {
    this.#predictors = predictors
    this.#features = new EventView(
      features.map(({ name, kind }) => ({ path: [name], kind, role: 'value' })),
    )
    this.#predictions = predictors.map(({ fields }) => new EventView(fields))
    this.#evaluator = evaluator
  }

  /** Rows of a batch come next. */
  begin(batch: RowBatch): void {
    this.#batch = batch
    this.#columns = this.#predictors.map((predictor, i) =>
      predictor.values(batch.predictions[i].scored),
    )
  }

  /** The row; it holds until the next call. Every row has been predicted. */
  at(index: number): Row {
    const batch = this.#batch
    if (batch === undefined) throw new RangeError('a row is of a batch')
    const row: Row = {
      event: this.#evaluator.at(batch.events, index),
      features: this.#features.point(batch.features, index),
    }
    this.#predictors.forEach(({ model: { plan } }, i) => {
      const value =
        batch.predictions[i].judged.get(index) ??
        this.#predictions[i].point(this.#columns[i], index)
      if (plan.as === undefined) row.prediction = value
      else (row.predictions ??= {})[plan.as] = value
    })
    return row
  }

  close(): void {
    this.#features.close()
    for (const view of this.#predictions) view.close()
    this.#evaluator.close()
  }
}
