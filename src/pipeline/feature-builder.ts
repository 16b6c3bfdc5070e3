// The `f` of `define`: makes features. It checks nothing until a feature has its name, so that an error can say it.
import type { Duration } from '../base/duration.ts'
import type { Aggregate, UserAggregate } from '../contracts/aggregate.ts'
import type { Category } from '../features/categories.ts'
import { count } from '../features/count.ts'
import { first } from '../features/first.ts'
import { max } from '../features/max.ts'
import { mean } from '../features/mean.ts'
import { min } from '../features/min.ts'
import { rms } from '../features/rms.ts'
import { share } from '../features/share.ts'
import { std } from '../features/std.ts'
import { sum } from '../features/sum.ts'
import { variance } from '../features/variance.ts'
import { checkNumber, checkOptions, type Part } from './check.ts'
import type { EventColumns } from './event-columns.ts'
import type { Feature, FeatureValue, KindOf, PlannedFeature, ValueFeature } from './feature.ts'
import type { FeaturePlan } from './plan.ts'
import { hashedFeature, lastFeature, oneHotFeature, valueFeature } from './value-feature.ts'
import { windowFeature, type Named, type WindowKind } from './window-feature.ts'
import {
  customKind,
  distinctKind,
  ewmaKind,
  quantileKind,
  rateKind,
  slopeKind,
  topKKind,
} from './window-kinds.ts'
import type { WindowOptions } from './window.ts'

/** A number of the event. An event without one (undefined, null) is not in the aggregate. */
type NumberOf<Event> = (event: Event) => number | null | undefined
/** Numbers of the event, always as many. An event without them is not in the aggregate. */
type VectorOf<Event> = (event: Event) => readonly number[] | null | undefined

/** `otherwise` takes the place of "nothing in the window"; without it such a value is undefined. */
type Otherwise<Value> = { otherwise?: Value }
/** How many numbers each vector has; an event with another number of them is a bad event. */
type Length = { length: number }

/** A number over a window; `undefined` of nothing, unless `otherwise` says what then. */
interface OverNumbers<Event> {
  (of: VectorOf<Event>, options: WindowOptions & Length): Feature<Event, number[] | undefined>
  <Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
}

/** Makes the features of a set. docs/features.md says of each what it costs and how exact it is. */
export interface FeatureBuilder<Event> {
  /**
   * A value of the event itself. A plain path `(event) => event.field` takes its kind from the schema; any other function says it.
   * @example f.value((payment) => payment.amount > 100, { kind: 'boolean' })
   */
  value<Value extends FeatureValue>(
    of: (event: Event) => Value,
    options?: { kind: KindOf<Value> },
  ): ValueFeature<Event, Value>
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
  /** The oldest value in the window. @example f.first((payment) => payment.country, { over: '24h' }) */
  first<Value extends FeatureValue>(
    of: (event: Event) => Value,
    options: WindowOptions & { kind?: KindOf<Value> },
  ): Feature<Event, Value | undefined>
  /** How many events are in the window. @example f.count({ over: '1h' }) */
  count(options: WindowOptions): Feature<Event, number>
  /** How many events come in a unit of time, by default a second, over the window. @example f.rate({ over: '1h', per: '1m' }) */
  rate(options: WindowOptions & { per?: Duration }): Feature<Event, number>
  /** The sum over the window; 0 of nothing. @example f.sum((payment) => payment.amount, { over: '24h' }) */
  sum: {
    (of: VectorOf<Event>, options: WindowOptions & Length): Feature<Event, number[]>
    (of: NumberOf<Event>, options: WindowOptions): Feature<Event, number>
  }
  /** The arithmetic mean over the window. @example f.mean((flight) => flight.delay, { over: '3h', otherwise: 0 }) */
  mean: OverNumbers<Event>
  /** The least number in the window. */
  min: OverNumbers<Event>
  /** The greatest number in the window. */
  max: OverNumbers<Event>
  /** The sample standard deviation (n - 1) over the window; none of fewer than two. */
  std: OverNumbers<Event>
  /** The sample variance (n - 1) over the window; none of fewer than two. */
  variance: OverNumbers<Event>
  /** The root of the mean square over the window. */
  rms: OverNumbers<Event>
  /**
   * The mean over the window in which an event counts half as much for each `halfLife` it is older.
   * @example f.ewma((payment) => payment.amount, { halfLife: '1h', over: '12h' })
   */
  ewma<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else> & { halfLife: Duration },
  ): Feature<Event, number | Else>
  /**
   * How much a number rises in a unit of time, by default a second: the least-squares line through the window; none of fewer than
   * two times. @example f.slope((reading) => reading.celsius, { over: '6h', per: '1h' })
   */
  slope<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else> & { per?: Duration },
  ): Feature<Event, number | Else>
  /**
   * Of the events in the window that say true or false, the share that says true.
   * @example f.share((payment) => payment.country !== 'NL', { over: '7d', otherwise: 0 })
   */
  share<Else extends number | undefined = undefined>(
    of: (event: Event) => boolean | null | undefined,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
  /**
   * How many different values come in the window. Exact; with `hop` by a HyperLogLog of that standard error, by default 0.05.
   * @example f.distinct((payment) => payment.country, { over: '7d' })
   */
  distinct<Value extends FeatureValue>(
    of: (event: Event) => Value,
    options: WindowOptions & { kind?: KindOf<Value>; error?: number },
  ): Feature<Event, number>
  /**
   * The least value that a share `q` of the window's values do not exceed. Exact; with `hop` by a DDSketch of that relative error,
   * by default 0.02. @example f.quantile((payment) => payment.amount, { q: 0.95, over: '7d' })
   */
  quantile<Else extends number | undefined = undefined>(
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else> & { q: number; error?: number },
  ): Feature<Event, number | Else>
  /**
   * The `k` values that come most often, the most frequent first. Exact; with `hop` by Misra-Gries summaries.
   * @example f.topK((payment) => payment.merchant, { k: 3, over: '30d', hop: '1d' })
   */
  topK<Value extends string | number | null | undefined>(
    of: (event: Event) => Value,
    options: WindowOptions & { k: number; kind?: KindOf<Value> },
  ): Feature<Event, NonNullable<Value>[]>
  /**
   * An aggregate of your own. `checkAggregate` of `millrace/testing` checks that it is one.
   * @example f.aggregate(range, (reading) => reading.celsius, { over: '6h' })
   */
  aggregate<Else extends number | undefined = undefined>(
    aggregate: UserAggregate,
    of: NumberOf<Event>,
    options: WindowOptions & Otherwise<Else>,
  ): Feature<Event, number | Else>
  /**
   * A category of the event as a vector: 1 in its place, 0 in the others; the last place is for all others, and for none.
   * @example f.oneHot((payment) => payment.country, ['US', 'DE']) // three places
   */
  oneHot<const Value extends Category | null | undefined>(
    of: (event: Event) => Value,
    categories: readonly NonNullable<Value>[],
  ): ValueFeature<Event, number[]>
  /**
   * A category of the event as one of `buckets` whole numbers from 0, by its hash: for embeddings and trees, of any many values.
   * @example f.hashed((payment) => payment.merchant, { buckets: 64 })
   */
  hashed<Value extends string | number | null | undefined>(
    of: (event: Event) => Value,
    options: { buckets: number; kind?: KindOf<Value> },
  ): ValueFeature<Event, number | Exclude<Value, string | number>>
}

