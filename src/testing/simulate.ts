// A pipeline in memory and virtual time: for tests of those who write pipelines. It is the engine and the log themselves that run,
// over a simulated disk; only processes, sockets and time are others.
import { createHash } from 'node:crypto'
import { milliseconds, type Duration } from '../base/duration.ts'
import { DefinitionError } from '../base/errors.ts'
import { planOf } from '../pipeline/compile-plan.ts'
import type { Pipeline } from '../pipeline/flow.ts'
import { definitionOf } from '../runner/load-definition.ts'
import { loadModels, localVersions } from '../runner/versions/load-models.ts'
import { ModelMetrics } from '../runner/model-metrics.ts'
import { installGuard } from '../schema/guard.ts'
import { NO_FAULTS, setupOf } from './faults.ts'
import { inputsOf, type Given } from './given.ts'
import { simulatedOf, type Simulated } from './simulated.ts'
import { stormRun, type Subject } from './calm-and-storm.ts'
import { runWorld } from './world.ts'

/** What `simulate` takes beyond pipeline and events. */
export interface SimulateOptions {
  /** Partitions of every topic, and tasks of every stage. Default 1. */
  readonly partitions?: number
  /** Folder that paths of model files are relative to. Default `'.'`. */
  readonly folder?: string
  /**
   * How long it runs after the last event was written: to the `'end'`, where every stream says that nothing more will come, so that
   * windows close and labels expire; or so long in virtual time, with all streams open. Default `'end'`.
   */
  readonly until?: 'end' | Duration
  /**
   * What the clock says when the run begins, ms since 1970: of a stream whose events are of about that time, event time goes on while
   * nothing comes. Default: the beginning of 2026.
   */
  readonly start?: number
  /**
   * So many runs more, each with other faults (kills, power cuts, full disks, a bad network), other batches and other workers, all of
   * which must come to the same. Default 0.
   */
  readonly faults?: number
  /** What the order of things that happen at once is drawn from. Default 1. */
  readonly seed?: number
}

/**
 * Runs a pipeline over the events given, and says what came out.
 * @example
 * it('scores a payment', async () => {
 *   const payment = { id: 'p1', card: 'a', amount: 9, at: '2026-01-05T09:00:00Z' }
 *   const { topics } = await simulate(scoring, [events(payments, [payment])])
 *   expect(topics.scores).toMatchObject([{ key: 'a', time: Date.parse(payment.at), value: { id: 'p1' } }])
 * })
 * @throws DefinitionError for options that fit nothing; ModelError for a model that cannot be loaded; StateError when a run with
 * faults comes to something else than the one without, naming its seed and the first difference.
 */
export async function simulate(
  pipeline: Pipeline,
  given: readonly Given[],
  options: SimulateOptions = {},
): Promise<Simulated> {
  const { partitions = 1, folder = '.', until = 'end', faults = 0, seed = 1 } = options
  if (!Number.isInteger(partitions) || partitions < 1)
    throw usage(`partitions must be a whole number from 1; found ${partitions}`)
  if (faults > 0 && until !== 'end')
    throw usage(
      `runs with faults must come to their end to be compared; found until: '${until}'; leave it out`,
    )
  const { plan, schemas } = definitionOf(planOf(pipeline))
  const models = await loadModels({ plan, schemas }, await localVersions({ plan, folder }))
  const streams = plan.streams.map(({ name }) => name)
  const subject: Subject = {
    plan,
    schemas,
    models,
    versions: [createHash('sha256').update('another version').digest('hex')],
    metrics: (memory) => new ModelMetrics(memory),
    guard: installGuard(),
    inputs: inputsOf(given, { streams, partitions, end: until === 'end' }),
    partitions,
    ...(options.start === undefined ? {} : { start: options.start }),
    ...(until === 'end' ? {} : { forMs: milliseconds(until, '`until`') }),
  }
  const calm = await runWorld({ ...subject, seed, setup: setupOf(seed), faults: NO_FAULTS })
  for (let i = 1; i <= faults; i++) await stormRun(subject, calm, { seed: seed + i })
  return simulatedOf(calm.observed, models)
}

function usage(message: string): DefinitionError {
  return new DefinitionError(message, { code: 'ML_USAGE' })
}
