// A feature set: features of one stream, kept by one key. Its state is found by its name.
import { durationText, type Duration } from '../base/duration.ts'
import type { KeySelector } from '../contracts/selector.ts'
import { keySelectorOf } from './selectors.ts'
import {
  checkCount,
  checkFunction,
  checkKeep,
  checkName,
  checkOptions,
  found,
  frozen,
  part,
  refuse,
  type Part,
} from './check.ts'
import { checkKind, type EventColumns } from './event-columns.ts'
import { featureBuilder, type FeatureBuilder } from './feature-builder.ts'
import { prefixed, type Feature, type PlannedFeature, type Prefixed } from './feature.ts'
import type { SetDefinition, StreamDefinition } from './definitions.ts'
import type { Key } from './key.ts'
import type { FeaturePlan, SetPlan } from './plan.ts'

/** Features of the stream `Of`, used under `Name`, with their values, and of these those that a key keeps. */
export interface FeatureSet<Of extends string, Name extends string, Values, Kept = unknown> {
  /** What its state, and its columns in `explain` and training sets, are found by. */
  readonly name: Name
  readonly '~of'?: Of
  readonly '~values'?: Values
  readonly '~kept'?: Kept
  readonly '~set': SetDefinition
  /**
   * The same set under another name, for a second look-up by another key: values are prefixed with the name.
   * @example arriving.as('here') // its `late1h` is `hereLate1h`
   */
  as<const As extends string>(
    name: As,
  ): FeatureSet<Of, As, Prefixed<Values, As>, Prefixed<Kept, As>>
}

export type AnyFeatureSet = FeatureSet<string, string, unknown>
export type NameOf<Set> = Set extends FeatureSet<string, infer Name, unknown> ? Name : never
export type ValuesOf<Set> = Set extends FeatureSet<string, string, infer Values> ? Values : never

/** What `stream.features(name, options)` takes. */
export interface FeatureSetOptions<Event, Features> {
  /** What it is kept by. Default: the stream's key. */
  key?: (event: Event) => Key
  /**
   * How long a key is kept after its last event, in event time and beside the lateness. Default: as long as its longest window; `last`
   * and `since` must say.
   */
  keep?: Duration | 'forever'
  /**
   * Bounds of the state, and what happens when one is reached. Default: none. They are those of the whole set: each task of its stage has
   * an equal part, of a key at least. `'evict-oldest'` forgets the key whose last event is the longest ago, which then begins anew;
   * `'stop'` ends the run with ML_STATE before that event, and loses nothing. `millrace status` counts keys, expired and evicted ones.
   */
  budget?: { keys?: number; bytes?: number; then: 'evict-oldest' | 'stop' }
  /** Makes the features, by name, with the builder `f`. */
  define: (f: FeatureBuilder<Event>) => Features
}

/** @throws DefinitionError that names the set or the feature. */
export function featureSet<Of extends string, Name extends string, Event, Values, Kept>(
  owner: StreamDefinition,
  name: Name,
  options: FeatureSetOptions<Event, Record<string, Feature<Event, unknown>>>,
): FeatureSet<Of, Name, Values, Kept> {
  checkName('feature set', name, owner.part)
  const of = part('feature set', name, owner.part)
  checkOptions(of, options, ['define', 'key', 'keep', 'budget'])
  const features = planned(of, owner, options.define)
  const set: SetPlan = {
    name,
    stream: owner.plan.name,
    key:
      options.key === undefined
        ? owner.plan.key
        : checkedKey(of, options.key, { columns: owner.columns }),
    keepMs: keepOf(of, options.keep, features),
    budget: budgetOf(of, options.budget),
    features: features.map(({ plan }) => plan),
  }
  return aliased(
    frozen({
      part: of,
      stream: owner,
      set,
      as: name,
      names: features.map(({ plan }) => plan.name),
    }),
    name,
  )
}