/** The builder for events with these columns. */
export function featureBuilder<Event>(columns: EventColumns): FeatureBuilder<Event> {
  /** A window of that kind, whose plan is made when it has its name. */
  const window = <Value>(
    kind: WindowKind | ((part: Part) => WindowKind),
    of: ((event: Event) => unknown) | undefined,
    options: object,
  ): Feature<Event, Value> =>
    feature('window', (name, part) => {
      const made = typeof kind === 'function' ? kind(part) : kind
      return windowFeature({ name, part, columns }, made, { of, options })
    })
  const numbers =
    (aggregate: Aggregate, more: readonly string[]) =>
    <Value>(of: (event: Event) => unknown, options: object): Feature<Event, Value> =>
      window(
        { aggregate: () => aggregate, more: [...more, 'length'], takes: 'number' },
        of,
        options,
      )
  return Object.freeze<FeatureBuilder<Event>>({
    value: (of, options) => feature('value', (...named) => valueFeature(at(named), of, options)),
    last: (of, options) => feature('last', (...named) => lastFeature(at(named), of, options)),
    since: (options = {}) =>
      feature('since', (name, part) => {
        checkOptions(part, options, ['otherwise'])
        const otherwise = checkNumber(part, 'otherwise', options.otherwise)
        return { plan: { kind: 'since', name, otherwise }, needsMs: undefined }
      }),
    count: (options) =>
      window({ aggregate: () => count, more: [], takes: undefined }, undefined, options),
    rate: (options) => window(rateKind, undefined, options),
    sum: numbers(sum, []),
    mean: numbers(mean, ['otherwise']),
    min: numbers(min, ['otherwise']),
    max: numbers(max, ['otherwise']),
    std: numbers(std, ['otherwise']),
    variance: numbers(variance, ['otherwise']),
    rms: numbers(rms, ['otherwise']),
    ewma: (of, options) => window(ewmaKind, of, options),
    slope: (of, options) => window(slopeKind, of, options),
    distinct: (of, options) => window(distinctKind, of, options),
    quantile: (of, options) => window(quantileKind, of, options),
    topK: (of, options) => window(topKKind, of, options),
    aggregate: (aggregate, of, options) =>
      window((part) => customKind(part, aggregate), of, options),
    oneHot: (of, categories) =>
      feature('value', (...named) => oneHotFeature(at(named), of, categories)),
    hashed: (of, options) => feature('value', (...named) => hashedFeature(at(named), of, options)),
    share: (of, options) =>
      window({ aggregate: () => share, more: ['otherwise'], takes: 'boolean' }, of, options),
    first: (of, options) =>
      window(
        { aggregate: () => first, more: ['kind'], takes: 'any', gives: (takes) => takes },
        of,
        options,
      ),
  })

  function at([name, part]: readonly [string, Part]): Named {
    return { name, part, columns }
  }
}

function feature<Kind extends FeaturePlan['kind'], Event, Value>(
  kind: Kind,
  plan: (name: string, of: Part) => PlannedFeature,
): Feature<Event, Value> & { readonly kind: Kind } {
  return Object.freeze({ kind, '~plan': plan })
}
