// What a task lets go of (ENGINE 11): whatever lies before the newest snapshot that is older than the replay horizon. Every block
// between tasks has one reader, so that its reader alone decides; topics of users are nobody's here to trim.
import type { TaskContext } from './task-context.ts'
import type { TaskSpec } from './task-spec.ts'
import { commitsTopic, snapshotsTopic } from './task-names.ts'
import { wholeSnapshot } from './whole-snapshot.ts'

/** One partition of an internal topic. */
export interface LanePlace {
  readonly topic: string
  readonly partition: number
}

export class Retention {
  readonly #context: TaskContext
  readonly #task: TaskSpec
  readonly #lanes: readonly LanePlace[]
  readonly #seeded: number
  #trimmed = 0

  /**
   * @param of its lanes, in the order of its commits; of a source none, because what it reads belongs to users. The number of its last
   * commit with a seed: snapshots from before it know other lanes.
   */
  constructor(
    context: TaskContext,
    task: TaskSpec,
    of: { lanes: readonly LanePlace[]; seeded: number },
  ) {
    this.#context = context
    this.#task = task
    this.#lanes = of.lanes
    this.#seeded = of.seeded
  }

  /** A snapshot is complete and durable. @param state the topic that the task keeps beside its memory. */
  async kept(state: string | undefined): Promise<void> {
    const { log, clock, tuning, steps } = this.#context
    const horizon = clock.now() - tuning.replayMs
    const oldest = await wholeSnapshot(log, this.#task, ({ at }) => at <= horizon)
    if (oldest === undefined || oldest.seeded !== this.#seeded) return
    const { from, startsAt, fromOffset, kept } = oldest
    if (from === this.#trimmed) return
    const { pipeline, stage, number } = this.#task
    this.#trimmed = from
    const places =
      state === undefined ? this.#lanes : [...this.#lanes, { topic: state, partition: number }]
    await steps.reach('retain:trim')
    await Promise.all([
      log.trim(snapshotsTopic(pipeline, stage), number, startsAt),
      log.trim(commitsTopic(pipeline, stage), number, fromOffset),
      ...places.map(({ topic, partition }, i) => log.trim(topic, partition, kept[i])),
    ])
    await steps.reach('retain:trimmed')
  }
}
