// The `f` of `define`: makes features. It checks nothing until a feature has its name, so that an error can say it.
import type { Duration } from '../base/duration.ts'
import type { Aggregate } from '../contracts/aggregate.ts'
import { count } from '../features/count.ts'
import { max } from '../features/max.ts'
import { mean } from '../features/mean.ts'
import { min } from '../features/min.ts'
import { std } from '../features/std.ts'
import { sum } from '../features/sum.ts'
import { selectorOf } from './selectors.ts'
import { checkFunction, checkKeep, checkNumber, checkOptions, type Part } from './check.ts'
import { checkKind, kindOf, type EventColumns } from './event-columns.ts'
import type { Feature, FeatureValue, KindOf, PlannedFeature } from './feature.ts'
import type { FeaturePlan } from './plan.ts'
import { WINDOW_OPTIONS, windowPlan, type WindowOptions } from './window.ts'

/** A number of the event. An event without one (undefined, null) is not in the aggregate. */
type NumberOf<Event> = (event: Event) => number | null | undefined

/** `otherwise` takes the place of "nothing in the window"; without it such a value is undefined. */
type Otherwise<Value> = { otherwise?: Value }

/** Makes the features of a set. */
export interface FeatureBuilder<Event> {
  /**
   * A value of the event itself. A plain path `(event) => event.field` takes its kind from the schema; any other function says it.
   * @example f.value((payment) => payment.amount > 100, { kind: 'boolean' })
   */
  value<Value extends FeatureValue>(
    of: (event: Event) => Value,
    options?: { kind: KindOf<Value> },
  ): Feature<Event, Value>
  /** How many events are in the window. @example f.count({ over: '1h' }) */
  count(options: WindowOptions): Feature<Event, number>
  /** The sum of a number over the window; 0 of nothing. @example f.sum((payment) => payment.amount, { over: '24h' }) */
  sum(of: NumberOf<Event>, options: WindowOptions): Feature<Event, number>
  /** The arithmetic mean over the window. @example f.mean((flight) => flight.delay, { over: '3h', otherwise: 0 }) */
  mean<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
  /** The least number in the window. */
  min<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
  /** The greatest number in the window. */
  max<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
  /** The sample standard deviation (n - 1) over the window; none of fewer than two. */
  std<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
  /**
   * The newest value of the key, by event time; the event itself counts. None after `keep` without an event.
   * @example f.last((payment) => payment.country)
   */
  last<Value extends FeatureValue>(
    of: (event: Event) => Value,
    options?: { kind?: KindOf<Value>; keep?: Duration | 'forever' },
  ): Feature<Event, Value | undefined>
  /** Milliseconds since the key's previous event, not counting the event itself. */
  since<Else extends number | undefined = undefined>(
    options?: Otherwise<Else>,
  ): Feature<Event, number | Else>
}

/** The builder for events with these columns. */
export function featureBuilder<Event>(columns: EventColumns): FeatureBuilder<Event> {
  const overNumbers =
    (aggregate: Aggregate, more: readonly string[]) =>
    <Else>(
      of: NumberOf<Event>,
      options: WindowOptions & Otherwise<Else>,
    ): Feature<Event, number | Else> =>
      feature('window', (name, part) =>
        windowed({ name, part, columns, aggregate, more }, of, options),
      )
  return Object.freeze<FeatureBuilder<Event>>({
    value: (of, options) =>
      feature('value', (name, part) => value({ name, part, columns }, of, options)),
    last: (of, options) =>
      feature('last', (name, part) => last({ name, part, columns }, of, options)),
    count: (options) =>
      feature('window', (name, part) =>
        windowed({ name, part, columns, aggregate: count, more: [] }, undefined, options),
      ),
    sum: overNumbers(sum, []),
    mean: overNumbers(mean, ['otherwise']),
    min: overNumbers(min, ['otherwise']),
    max: overNumbers(max, ['otherwise']),
    std: overNumbers(std, ['otherwise']),
    since: (options = {}) =>
      feature('since', (name, part) => {
        checkOptions(part, options, ['otherwise'])
        const otherwise = checkNumber(part, 'otherwise', options.otherwise)
        return { plan: { kind: 'since', name, otherwise }, needsMs: undefined }
      }),
  })
}

function feature<Event, Value>(
  kind: FeaturePlan['kind'],
  plan: (name: string, of: Part) => PlannedFeature,
): Feature<Event, Value> {
  return Object.freeze({ kind, '~plan': plan })
}

interface Named {
  readonly name: string
  readonly part: Part
  readonly columns: EventColumns
}

function windowed(
  {
    name,
    part,
    columns,
    aggregate,
    more,
  }: Named & { aggregate: Aggregate; more: readonly string[] },
  of: ((event: never) => unknown) | undefined,
  options: WindowOptions & Otherwise<unknown>,
): PlannedFeature {
  if (aggregate.takesValue) checkFunction(part, 'its value', of)
  checkOptions(part, options, [...WINDOW_OPTIONS, ...more])
  const select = of === undefined ? undefined : selectorOf(of)
  checkKind(part, select?.path, {
    option: `what ${aggregate.name} takes`,
    kinds: ['number'],
    columns,
  })
  const window = windowPlan(part, options)
  const otherwise = checkNumber(part, 'otherwise', options.otherwise)
  return {
    plan: { kind: 'window', name, aggregate, of: select, window, otherwise },
    needsMs: window.overMs + window.delayMs,
  }
}

function value(
  { name, part, columns }: Named,
  of: (event: never) => unknown,
  options: Said = {},
): PlannedFeature {
  checkFunction(part, 'its value', of)
  checkOptions(part, options, ['kind'])
  const select = selectorOf(of)
  return {
    plan: {
      kind: 'value',
      name,
      of: select,
      gives: kindOf(part, select, { stated: options.kind, columns }),
    },
    needsMs: 0,
  }
}

function last(
  { name, part, columns }: Named,
  of: (event: never) => unknown,
  options: Said = {},
): PlannedFeature {
  checkFunction(part, 'its value', of)
  checkOptions(part, options, ['kind', 'keep'])
  const select = selectorOf(of)
  const gives = kindOf(part, select, { stated: options.kind, columns })
  const { keep } = options
  const needsMs = keep === undefined ? undefined : checkKeep(part, keep)
  const keepMs = needsMs === Infinity ? undefined : needsMs
  return { plan: { kind: 'last', name, of: select, gives, keepMs }, needsMs }
}

interface Said {
  readonly kind?: unknown
  readonly keep?: unknown
}
