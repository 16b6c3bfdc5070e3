// A feature as the definition knows it: typed by the event it reads and the value it gives. Pure data, no state.
import type { ColumnKind } from '../contracts/columns.ts'
import type { Part } from './check.ts'
import type { FeaturePlan } from './plan.ts'
import type { MillraceTypeError } from './type-error.ts'

/** What a feature may give. It lies in a column of one kind, so a Date or an object is none: take a number or a text of it. */
export type FeatureValue = number | boolean | string | readonly number[] | null | undefined

/** The kinds of column a feature may have. */
export type FeatureKind = Exclude<ColumnKind, 'json'>

export const FEATURE_KINDS: readonly FeatureKind[] = ['number', 'boolean', 'string', 'vector']

/** The kind of column that values of a type lie in. Of values nothing is known of yet, any. */
export type KindOf<Value> = [FeatureValue] extends [Value]
  ? FeatureKind
  : [NonNullable<Value>] extends [number]
    ? 'number'
    : [NonNullable<Value>] extends [boolean]
      ? 'boolean'
      : [NonNullable<Value>] extends [string]
        ? 'string'
        : [NonNullable<Value>] extends [readonly number[]]
          ? 'vector'
          : MillraceTypeError<'a feature has values of one kind: number, boolean, string or vector'>

/** Made by the builder `f` in `define`. */
export interface Feature<Event, Value> {
  /** How it is computed. */
  readonly kind: FeaturePlan['kind']
  readonly '~event'?: (event: Event) => void
  readonly '~value'?: Value
  /** Checks it, once its name is known. */
  readonly '~plan': (name: string, of: Part) => PlannedFeature
}

/** A value of the event itself: a key has none where no event of its own is there. */
export interface ValueFeature<Event, Value> extends Feature<Event, Value> {
  readonly kind: 'value'
}

export interface PlannedFeature {
  readonly plan: FeaturePlan
  /** How long a key must be kept for it, ms: 0 for a value, Infinity for ever, undefined where only the set can say. */
  readonly needsMs: number | undefined
}

/** The values of a set's features, by name. */
export type FeatureValues<Features> = {
  [Name in keyof Features]: Features[Name] extends Feature<never, infer Value> ? Value : never
} & {}

/** Those that a key has without an event of its own: all but the values of an event. */
export type KeptValues<Features> = {
  [
    Name in keyof Features as Features[Name] extends { readonly kind: 'value' } ? never : Name
  ]: Features[Name] extends Feature<never, infer Value> ? Value : never
} & {}

/** Names as an aliased set has them: `late` of a set used as `here` is `hereLate`. */
export type Prefixed<Values, As extends string> = {
  [Name in keyof Values & string as `${As}${Capitalize<Name>}`]: Values[Name]
}

/** The name of a feature under the set's other name. */
export function prefixed(as: string, feature: string): string {
  return as + feature.charAt(0).toUpperCase() + feature.slice(1)
}
