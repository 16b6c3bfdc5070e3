// Options that all models have that learn in the stream.
import { createHash } from 'node:crypto'
import type { Duration } from '../base/duration.ts'
import type { Learner } from '../contracts/learner.ts'
import { checkDuration, checkLength, found, refuse, type Part } from './check.ts'
import type { FeatureValue } from './feature.ts'
import type { LearningPlan } from './plan.ts'

/** What a model that learns takes of the runtime's features: any, as long as those it learns from are numbers and booleans. */
export type LearnerFeatures = Readonly<Record<string, FeatureValue | readonly string[]>>

export interface LearningOptions {
  /** The features it learns from, numbers and booleans, in this order. Default: all of the model. */
  inputs?: readonly string[]
  /**
   * How much event time lies between two snapshots of what it has learnt: predictions are made with the newest one. It is at the
   * multiples of this from 1970 on. Default `'1h'`.
   */
  snapshot?: Duration
  /**
   * How long a row waits for the snapshot of its time. `'0ms'`, the default: not at all, it takes the newest there is. `'forever'`: results
   * are the same in every run, whatever is killed and however rows are cut into batches.
   */
  wait?: Duration | 'forever'
  /** How long one call may take before the worker is ended and the rows that hang are found. Default: the runner's. */
  deadline?: Duration
}

/** How many features a learner has that only shows whether its settings are right. */
const PROBE_FEATURES = 8

/** Makes one, which shows whether its settings are right. @throws DefinitionError that names the setting. */
export function probe(
  factory: { make(size: { features: number; classes: number }): Learner },
  inputs: readonly string[] | undefined,
  classes: number,
): { readonly fresh: Learner; readonly settings: string } {
  const fresh = factory.make({ features: inputs?.length ?? PROBE_FEATURES, classes })
  return { fresh, settings: createHash('sha256').update(fresh.encode()).digest('hex') }
}

export function checkInputs(of: Part, inputs: unknown): void {
  if (inputs === undefined) return
  const isList =
    Array.isArray(inputs) && inputs.length > 0 && inputs.every((each) => typeof each === 'string')
  if (!isList || new Set(inputs).size !== inputs.length)
    refuse(
      of,
      `inputs must list features, each once; found ${found(inputs)}; write inputs: ['amount', ...]`,
    )
}

/** When what was learnt is used. */
export function learningTimes(
  of: Part,
  { snapshot, wait }: LearningOptions,
): Pick<LearningPlan, 'periodMs' | 'waitMs'> {
  return {
    periodMs: checkLength(of, 'snapshot', snapshot ?? '1h'),
    waitMs: wait === 'forever' ? Infinity : checkDuration(of, 'wait', wait ?? '0ms'),
  }
}
