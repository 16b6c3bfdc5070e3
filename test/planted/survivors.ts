// Mutants that no test kills, and why none has to.

export interface Survivor {
  readonly file: string
  /** The line it begins on, trimmed. */
  readonly line: string
  readonly was: string
  readonly becomes: string
  readonly because: string
}

export const survivors: readonly Survivor[] = []
