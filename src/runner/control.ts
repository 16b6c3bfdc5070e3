// The control topic: what was run on this log, in order. The last run tells the commands which definition is meant.
import { oneRecord } from '../base/records.ts'
import { DefinitionError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import { readPartition } from '../engine/read-partition.ts'
import { openLog } from '../log/server/open-log.ts'

const TOPIC = '_millrace.control'

/** A run began. */
export interface RunEvent {
  readonly kind: 'run'
  readonly pipeline: string
  /** Absolute path of the definition. */
  readonly file: string
  /** Digest of the plan. */
  readonly plan: string
  readonly partitions: number
  /** SHA-256 of each model's bytes, by model. */
  readonly models: Readonly<Record<string, string>>
  /** ms of the machine's clock. */
  readonly at: number
}

export async function recordRun(log: Log, run: RunEvent): Promise<void> {
  await log.ensureTopic({ name: TOPIC, partitions: 1 })
  const writer = await log.openWriter('control')
  await writer.append([
    { topic: TOPIC, partition: 0, records: oneRecord(run.at, run.pipeline, JSON.stringify(run)) },
  ])
  await writer.close()
}

/** The last run on this log; undefined when nothing was ever run on it. */
export async function lastRun(log: Log): Promise<RunEvent | undefined> {
  const info = await log.topic(TOPIC)
  if (info === undefined) return undefined
  let last: RunEvent | undefined
  await readPartition(
    log,
    { topic: TOPIC, partition: 0, from: info.parts[0].start },
    (_, value) => {
      last = JSON.parse(Buffer.from(value).toString('utf8'))
    },
  )
  return last
}

/** The definition that is meant: the one that is named, else the one the log was last run with. */
export async function fileOf(place: {
  readonly file: string | undefined
  readonly log: string
}): Promise<string> {
  if (place.file !== undefined) return place.file
  const { log } = await openLog(place.log, { mustExist: true })
  try {
    const run = await lastRun(log)
    if (run !== undefined) return run.file
  } finally {
    await log.close()
  }
  throw new DefinitionError(
    `a definition must be named where none was run yet; found no run in ${place.log}; give it with --file FILE, or another log with --log`,
    { code: 'ML_USAGE' },
  )
}
