// What a model had learnt in the stream, from the log of its run.
import { DefinitionError } from '../../base/errors.ts'
import type { Log } from '../../contracts/log.ts'
import { LearnerSnapshots, type LearnerSnapshot } from '../../engine/learner-snapshots.ts'
import { learnerTopic } from '../../engine/task-names.ts'

export interface LearntSnapshotOf {
  readonly pipeline: string
  readonly model: string
  /** Number of the snapshot; undefined: the newest. */
  readonly wanted: number | undefined
  /** What names it on the command line. */
  readonly option: string
}

/** @throws DefinitionError ML_USAGE where there is none that has learnt anything. */
export async function learntSnapshot(
  log: Log,
  { pipeline, model, wanted, option }: LearntSnapshotOf,
): Promise<LearnerSnapshot> {
  const snapshots = new LearnerSnapshots(log, learnerTopic(pipeline, model))
  const newest = await snapshots.newest()
  const number = wanted ?? newest
  const found =
    number === undefined || newest === undefined || number > newest
      ? undefined
      : await snapshots.read(number)
  if (found !== undefined && found.place.examples > 0) return found
  throw new DefinitionError(
    wanted !== undefined && newest !== undefined && wanted > newest
      ? `${option} must be one of model '${model}', whose newest is ${newest}; found ${wanted}; name that of a receipt, or ${option === '--from' ? "'newest'" : 'leave it out'}`
      : `model '${model}' must have learnt something; found ${newest === undefined ? 'no snapshot' : 'a snapshot of nothing'}; run the pipeline until labels have come and a period of its snapshots has passed`,
    { code: 'ML_USAGE' },
  )
}
