// The stream's key of each row of a stage: the one rows came with, where the stage is keyed by it, else evaluated.
import type { Column } from '../../contracts/columns.ts'
import type { KeySelector } from '../../contracts/selector.ts'
import { streamNamed } from '../../pipeline/plan-streams.ts'
import type { Plan, StagePlan } from '../../pipeline/plan.ts'
import { sameKey } from '../../pipeline/same-key.ts'
import type { Evaluator, Events, Failure } from '../../schema/evaluate.ts'
import { KeyColumn } from '../../schema/event-keys.ts'
import { KEY } from '../exchange/layout.ts'

export class StreamKeys {
  readonly #evaluator: Evaluator
  readonly #key: KeySelector
  readonly #came: boolean
  readonly #keys = new KeyColumn()

  constructor(plan: Plan, stage: StagePlan, evaluator: Evaluator) {
    this.#evaluator = evaluator
    this.#key = streamNamed(plan, plan.from).key
    this.#came = sameKey(stage.key, this.#key)
  }

  /** One a row, encoded; they hold until the next call. @param failures gets rows whose key cannot be had. */
  of(rows: { columns: readonly Column[]; events: Events }, failures: Failure[]): Column {
    if (this.#came) return rows.columns[KEY]
    this.#evaluator.keys(this.#key, rows.events, this.#keys, failures)
    return this.#keys.column()
  }
}
