// Features as the specification says them, one row at a time over the list of all events of a key. Slow on purpose: it keeps every
// event, knows no tiles and no batches, and shares nothing with the engine but the plan.
import { murmur2 } from '../base/murmur2.ts'
import type { Encoding } from '../features/categories.ts'
import type { FeaturePlan, SetPlan } from '../pipeline/plan.ts'
import { aggregated, type Valued } from './oracle-aggregates.ts'

/** An event of a key, or the row that reads. */
export interface OracleEvent {
  readonly time: number
  readonly mergeTime: number
  readonly event: unknown
}

export class OracleSet {
  readonly plan: SetPlan
  readonly #slackMs: number
  readonly #keysMax: number
  /** In the order of their last update. */
  readonly #keys = new Map<string, { events: OracleEvent[]; last: number }>()
  #expired = 0
  #evicted = 0

  /**
   * @param slackMs the greatest lateness of the streams that update or read the set: how much longer than `keep` a key stays.
   * @param partitions tasks that share its budget.
   */
  constructor(plan: SetPlan, { slackMs, partitions }: { slackMs: number; partitions: number }) {
    const { budget } = plan
    if (budget !== undefined && (budget.bytes !== undefined || budget.then === 'stop'))
      throw new RangeError(
        `the oracle knows budgets of keys that evict; set '${plan.name}' has another`,
      )
    this.plan = plan
    this.#slackMs = slackMs
    this.#keysMax = Math.max(1, Math.floor((budget?.keys ?? Infinity) / partitions))
  }

  get counts(): Readonly<Record<string, number>> {
    return { keys: this.#keys.size, expired: this.#expired, evicted: this.#evicted }
  }

  /** Adds an event to its key. Calls come in merged order. */
  update(key: string, event: OracleEvent): void {
    this.#expire(event.mergeTime)
    const known = this.#keys.get(key) ?? { events: [], last: event.mergeTime }
    known.events.push(event)
    known.last = event.mergeTime
    this.#keys.delete(key)
    this.#keys.set(key, known)
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= this.#keysMax) break
      this.#keys.delete(oldest)
      this.#evicted++
    }
  }

  /** Values of the set's features as of a row. @param own whether the row itself is the key's newest update. */
  read(key: string, row: OracleEvent, own: boolean): unknown[] {
    this.#expire(row.mergeTime)
    const events = this.#keys.get(key)?.events ?? []
    // Among events of equal time the merged order counts; sort is stable.
    const until = events.filter(({ time }) => time <= row.time).sort((a, b) => a.time - b.time)
    return this.plan.features.map((feature) => value(feature, until, { row, own }))
  }

  /** What the set holds of a key as of a time, values of an event apart. */
  kept(key: string, time: number, names: readonly string[]): Record<string, unknown> {
    const events = this.#keys.get(key)?.events ?? []
    const until = events.filter((each) => each.time <= time).sort((a, b) => a.time - b.time)
    const row = { time, mergeTime: time, event: undefined }
    return Object.fromEntries(
      this.plan.features.flatMap((feature, i) =>
        feature.kind === 'value' ? [] : [[names[i], value(feature, until, { row, own: false })]],
      ),
    )
  }

  #expire(mergeTime: number): void {
    const { keepMs = Infinity } = this.plan
    for (const [key, { last }] of this.#keys) {
      if (mergeTime <= last + keepMs + this.#slackMs) break
      this.#keys.delete(key)
      this.#expired++
    }
  }
}

function value(
  feature: FeaturePlan,
  until: readonly OracleEvent[],
  { row, own }: { row: OracleEvent; own: boolean },
): unknown {
  switch (feature.kind) {
    case 'value': {
      const given = feature.of.call(row.event) ?? undefined
      return feature.encoding === undefined ? given : encodedOne(given, feature.encoding)
    }
    case 'since': {
      const previous = (own ? until.filter((each) => each !== row) : until).at(-1)
      return previous === undefined ? feature.otherwise : row.time - previous.time
    }
    case 'last': {
      const last = until.findLast(
        ({ event }) => (feature.of.call(event) ?? undefined) !== undefined,
      )
      if (last === undefined || row.time - last.time >= (feature.keepMs ?? Infinity))
        return undefined
      return feature.of.call(last.event)
    }
    case 'window':
      return windowValue(feature, until, row.time)
  }
}

/** A window (t - over - delay, t - delay]; in hops its left edge lies on a hop, and one that ends in the past ends on a hop. */
function windowValue(
  { aggregate, of, length, window, otherwise }: FeaturePlan & { kind: 'window' },
  until: readonly OracleEvent[],
  at: number,
): unknown {
  const { overMs, delayMs, hopMs } = window
  let to = at - delayMs
  let from = to - overMs
  if (hopMs !== undefined) {
    from = Math.floor(from / hopMs) * hopMs
    if (delayMs > 0) to = Math.floor(to / hopMs) * hopMs
  }
  const inside = until.filter(({ time }) => time > from && time <= to)
  const valued = inside.flatMap(({ time, event }): Valued[] => {
    const given: unknown = of === undefined ? 1 : (of.call(event) ?? undefined)
    const fits = length === undefined || (Array.isArray(given) && given.length === length)
    return given === undefined || Number.isNaN(given) || !fits ? [] : [{ time, value: given }]
  })
  if (length === undefined) return aggregated(aggregate, valued, { from, to }) ?? otherwise
  const items = Array.from({ length }, (_, item) => {
    const ofItem = valued.map((each) => ({
      time: each.time,
      value: Array.isArray(each.value) ? Number(each.value[item]) : undefined,
    }))
    return aggregated(aggregate, ofItem, { from, to })
  })
  return items[0] === undefined ? undefined : items
}

function encodedOne(category: unknown, encoding: Encoding): unknown {
  if ('oneHot' in encoding) {
    const own = encoding.oneHot.findIndex((each) => each === category)
    const places = encoding.oneHot.length
    return Array.from({ length: places + 1 }, (_, i) => (i === (own < 0 ? places : own) ? 1 : 0))
  }
  if (category === undefined) return undefined
  const bytes =
    typeof category === 'string'
      ? Buffer.from(category)
      : new Uint8Array(Float64Array.of(Number(category) + 0).buffer)
  return murmur2(bytes, 0, bytes.length, 17) % encoding.buckets
}
