// Rows of a batch on their way to the task that learns from them without labels.
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import { KEY, type LayoutField } from '../exchange/layout.ts'
import type { Hop, RouteOptions } from '../exchange/router.ts'
import type { LearningModel } from '../learning-models.ts'
import type { StateMemory } from '../state/memory.ts'
import { asNumbers } from './plain-columns.ts'
import { ToldRows } from './told-rows.ts'

export interface LearningRowsOptions {
  readonly model: LearningModel
  readonly hop: Hop
  /** Of the rows. */
  readonly features: readonly LayoutField[]
}

export class LearningRows {
  readonly #places: readonly number[]
  readonly #rows: ToldRows

  constructor(memory: StateMemory, { model, hop, features }: LearningRowsOptions) {
    this.#places = model.learning.features.map((name) =>
      features.findIndex((feature) => feature.name === name),
    )
    this.#rows = new ToldRows(memory, `learning/${model.name}`, hop)
  }

  route(
    rows: { columns: readonly Column[]; features: readonly Column[]; count: number },
    options: Omit<RouteOptions, 'idle'>,
  ): Append[] {
    const { columns, features, count } = rows
    const place = columns.slice(0, KEY + 1)
    const values = count === 0 ? [] : this.#places.map((at) => asNumbers(features[at], count))
    return this.#rows.route({ place, values, count }, options)
  }
}
