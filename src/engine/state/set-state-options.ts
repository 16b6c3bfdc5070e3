// What the state of a set is made for.
import type { ColumnKind } from '../../contracts/columns.ts'

export interface SetStateOptions {
  /** How far a row's event time may lie behind its merge time, ms: the lateness of the streams that update or read the set. */
  readonly slackMs: number
  /** Kinds of the input columns: one a feature with a function (`value`, `last`, windows with `of`), in feature order. */
  readonly inputKinds: readonly ColumnKind[]
  /** Tasks that share the set's budget: each has its equal part, of a key at least. */
  readonly tasks: number
}
