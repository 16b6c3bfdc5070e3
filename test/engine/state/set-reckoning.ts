// A slow, independent reckoning of what set state gives, from the list of all events.
import { hash53, hash53OfNumber } from '../../../src/base/hash53.ts'
import type { WindowAggregate } from '../../../src/contracts/aggregate.ts'
import { setLayout } from '../../../src/engine/state/set-layout.ts'
import type { FeaturePlan } from '../../../src/pipeline/plan.ts'
import { plain as plainOf } from '../../features/plain.ts'
import { inputPaths, type SetCase, type Step, type Value } from './set-fixture.ts'
import { itemsOf } from './vector-text.ts'

interface Past {
  readonly time: number
  readonly values: readonly Value[]
}

/** The features of each reading step from the list of all events, by the rule of set-layout.ts, and by plain arithmetic. */
export function reckon(
  of: SetCase,
  steps: readonly Step[],
): { canonical: Value[][]; plain: Value[][] } {
  const past = new Map<string, Past[]>()
  const canonical: Value[][] = []
  const plain: Value[][] = []
  const layout = setLayout(
    of.plan,
    inputPaths(of.plan).map((name) => of.kinds[name]),
    of.slackMs,
  )
  const tileMs = new Map(
    layout.windows.flatMap((w) =>
      w.features.map((f) => [f.feature, layout.levels[w.level].tileMs] as const),
    ),
  )
  // Where the value of a feature stands in a step; undefined where there is nothing but the event itself.
  const places = of.plan.features.map((feature) =>
    feature.kind === 'since' || feature.of === undefined
      ? undefined
      : of.names.indexOf(String(feature.of.path?.[0])),
  )
  for (const step of steps) {
    const before = (past.get(step.key) ?? []).filter((event) => event.time <= step.time)
    if (step.kind !== 'read') past.set(step.key, [...(past.get(step.key) ?? []), step])
    if (step.kind === 'update') continue
    const events = step.kind === 'own' ? [...before, step] : before
    const sorted = events
      .map((event, i) => ({ event, i }))
      .sort((a, b) => a.event.time - b.event.time || a.i - b.i)
      .map(({ event }) => event)
    const previous = before.reduce((newest, event) => Math.max(newest, event.time), -Infinity)
    const line = (feature: FeaturePlan, i: number, isPlain: boolean): Value => {
      const place = places[i]
      const value = (event: Past): Value => (place === undefined ? 1 : event.values[place])
      if (feature.kind === 'value') return value(step)
      if (feature.kind === 'since')
        return previous === -Infinity ? feature.otherwise : step.time - previous
      if (feature.kind === 'last') {
        const newest = sorted.findLast((event) => value(event) !== undefined)
        return newest === undefined || step.time - newest.time >= (feature.keepMs ?? Infinity)
          ? undefined
          : value(newest)
      }
      return windowValue(
        feature,
        { time: step.time, tileMs: tileMs.get(i) ?? 1, isPlain },
        sorted,
        value,
      )
    }
    canonical.push(of.plan.features.map((feature, i) => line(feature, i, false)))
    plain.push(of.plan.features.map((feature, i) => line(feature, i, true)))
  }
  return { canonical, plain }
}

function windowValue(
  feature: Extract<FeaturePlan, { kind: 'window' }>,
  as: { time: number; tileMs: number; isPlain: boolean },
  sorted: readonly Past[],
  value: (event: Past) => Value,
): Value {
  const { aggregate, window } = feature
  const { tileMs } = as
  let to = as.time - window.delayMs
  let from = to - window.overMs
  if (window.hopMs !== undefined) {
    from = Math.floor(from / window.hopMs) * window.hopMs
    if (window.delayMs > 0) to = Math.floor(to / window.hopMs) * window.hopMs
  }
  const inside = sorted.filter((event) => event.time > from && event.time <= to)
  const there = inside.filter((event) => value(event) !== undefined)
  const edges = { from, to }
  if (as.isPlain) return plainWindow(feature, there, { value, ...edges })
  const words = new Words(feature)
  const partsOf = (item: number): Result => {
    const word = (event: Past): number | undefined => words.of(value(event), item)
    const isExact = window.hopMs === undefined && ('exactList' in aggregate || aggregate.exact)
    return isExact
      ? exactly(
          aggregate,
          there.map((event) => word(event) ?? NaN),
        )
      : folded(aggregate, { inside, tileMs, word, ...edges })
  }
  if (feature.length === undefined) {
    const result = partsOf(0)
    if (typeof result === 'number' && Number.isNaN(result)) return feature.otherwise
    return words.back(result)
  }
  const results = Array.from({ length: feature.length }, (_, item) => partsOf(item))
  return Number.isNaN(results[0]) ? undefined : results.join()
}

