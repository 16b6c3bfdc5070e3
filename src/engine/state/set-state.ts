// The keyed state of one feature set: updates and reads of a batch, in their merged order.
// Its bytes and values are a function of that order only, never of how it was cut into batches.
import { DefinitionError } from '../../base/errors.ts'
import type { Column, ColumnKind } from '../../contracts/columns.ts'
import type { SetPlan } from '../../pipeline/plan.ts'
import type { StateMemory } from './memory.ts'
import type { SetBatch } from './set-batch.ts'

export interface SetStateOptions {
  /** How far a row's event time may lie behind its merge time, ms: the lateness of the streams that update or read the set. */
  readonly slackMs: number
  /** Kinds of the input columns: one a feature with a function (`value`, `last`, windows with `of`), in feature order. */
  readonly inputKinds: readonly ColumnKind[]
}

export class SetState {
  readonly #memory: StateMemory
  readonly #plan: SetPlan
  readonly #options: SetStateOptions

  /** Finds its regions by the set's name, or makes them. */
  constructor(memory: StateMemory, plan: SetPlan, options: SetStateOptions) {
    this.#memory = memory
    this.#plan = plan
    this.#options = options
  }

  /**
   * Takes a batch in its merged order.
   * @param outputs gets one column a feature, in feature order, a value a row of `batch.rows`; they hold until the next call.
   */
  process(batch: SetBatch, outputs: Column[]): void {
    if (batch.count > 0 || outputs.length > 0) {
      throw new DefinitionError(`set ${this.#plan.name} keeps no state of ${this.#options.inputKinds.length} inputs in ${this.#memory.bytes} bytes yet`)
    }
  }
}
