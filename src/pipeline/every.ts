// What `.every` means: which set's periods, checked against the chain that has the set.
import type { Duration } from '../base/duration.ts'
import { checkFunction, checkLength, checkOptions, found, refuse } from './check.ts'
import { originDefinitions, type FlowDefinition } from './definitions.ts'
import type { FeatureSet } from './feature-set.ts'
import type { EveryPlan } from './plan.ts'
import { selectorOf } from './selectors.ts'

/** A late event is looked for in each period it may change: more of them than that would make one event cost too much. */
const PERIODS_IN_LATENESS_MAX = 1_000

/** @throws DefinitionError that names the pipeline. */
export function everyPlan(
  { part: own, from, features }: FlowDefinition,
  period: Duration,
  given: {
    readonly options: { readonly of: FeatureSet<string, string, unknown> }
    readonly body: (row: never) => unknown
  },
): Omit<EveryPlan, 'topic'> {
  const { options, body } = given
  const periodMs = checkLength(own, 'the period of .every', period)
  // Before the options' names: who gives a topic in their place shall see how it is written.
  const set: unknown = (options as { readonly of?: unknown } | undefined)?.of
  if (typeof set !== 'object' || set === null || !('~set' in set)) {
    refuse(
      own,
      `of of .every must be the set whose keys have a row each; found ${found(set)}; ` +
        `write .every('1m', { of: card, to: topic('spend') }, ({ key, features }) => ({ ... }))`,
    )
  }
  checkOptions(own, options, ['of', 'to'])
  const wanted = options.of['~set']
  const step = features.find(({ use }) => use.as === wanted.as)
  if (step?.use.set !== wanted.set) {
    refuse(
      own,
      `.every reads '${wanted.as}', which must be in the chain; found ${step === undefined ? 'no such set' : 'another of that name'}; ` +
        'call .features(...) with it before',
    )
  }
  if (wanted.set.features.every(({ kind }) => kind === 'value')) {
    refuse(
      own,
      `a set with periods must keep something of a key; found only values of the event in '${wanted.as}'; add f.count, f.last or another of f`,
    )
  }
  if (step.lookup !== undefined && step.lookup.waitMs !== Infinity) {
    refuse(
      own,
      `a set with periods must be exact at their end; found '${wanted.as}' looked up without wait: 'forever'; add it`,
    )
  }
  checkFunction(own, 'the body of .every', body)
  const streams = [...originDefinitions(from), ...originDefinitions(wanted.stream)]
  const latenessMs = Math.max(...streams.map(({ plan }) => plan.latenessMs))
  if (latenessMs > periodMs * PERIODS_IN_LATENESS_MAX) {
    refuse(
      own,
      `the period of .every must be at least a thousandth of the lateness, because a late event may change each period of it; found ` +
        `'${period}'; lengthen it`,
    )
  }
  return { periodMs, set: wanted.as, body: selectorOf(body) }
}
