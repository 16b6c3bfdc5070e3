// Who runs which tasks of a pipeline: the supervisors of one pipeline are a group, and each task runs at one member of it.
// Membership only says who should run a task; that two never both do is the log's: opening a task's writer fences the last one.

/** What a member says of itself. */
export interface MemberSelf {
  /** Unique in the group. */
  readonly name: string
  readonly host: string
  readonly pid: number
  /** When it began, ms since 1970. */
  readonly since: number
  /** Worker processes: its share of the tasks is as large as its share of all workers. */
  readonly workers: number
  /** Digest of its plan. */
  readonly plan: string
  /** Copies that other members are to keep of each task with a state. Of what members say the most counts. */
  readonly standbys: number
}

export interface Member extends MemberSelf {
  /** Ids of its tasks. */
  readonly tasks: readonly string[]
  /** Ids of tasks that it keeps copies of. */
  readonly copies: readonly string[]
}

/** What a member is to do. */
export interface Share {
  /** The tasks to run from now on, all of them. */
  readonly tasks: readonly string[]
  /** Those to keep copies of. */
  readonly copies: readonly string[]
  /** undefined where there are no groups: no other member is there, then or ever. */
  readonly group: GroupCounts | undefined
}

/** How a group is, as a member was told last. */
export interface GroupCounts {
  /** Members, this one included. */
  readonly members: number
  /** How often tasks were given out anew since the group began. */
  readonly rebalances: number
}

export interface GroupState {
  readonly members: readonly Member[]
  /** How often tasks were given out anew since the group began. */
  readonly rebalances: number
}

/** What a member is told, one call after the other. */
export interface MembershipEvents {
  assigned(share: Share): void
  /** Tasks that go to others; resolves when their commits have ended and their writers are closed. */
  revoke(tasks: readonly string[]): Promise<void>
  /** It was taken for dead: all of its tasks may run elsewhere by now. It joins again by itself. */
  lost(): void
  /** It cannot be a member any more. */
  failed(error: Error): void
}

export interface Membership {
  /** Joins; tasks come by `assigned`. Call it once. */
  join(events: MembershipEvents): void
  /** False when it has not been confirmed for so long that others may have its tasks: then none should be started. */
  held(): boolean
  /** Gives tasks up that another has fenced, and asks for its share anew. */
  giveUp(tasks: readonly string[]): void
  /**
   * Leaves. All its tasks must have ended before.
   * @param back whether a member of the same name may come back within the session and find its tasks; only where it has a name of its own.
   */
  leave(back: boolean): Promise<void>
}

/** How a group is joined. */
export interface MembershipOptions {
  readonly pipeline: string
  readonly self: MemberSelf
  /** Whether the name outlives the process: who comes back under it within the session has its tasks again. */
  readonly fixed: boolean
  /** Ids of all tasks of the pipeline, and the stage of each. */
  readonly tasks: readonly TaskOfGroup[]
  /** Ids of tasks that it holds copies of now: it gets such a task before others do. */
  readonly copies: () => readonly string[]
  /**
   * Whether a member is known to be gone for good: it is said for it that it leaves, once this one has asked for its share. Not asked of those
   * with a name of their own, who may come back. Default: of none it is known.
   */
  readonly isGone?: (member: MemberSelf) => boolean
}

export interface TaskOfGroup {
  readonly id: string
  readonly stage: string
  /** Whether it has a state that is worth a copy. */
  readonly stateful: boolean
}
