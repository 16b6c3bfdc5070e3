// The row `{ event, features, prediction, predictions }` that functions of the last stage see.
import type { Column } from '../../contracts/columns.ts'
import type { Events, Evaluator } from '../../schema/evaluate.ts'
import { EventView } from '../../schema/event-view.ts'
import type { LayoutField } from '../exchange/layout.ts'
import type { Predictions, StageModel } from './predict.ts'

export interface Row {
  event: unknown
  readonly features: object
  prediction?: object
  predictions?: Record<string, object>
}

export class RowView {
  readonly #models: readonly StageModel[]
  readonly #features: EventView
  readonly #evaluator: Evaluator

  constructor(
    features: readonly LayoutField[],
    models: readonly StageModel[],
    evaluator: Evaluator,
  ) {
    this.#models = models
    this.#features = new EventView(features.map(({ name, kind }) => ({ path: [name], kind })))
    this.#evaluator = evaluator
  }

  /** The row; it holds until the next call. */
  at(
    of: { events: Events; features: readonly Column[]; predictions: readonly Predictions[] },
    index: number,
  ): Row {
    const row: Row = {
      event: this.#evaluator.at(of.events, index),
      features: this.#features.point(of.features, index),
    }
    this.#models.forEach(({ plan }, i) => {
      const value = of.predictions[i].values[index]
      if (value === undefined) return
      if (plan.as === undefined) row.prediction = value
      else (row.predictions ??= {})[plan.as] = value
    })
    return row
  }

  close(): void {
    this.#features.close()
    this.#evaluator.close()
  }
}
