// Partitions that others add to a source topic while a run goes on (Kafka allows it): a run has a task for each partition that it found
// at its start, so that it must hear of more, or their events would never be read.
import { ConnectorError, MillraceError, StateError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import type { Shape } from '../engine/change/shape.ts'
import type { Plan, StreamPlan } from '../pipeline/plan.ts'

/** It is found out within about this long. */
const EVERY_MS = 5_000

export interface SourceWatch {
  /** Looks once. */
  look(): Promise<void>
  close(): void
}

/** @param of what a run was laid out for. @param told called once, with what ends the run. */
export function watchSources(
  log: Log,
  of: { readonly plan: Plan; readonly sources: ReadonlyMap<string, number> },
  told: (error: MillraceError) => void,
): SourceWatch {
  let under: Promise<void> | undefined
  const look = async (): Promise<void> => {
    for (const stream of of.plan.streams) {
      const had = of.sources.get(stream.name)
      // A log that does not answer now is told by the tasks that read it; this looks again.
      const info = await log.topic(stream.topic).catch(() => undefined)
      if (had === undefined || info === undefined || info.partitions === had) continue
      told(changed(stream, had, info.partitions))
    }
  }
  const timer = setInterval(() => {
    under ??= look().finally(() => (under = undefined))
  }, EVERY_MS)
  timer.unref()
  return { look, close: () => clearInterval(timer) }
}

/**
 * What a pipeline reads by key must have the partitions it had: keys of more would lie elsewhere than their state.
 * @throws StateError ML_STATE
 */
export function checkKeyedSources(
  { streams }: Plan,
  of: { readonly was: Shape; readonly sources: ReadonlyMap<string, number> },
): void {
  for (const stream of streams) {
    const had = of.was.streams.find(({ topic }) => topic === stream.topic)?.partitions
    const now = of.sources.get(stream.name)
    if (stream.partitionedByKey && had !== undefined && now !== undefined && now !== had)
      throw keysMoved(stream, had, now)
  }
}

function changed(stream: StreamPlan, had: number, now: number): MillraceError {
  if (stream.partitionedByKey) return keysMoved(stream, had, now)
  return new ConnectorError(
    'ML_TOPIC',
    `topic '${stream.topic}' must have the ${had} partitions that the run began with; found ${now}; start the run again: it takes up all of them, and goes on where it was`,
    { details: { topic: stream.topic, expected: had, found: now } },
  )
}

function keysMoved({ topic }: StreamPlan, had: number, now: number): StateError {
  return new StateError(
    'ML_STATE',
    `topic '${topic}' says partitionedBy: 'key', and must have the ${had} partitions it had; found ${now}, so that keys lie in other partitions from there on; leave partitionedBy out of the definition, and its events are re-keyed, or write them to a new topic`,
    { details: { topic, expected: had, found: now } },
  )
}
