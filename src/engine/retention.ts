// What a task lets go of (ENGINE 11): whatever lies before the newest snapshot that is older than the replay horizon. Every block
// between tasks has one reader, so that its reader alone decides; topics of users are nobody's here to trim.
import type { SnapshotPlace } from './recovery.ts'
import type { TaskContext, TaskSpec } from './task-context.ts'
import { commitsTopic, snapshotsTopic } from './task-names.ts'

/** One partition of an internal topic. */
export interface LanePlace {
  readonly topic: string
  readonly partition: number
}

export class Retention {
  readonly #context: TaskContext
  readonly #task: TaskSpec
  readonly #lanes: readonly LanePlace[]
  #snapshots: SnapshotPlace[]
  #trimmed = 0

  /**
   * @param of its lanes, in the order of its commits; of a source none, because what it reads belongs to users. The complete
   * snapshots that are kept, oldest first.
   */
  constructor(
    context: TaskContext,
    task: TaskSpec,
    of: { lanes: readonly LanePlace[]; snapshots: readonly SnapshotPlace[] },
  ) {
    this.#context = context
    this.#task = task
    this.#lanes = of.lanes
    this.#snapshots = [...of.snapshots]
  }

  /** A snapshot is complete and durable. @param state the topic that the task keeps beside its memory. */
  async kept(snapshot: SnapshotPlace, state: string | undefined): Promise<void> {
    this.#snapshots.push(snapshot)
    const { log, clock, tuning } = this.#context
    const horizon = clock.now() - tuning.replayMs
    const keep = this.#snapshots.findLastIndex(({ at }) => at <= horizon)
    if (keep < 0 || this.#snapshots[keep].from === this.#trimmed) return
    const { from, offset, fromOffset, kept } = this.#snapshots[keep]
    const { pipeline, stage, number } = this.#task
    this.#trimmed = from
    this.#snapshots = this.#snapshots.slice(keep)
    const places =
      state === undefined ? this.#lanes : [...this.#lanes, { topic: state, partition: number }]
    await Promise.all([
      log.trim(snapshotsTopic(pipeline, stage), number, offset),
      log.trim(commitsTopic(pipeline, stage), number, fromOffset),
      ...places.map(({ topic, partition }, i) => log.trim(topic, partition, kept[i])),
    ])
  }
}
