// A member of a group, as it is given tasks and copies.

export interface AssignMember {
  readonly id: string
  /** At least 1. */
  readonly workers: number
  /** Ids of tasks it runs now. */
  readonly owned: readonly string[]
  /** Ids of tasks that it holds copies of. */
  readonly copies: readonly string[]
}
