// A mutant that no test kills.

export interface Survivor {
  readonly file: string
  /** The line it begins on, trimmed. */
  readonly line: string
  readonly was: string
  readonly becomes: string
  readonly because: string
  /** Whether it does the same: equal results, bytes and calls. Others cost time, memory or room, or a step more. */
  readonly equivalent?: true
}
