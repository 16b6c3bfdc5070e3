// The label of every prediction, by where its receipt stands.
import type { Column } from '../../contracts/columns.ts'
import type { Log } from '../../contracts/log.ts'
import { EXAMPLE, OUTCOMES } from '../../engine/operators/join-layouts.ts'
import { eachExampleBlock } from '../provenance/examples-of.ts'

/** By task and commit: one number a row of the commit's block, NaN for none. A later label of a row revises an earlier one. */
export class Labels {
  readonly #byCommit = new Map<string, Float64Array>()

  static async of(log: Log, pipeline: string, model: string): Promise<Labels> {
    const labels = new Labels()
    const orphaned = OUTCOMES.indexOf('orphaned')
    const duplicate = OUTCOMES.indexOf('duplicate')
    await eachExampleBlock(log, pipeline, {
      model,
      each: (block) => {
        const outcomes = block.column(EXAMPLE.outcome)
        const values = block.column(EXAMPLE.label)
        const tasks = block.column(EXAMPLE.receiptTask)
        const commits = block.column(EXAMPLE.receiptCommit)
        const rows = block.column(EXAMPLE.receiptRow)
        for (let i = 0; i < block.rows; i++) {
          const outcome = numberAt(outcomes, i)
          if (outcome === orphaned || outcome === duplicate) continue
          if ((values.marks?.[i] ?? 0) !== 0) continue
          const place = `${numberAt(tasks, i)}/${numberAt(commits, i)}`
          labels.#set(place, numberAt(rows, i), numberAt(values, i))
        }
      },
    })
    return labels
  }

  at(task: number, commit: number, row: number): number {
    return this.#byCommit.get(`${task}/${commit}`)?.at(row) ?? NaN
  }

  #set(place: string, row: number, label: number): void {
    let own = this.#byCommit.get(place)
    if (own === undefined || own.length <= row) {
      const grown = new Float64Array(Math.max(256, 2 ** Math.ceil(Math.log2(row + 1)))).fill(NaN)
      if (own !== undefined) grown.set(own)
      own = grown
      this.#byCommit.set(place, own)
    }
    own[row] = label
  }
}

function numberAt(column: Column, row: number): number {
  return column.kind === 'number' ? column.values[row] : NaN
}