/** A key function, checked as far as the schema tells. */
export function checkedKey(
  of: Part,
  key: (event: never) => unknown,
  { columns, option = 'key' }: { readonly columns?: EventColumns; readonly option?: string },
): KeySelector {
  checkFunction(of, option, key)
  const select = keySelectorOf(key)
  if (columns === undefined) return select
  for (const path of select.parts ?? [])
    checkKind(of, path, { option, kinds: ['string', 'number'], columns })
  return select
}

function aliased<Of extends string, Name extends string, Values, Kept>(
  definition: SetDefinition,
  name: Name,
): FeatureSet<Of, Name, Values, Kept> {
  return Object.freeze({
    name,
    '~set': definition,
    as: <const As extends string>(
      as: As,
    ): FeatureSet<Of, As, Prefixed<Values, As>, Prefixed<Kept, As>> => {
      checkName('feature set', as, definition.part)
      const names = definition.names.map((each) => prefixed(as, each))
      return aliased(frozen({ ...definition, as, names }), as)
    },
  })
}

function planned<Event>(
  of: Part,
  { columns }: StreamDefinition,
  define: (f: FeatureBuilder<Event>) => Record<string, Feature<Event, unknown>>,
): readonly PlannedFeature[] {
  checkFunction(of, 'define', define)
  const features: unknown = define(featureBuilder<Event>(columns))
  if (typeof features !== 'object' || features === null || Object.keys(features).length === 0) {
    refuse(
      of,
      `define must give an object of features; found ${found(features)} with none; write (f) => ({ n: f.count({ over: '1h' }) })`,
    )
  }
  return Object.entries(features).map(([name, feature]) => {
    checkName('feature', name, of)
    const own = part('feature', name, of)
    if (!isFeature(feature)) {
      refuse(
        own,
        `a feature must be made by the builder; found ${found(feature)}; write f.value((event) => ...), f.count(...) or another of f`,
      )
    }
    return feature['~plan'](name, own)
  })
}

function isFeature(value: unknown): value is Feature<never, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    '~plan' in value &&
    typeof value['~plan'] === 'function'
  )
}

function keepOf(
  of: Part,
  keep: Duration | 'forever' | undefined,
  features: readonly PlannedFeature[],
): number | undefined {
  const longest = features.reduce((most, { needsMs }) => Math.max(most, needsMs ?? 0), 0)
  if (keep === undefined) {
    const unsaid = features.find(({ needsMs }) => needsMs === undefined)
    if (unsaid !== undefined) {
      refuse(
        of,
        `keep must say how long a key is kept, because '${unsaid.plan.name}' has no window; found none; ` +
          "write keep: '30d', or keep: 'forever'",
      )
    }
    return longest === Infinity ? undefined : longest
  }
  const keepMs = checkKeep(of, keep)
  if (keepMs < longest) {
    const { plan } = features.find(({ needsMs }) => needsMs === longest) as PlannedFeature
    refuse(
      of,
      `keep must be at least as long as the longest window; found '${keep}', and '${plan.name}' needs ${needsText(plan, longest)}; ` +
        'lengthen keep or leave it out',
    )
  }
  return keepMs === Infinity ? undefined : keepMs
}

function needsText(plan: FeaturePlan, needsMs: number): string {
  return needsMs === Infinity
    ? `'forever'`
    : `${plan.kind === 'window' ? 'over and delay of ' : ''}${durationText(needsMs)}`
}

function budgetOf(
  of: Part,
  budget: FeatureSetOptions<never, unknown>['budget'],
): SetPlan['budget'] {
  if (budget === undefined) return undefined
  checkOptions(of, budget, ['keys', 'bytes', 'then'])
  const keys = checkCount(of, 'budget.keys', budget.keys)
  const bytes = checkCount(of, 'budget.bytes', budget.bytes)
  if (keys === undefined && bytes === undefined) {
    refuse(
      of,
      'a budget must bound keys or bytes; found neither; write budget: { keys: 1_000_000, then: ... }',
    )
  }
  const then: unknown = budget.then
  if (then !== 'evict-oldest' && then !== 'stop') {
    refuse(
      of,
      `budget.then must be 'evict-oldest' or 'stop'; found ${found(then)}; say what happens when the bound is reached`,
    )
  }
  return { keys, bytes, then }
}
