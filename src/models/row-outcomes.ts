// How the rows of a batch came out, and why. A reason never holds a value of the event.
import {
  FAILED,
  FELL_BACK,
  REFUSED,
  SCORED,
  type OutputInfo,
  type Scored,
} from '../contracts/runtime.ts'
import { writeFallback, type Fallback } from './fallback.ts'
import { OutputTable } from './output-table.ts'

export class RowOutcomes {
  readonly outcome: Uint8Array
  readonly reasons: Map<number, string> = new Map()

  constructor(rows: number) {
    this.outcome = new Uint8Array(rows)
  }

  /** The row cannot be given to the model. The first reason of a row is kept. */
  refuse(row: number, reason: string): void {
    this.#add(row, REFUSED, reason)
  }

  /** The model gave nothing that can be used. */
  fail(row: number, reason: string): void {
    this.#add(row, FAILED, reason)
  }

  #add(row: number, outcome: number, reason: string): void {
    if (this.outcome[row] !== SCORED) return
    this.outcome[row] = outcome
    this.reasons.set(row, reason)
  }

  /**
   * Gives the rows without a score the fallback, if there is one, and closes the batch. The reasons
   * stay.
   */
  finish(
    table: OutputTable,
    outputs: readonly OutputInfo[],
    fallback: Fallback | undefined,
  ): Scored {
    if (fallback !== undefined) {
      for (const row of this.reasons.keys()) {
        writeFallback(fallback, outputs, table, row)
        this.outcome[row] = FELL_BACK
      }
    }
    const outputColumns = table.columns(this.outcome)
    return {
      rows: this.outcome.length,
      outputs: outputColumns,
      outcome: this.outcome,
      reasons: this.reasons,
    }
  }
}

/** How rows come out for which the model is not called. */
export function unscored(
  rows: number,
  reason: string,
  of: { outputs: readonly OutputInfo[]; fallback: Fallback | undefined },
): Scored {
  const outcomes = new RowOutcomes(rows)
  for (let row = 0; row < rows; row++) outcomes.fail(row, reason)
  return outcomes.finish(new OutputTable(of.outputs, rows), of.outputs, of.fallback)
}