type Result = number | readonly number[]
type WindowFeature = Extract<FeaturePlan, { kind: 'window' }>

/** Values as an aggregate sees them: numbers, hashes, or references to texts. */
class Words {
  readonly #feature: WindowFeature
  readonly #texts: string[] = []

  constructor(feature: WindowFeature) {
    this.#feature = feature
  }

  of(value: Value, item: number): number | undefined {
    if (value === undefined) return undefined
    if (this.#feature.length !== undefined) return itemsOf(value)[item]
    if (this.#feature.aggregate.takesHash === true)
      return this.#feature.takes === 'vector'
        ? hash53(new Uint8Array(Float64Array.from(itemsOf(value)).buffer))
        : hashOf(value)
    if (typeof value !== 'string') return Number(value)
    const known = this.#texts.indexOf(value)
    return known < 0 ? this.#texts.push(value) - 1 : known
  }

  back(result: Result): Value {
    const { gives } = this.#feature
    if (typeof result === 'number')
      return gives === 'string' ? this.#texts[result] : gives === 'boolean' ? result === 1 : result
    return gives === 'vector' ? result.join() : JSON.stringify(result.map((i) => this.#texts[i]))
  }
}

function hashOf(value: number | boolean | string): number {
  if (typeof value === 'string') return hash53(Buffer.from(value))
  const halves = new Uint32Array(Float64Array.of(Number(value) + 0).buffer)
  return hash53OfNumber(halves[0], halves[1])
}

function exactly(aggregate: WindowAggregate, values: readonly number[]): Result {
  const taken = Float64Array.from(values)
  if (!('exactList' in aggregate)) return aggregate.exact?.(taken, taken.length) ?? NaN
  const list = new Float64Array(aggregate.items)
  return [...list.subarray(0, aggregate.exactList(taken, taken.length, list))]
}

/** By the rule of set-layout.ts: left, middle and right. */
function folded(
  aggregate: WindowAggregate,
  of: {
    inside: readonly Past[]
    tileMs: number
    word: (event: Past) => number | undefined
    from: number
    to: number
  },
): Result {
  const { inside, tileMs, word, from, to } = of
  const tile = (time: number): number => Math.ceil(time / tileMs)
  const fold = (events: readonly Past[]): Float64Array | undefined => {
    const state = new Float64Array(aggregate.width)
    aggregate.empty(state, 0)
    for (const event of events) {
      const v = word(event)
      if (v !== undefined) aggregate.add(state, 0, v, event.time)
    }
    return events.length === 0 ? undefined : state
  }
  const mergeAll = (states: readonly (Float64Array | undefined)[]): Float64Array | undefined => {
    const there = states.filter((state) => state !== undefined).map((state) => state.slice())
    for (const state of there.slice(1)) aggregate.merge(there[0], 0, state, 0)
    return there[0]
  }
  const left = fold(inside.filter((event) => tile(event.time) === tile(from)))
  const between = [...new Set(inside.map((event) => tile(event.time)))].filter(
    (k) => k > tile(from) && k < tile(to),
  )
  const middle = mergeAll(
    between.map((k) => fold(inside.filter((event) => tile(event.time) === k))),
  )
  const right =
    tile(from) === tile(to)
      ? undefined
      : fold(inside.filter((event) => tile(event.time) === tile(to)))
  const state = mergeAll([left, middle, right]) ?? new Float64Array(aggregate.width)
  if (left === undefined && middle === undefined && right === undefined) aggregate.empty(state, 0)
  if (!('list' in aggregate)) return aggregate.value(state, 0, from, to)
  const list = new Float64Array(aggregate.items)
  return [...list.subarray(0, aggregate.list(state, 0, list))]
}

function plainWindow(
  { aggregate, length, gives, otherwise }: WindowFeature,
  there: readonly Past[],
  { value, from, to }: { value: (event: Past) => Value; from: number; to: number },
): Value {
  if (length !== undefined) {
    const items = Array.from({ length }, (_, item) =>
      plainOf(
        aggregate,
        there.map((each) => ({ time: each.time, value: itemsOf(value(each))[item] })),
        { from, to },
      ),
    )
    return items[0] === undefined ? undefined : items.join()
  }
  const events = there.map((each) => ({ time: each.time, value: value(each) ?? NaN }))
  const result = plainOf(aggregate, events, { from, to }) ?? otherwise
  if (typeof result !== 'object') return result
  return gives === 'vector' ? result.join() : JSON.stringify(result)
}
