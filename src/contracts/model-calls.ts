// Calls of models as the engine makes them: announced before they begin, so that whoever watches can end a process whose
// call hangs; and what is known of earlier calls that hung. The engine itself has no timer and ends no process.

/** A row of the predicted stream, by where its event lies: a name that no batch and no restart changes. */
export type RowPlace = readonly [partition: number, offset: number]

/** What is known of a model before a task scores a batch with it. */
export interface CallRules {
  /** The version hung too often: it is not called at all. */
  readonly quarantined: boolean
  /** Rows that hang it: it is not called for them. */
  readonly hung: readonly RowPlace[]
  /** Rows of a call that hung: which of them did it is found by scoring them in halves. */
  readonly suspects: readonly RowPlace[]
}

/** A call that is about to be made. */
export interface ModelCall {
  /** Id of the task. */
  readonly task: string
  readonly model: string
  /** Number of the commit it is for. */
  readonly commit: number
  /** Places of its rows: parallel, one a row. */
  readonly partitions: Float64Array
  readonly offsets: Float64Array
}

export interface ModelCalls {
  /** Asked once a batch and model. */
  rules(task: string, model: string): CallRules
  /** Makes the call, once no other is under way; it is announced before `score` is entered, and again when it is over. */
  make<Result>(call: ModelCall, score: () => Promise<Result>): Promise<Result>
}

export const NO_RULES: CallRules = { quarantined: false, hung: [], suspects: [] }

/** Nobody watches: for replays, whose commits say which rows were not scored. */
export const UNWATCHED: ModelCalls = {
  rules: () => NO_RULES,
  make: (_, score) => score(),
}
