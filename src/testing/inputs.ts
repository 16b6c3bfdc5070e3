// What a simulation is fed: records of every partition of every stream, as a producer outside would write them.

/** One record: an event as its text, or progress. */
export interface InputRecord {
  /** The event as JSON text, or any other text for a bad one. Empty in a progress record. */
  readonly value: string
  /** Default: none. */
  readonly key?: string
  /** Set in a progress record: nothing before this time (ms since 1970) will come; Infinity says nothing more ever. */
  readonly progress?: number
  /** Virtual ms of the run before which it is not written. Default 0. */
  readonly notBefore?: number
  /** It is written when all records of lesser phases are. Default 0. */
  readonly phase?: number
}

/** By stream, its partitions, each with its records in order. */
export type Inputs = ReadonlyMap<string, readonly (readonly InputRecord[])[]>

/** Says "nothing more ever". */
export const END: InputRecord = Object.freeze({ value: '', progress: Infinity })
