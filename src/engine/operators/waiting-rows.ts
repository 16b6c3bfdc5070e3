// Predictions of a batch on their way to the task that joins their labels: by id, with score, version and place of the receipt.
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { KeySelector } from '../../contracts/selector.ts'
import type { Evaluator, Events, Failure } from '../../schema/evaluate.ts'
import { KeyColumn } from '../../schema/event-keys.ts'
import { KEY } from '../exchange/layout.ts'
import { Router, type Hop, type RouteOptions } from '../exchange/router.ts'
import { WAITING_LAYOUT } from './join-layouts.ts'
import { constant, counted, noRows, numbers } from './plain-columns.ts'
import type { Predictor, Predictions } from './predict.ts'

export interface WaitingRowsOptions {
  readonly predictor: Predictor
  /** Of an event, the id that its label names. */
  readonly of: KeySelector
  readonly hop: Hop
  /** Of the task whose receipts they have. */
  readonly number: number
}

export class WaitingRows {
  readonly predictor: Predictor
  readonly #of: KeySelector
  readonly #router: Router
  readonly #number: number
  readonly #keys = new KeyColumn()

  constructor({ predictor, of, hop, number }: WaitingRowsOptions) {
    this.predictor = predictor
    this.#of = of
    this.#router = new Router(hop)
    this.#number = number
  }

  /** Reads the ids of a batch, which `ids` and `route` are about. */
  read(evaluator: Evaluator, events: Events, failures: Failure[]): void {
    evaluator.keys(this.#of, events, this.#keys, failures)
  }

  get ids(): Column {
    return this.#keys.column()
  }

  /** @param predictions undefined where there are no rows. */
  route(
    rows: {
      readonly columns: readonly Column[]
      readonly count: number
      readonly predictions: Predictions | undefined
    },
    options: RouteOptions,
  ): Append[] {
    const { columns, count, predictions } = rows
    if (predictions === undefined) return this.#router.route(noRows(WAITING_LAYOUT), 0, options)
    const { scored } = predictions
    const scores = numbers(this.predictor.scores(scored))
    const versions = numbers(this.predictor.versions(scored))
    const receipt = [constant(this.#number, count), constant(options.commit, count), counted(count)]
    const sent = [...columns.slice(0, KEY), this.ids, scores, versions, ...receipt]
    return this.#router.route(sent, count, options)
  }
}
