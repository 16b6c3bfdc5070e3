// The label of every prediction and when it was known, by where its receipt stands.
import type { Column } from '../../contracts/columns.ts'
import type { Log } from '../../contracts/log.ts'
import { MERGE_TIME } from '../../engine/exchange/layout.ts'
import { EXAMPLE, OUTCOMES } from '../../engine/operators/join-layouts.ts'
import { eachExampleBlock } from '../provenance/examples-of.ts'

/** Of a label and of its time, two numbers a row; NaN for none. */
const PAIR = 2

/** By task and commit: labels of the rows of the commit's block. A later label of a row revises an earlier one. */
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
        const times = block.column(MERGE_TIME)
        for (let i = 0; i < block.rows; i++) {
          const outcome = numberAt(outcomes, i)
          if (outcome === orphaned || outcome === duplicate) continue
          if ((values.marks?.[i] ?? 0) !== 0) continue
          const place = `${numberAt(tasks, i)}/${numberAt(commits, i)}`
          labels.#set(place, numberAt(rows, i), [numberAt(values, i), numberAt(times, i)])
        }
      },
    })
    return labels
  }

  /** NaN for none. */
  at(task: number, commit: number, row: number): number {
    return this.#byCommit.get(`${task}/${commit}`)?.at(PAIR * row) ?? NaN
  }

  /** When the label was known to the join: it came, or its time was over; in merge time, ms. */
  knownAt(task: number, commit: number, row: number): number {
    return this.#byCommit.get(`${task}/${commit}`)?.at(PAIR * row + 1) ?? NaN
  }

  #set(place: string, row: number, pair: readonly [label: number, knownAt: number]): void {
    let own = this.#byCommit.get(place)
    const room = PAIR * (row + 1)
    if (own === undefined || own.length < room) {
      const grown = new Float64Array(Math.max(512, 2 ** Math.ceil(Math.log2(room)))).fill(NaN)
      if (own !== undefined) grown.set(own)
      own = grown
      this.#byCommit.set(place, own)
    }
    own.set(pair, PAIR * row)
  }
}

function numberAt(column: Column, row: number): number {
  return column.kind === 'number' ? column.values[row] : NaN
}
