// What the supervisor knows of calls that hung: whoever runs the task next is told, and finds the rows by halving.
// In memory only: what was found is in the commits, and what was not is found again by the next call that hangs.
import type { RowPlace } from '../../contracts/model-calls.ts'

/** A call that was ended because it took more time or memory than it may, or that its process died of. */
export interface Hang {
  /** Index of the task in the list of the plan's tasks, and of the model in its stage. */
  readonly task: number
  readonly model: number
  readonly commit: number
  readonly rows: readonly RowPlace[]
}

/** What a worker is told of a model of one of its tasks. */
export interface KnownHangs {
  readonly task: number
  readonly model: number
  readonly hung: readonly RowPlace[]
  readonly suspects: readonly RowPlace[]
}

interface Entry {
  readonly task: number
  readonly model: number
  hung: RowPlace[]
  suspects: readonly RowPlace[]
}

export class HangLedger {
  readonly #entries = new Map<string, Entry>()

  /** @returns whether it is a new hang; false for one on the way to the rows of an earlier one. */
  add({ task, model, rows }: Hang): boolean {
    const key = `${task}/${model}`
    const entry = this.#entries.get(key) ?? { task, model, hung: [], suspects: [] }
    this.#entries.set(key, entry)
    const suspected = new Set(entry.suspects.map(String))
    const known = rows.every((row) => suspected.has(String(row)))
    if (rows.length === 1) entry.hung.push(rows[0])
    entry.suspects = rows.length === 1 ? [] : rows
    return !known
  }

  /** What is known for these tasks. */
  of(tasks: readonly number[]): KnownHangs[] {
    return [...this.#entries.values()].filter(({ task }) => tasks.includes(task))
  }
}
