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
import { toTime } from '../schema/event-time.ts'
import { installGuard } from '../schema/guard.ts'
import { NO_FAULTS, setupOf } from './faults.ts'
import { givenOf, type Step } from './given.ts'
import { simulatedOf } from './simulated.ts'
import { SimulatedRun } from './simulated-run.ts'
import { withStubs, type Stub } from './stub.ts'
import { stormRun, type Subject } from './calm-and-storm.ts'
import { runWorld } from './world.ts'

/** What `simulate` takes beyond pipeline and steps. */
export interface SimulateOptions {
  /** Partitions of every topic, and tasks of every stage. Default 1. */
  readonly partitions?: number
  /** Functions in the place of models. Default: the models themselves. */
  readonly models?: readonly Stub[]
  /**
   * What the clock says when the run begins: ms since 1970, a Date, or an ISO text with its zone. Default: the time of the first event, so that streams
   * are as live as their events are close together.
   */
  readonly start?: number | Date | string
  /** Folder that paths of model files are relative to. Default `'.'`. */
  readonly folder?: string
  /**
   * How long it runs after the last event was written: to the `'end'`, where every stream says that nothing more will come, so that
   * windows close and labels expire; or so long in virtual time, with all streams open. Default `'end'`.
   */
  readonly until?: 'end' | Duration
  /**
   * So many runs more, each with other faults (kills, power cuts, full disks, a bad network), other batches and other workers, all of
   * which must come to the same. Default 0.
   */
  readonly faults?: number
  /** What the order of things that happen at once is drawn from. Default 1. */
  readonly seed?: number
}

/**
 * Runs a pipeline over the steps given, and says what came out.
 * @example
 * it('scores a payment', async () => {
 *   const payment = { id: 'p1', card: 'a', amount: 9, at: '2026-01-05T09:00:00Z' }
 *   const run = await simulate(scoring, [events(payments, [payment]), advance('1h'), crash()])
 *   run.expectTopic('scores', [{ id: 'p1' }])
 * })
 * @throws DefinitionError for options that fit nothing; ModelError for a model that cannot be loaded; StateError when a run with
 * faults comes to something else than the one without, naming its seed and the first difference.
 */
export async function simulate(
  pipeline: Pipeline,
  given: readonly Step[],
  options: SimulateOptions = {},
): Promise<SimulatedRun> {
  const { partitions = 1, folder = '.', until = 'end', faults = 0, seed = 1 } = options
  if (!Number.isInteger(partitions) || partitions < 1)
    throw usage(`partitions must be a whole number from 1; found ${partitions}`)
  if (faults > 0 && until !== 'end')
    throw usage(
      `runs with faults must come to their end to be compared; found until: '${until}'; leave it out`,
    )
  const { plan, schemas } = definitionOf(withStubs(planOf(pipeline), options.models ?? []))
  const models = await loadModels({ plan, schemas }, await localVersions({ plan, folder }))
  const all = givenOf(given, { plan, partitions, end: until === 'end' })
  const start = startOf(options.start) ?? all.firstTime
  const subject: Subject = {
    plan,
    schemas,
    models,
    versions: [createHash('sha256').update('another version').digest('hex')],
    metrics: (memory, labels) => new ModelMetrics(memory, labels),
    guard: installGuard(),
    inputs: all.inputs,
    crashes: all.crashes,
    partitions,
    lookBack: true,
    ...(start === undefined ? {} : { start }),
    ...(until === 'end' ? {} : { forMs: milliseconds(until, '`until`') }),
  }
  const calm = await runWorld({ ...subject, seed, setup: setupOf(seed), faults: NO_FAULTS })
  for (let i = 1; i <= faults; i++) await stormRun(subject, calm, { seed: seed + i })
  const { observed, left } = calm
  if (left === undefined) throw new RangeError('a simulated run must keep what it left behind')
  return new SimulatedRun({
    simulated: simulatedOf(observed, { plan, models, left }),
    left,
    origins: all.origins,
  })
}

function startOf(given: SimulateOptions['start']): number | undefined {
  if (given === undefined) return undefined
  const time = toTime(given)
  if (Number.isNaN(time))
    throw usage(
      `start must be a time: ms since 1970, a Date, or an ISO text with its zone; found ${String(given)}`,
    )
  return time
}

function usage(message: string): DefinitionError {
  return new DefinitionError(message, { code: 'ML_USAGE' })
}
