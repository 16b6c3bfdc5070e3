// What the state of a task begins with under a changed plan: parts of what tasks had before (ENGINE 13).
// It names them instead of holding them, so that the change of a plan writes little however much state there is.

/** Regions of one task's memory as it was after one of its commits. */
export interface SeedPart {
  readonly stage: string
  readonly task: number
  readonly commit: number
  /** Beginnings of the names of regions: as they were, and as they are now. */
  readonly regions: readonly (readonly [was: string, is: string])[]
  /** Set where its stage has another number of tasks than before: of its keys only those that now belong to the task. */
  readonly moves?: true
}

export interface Seed {
  readonly parts: readonly SeedPart[]
  /** Its counters, which go on. */
  readonly counts: readonly number[]
}

/** Whether it takes keys of other tasks: such a task is begun by `settle`, not by itself. */
export function takesKeys({ parts }: Seed): boolean {
  return parts.some(({ moves }) => moves === true)
}
