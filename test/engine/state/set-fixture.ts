// Rows, batches and a slow, independent reckoning for the tests of set state.
import { hash53, hash53OfNumber } from '../../../src/base/hash53.ts'
import type { WindowAggregate } from '../../../src/contracts/aggregate.ts'
import { ABSENT, PRESENT, type Column, type ColumnKind } from '../../../src/contracts/columns.ts'
import type { Selector } from '../../../src/contracts/selector.ts'
import { murmur2 } from '../../../src/base/murmur2.ts'
import type { StateMemory } from '../../../src/engine/state/memory.ts'
import type { KeyedRows, SetBatch } from '../../../src/engine/state/set-batch.ts'
import { setLayout } from '../../../src/engine/state/set-layout.ts'
import { SetState } from '../../../src/engine/state/set-state.ts'
import type { FeaturePlan, SetPlan, WindowPlan } from '../../../src/pipeline/plan.ts'
import { plain as plainOf } from '../../features/plain.ts'

/** A vector is its numbers joined by commas. */
export type Value = number | boolean | string | undefined

/** One step of the merged order. */
export interface Step {
  /** `update`: an event of another stream; `own`: a row that adds, then reads; `read`: a row that only reads. */
  readonly kind: 'update' | 'own' | 'read'
  readonly key: string
  readonly time: number
  readonly mergeTime: number
  /** By input. */
  readonly values: readonly Value[]
}

export function path(name: string): Selector {
  return { call: () => undefined, text: `(x) => x.${name}`, path: [name], chained: [] }
}

export function windowFeature(
  aggregate: WindowAggregate,
  of: string | undefined,
  window: Partial<WindowPlan> & { overMs: number },
  { gives = 'number', takes = 'number', length }: Partial<WindowFeature> = {},
): FeaturePlan {
  const { overMs, delayMs = 0, hopMs } = window
  return {
    kind: 'window',
    name: `${aggregate.name}-${of}-${overMs}-${delayMs}-${hopMs}`,
    aggregate,
    of: of === undefined ? undefined : path(of),
    takes,
    length,
    gives,
    window: { overMs, delayMs, hopMs },
    otherwise: undefined,
  }
}

export function setPlan(features: readonly FeaturePlan[], more: Partial<SetPlan> = {}): SetPlan {
  return {
    name: 'card',
    stream: 'payments',
    key: { ...path('id'), parts: [['id']], tuple: false },
    keepMs: undefined,
    budget: undefined,
    features,
    ...more,
  }
}

/** Paths of the inputs, one a feature that takes one. */
export function inputPaths(plan: SetPlan): string[] {
  return plan.features.flatMap((f) =>
    f.kind !== 'since' && f.of !== undefined ? [String(f.of.path?.[0])] : [],
  )
}

export interface SetCase {
  readonly plan: SetPlan
  readonly slackMs: number
  readonly kinds: Readonly<Record<string, ColumnKind>>
  /** Names of the values of a step, in order. */
  readonly names: readonly string[]
}

export function openSet(memory: StateMemory, of: SetCase): SetState {
  return new SetState(memory, of.plan, {
    tasks: 1,
    slackMs: of.slackMs,
    inputKinds: inputPaths(of.plan).map((name) => of.kinds[name]),
  })
}

function keyedRows(of: SetCase, steps: readonly Step[], withInputs: boolean): KeyedRows {
  const keys = steps.map((step) => Buffer.from(step.key))
  const keyEnds = new Uint32Array(steps.length + 1)
  keys.forEach((key, i) => (keyEnds[i + 1] = keyEnds[i] + key.length))
  return {
    keys: Buffer.concat(keys),
    keyEnds,
    hashes: Uint32Array.from(keys, (key) => murmur2(key)),
    times: Float64Array.from(steps, (step) => step.time),
    mergeTimes: Float64Array.from(steps, (step) => step.mergeTime),
    inputs: withInputs
      ? inputPaths(of.plan).map((name) =>
          column(
            of.kinds[name],
            steps.map((step) => step.values[of.names.indexOf(name)]),
          ),
        )
      : undefined,
  }
}

export function column(kind: ColumnKind, values: readonly Value[]): Column {
  const marks = values.some((value) => value === undefined)
    ? Uint8Array.from(values, (v) => (v === undefined ? ABSENT : PRESENT))
    : undefined
  if (kind === 'number')
    return { kind, marks, values: Float64Array.from(values, (v) => Number(v ?? 0)) }
  if (kind === 'boolean')
    return { kind, marks, values: Uint8Array.from(values, (v) => Number(v ?? 0)) }
  if (kind === 'vector') {
    const items = values.map(itemsOf)
    const ends = new Uint32Array(values.length + 1)
    items.forEach((each, i) => (ends[i + 1] = ends[i] + each.length))
    return { kind, marks, values: Float64Array.from(items.flat()), ends }
  }
  const texts = values.map((v) => Buffer.from(String(v ?? '')))
  const ends = new Uint32Array(values.length + 1)
  texts.forEach((text, i) => (ends[i + 1] = ends[i] + text.length))
  return { kind, marks, bytes: Buffer.concat(texts), ends }
}

/** The reckoning reads the same few vectors again for every window they are in. */
const vectors = new Map<string, readonly number[]>()
const NONE: readonly number[] = []

function itemsOf(value: Value): readonly number[] {
  if (typeof value !== 'string') return NONE
  const known = vectors.get(value)
  if (known !== undefined) return known
  const items = value.split(',').map(Number)
  vectors.set(value, items)
  return items
}

/** Values of a column's rows. */
export function valuesOf(from: Column, rows: number): Value[] {
  return Array.from({ length: rows }, (_, i) => {
    if (from.marks !== undefined && from.marks[i] !== PRESENT) return undefined
    if (from.kind === 'boolean') return from.values[i] === 1
    if (from.kind === 'number') return from.values[i]
    if (from.kind === 'vector') return from.values.subarray(from.ends[i], from.ends[i + 1]).join()
    return Buffer.from(from.bytes.subarray(from.ends[i], from.ends[i + 1])).toString()
  })
}

/** Runs the steps in batches of a size; a line of features for each step that reads, in order. Own rows and pure reads go in batches of their own. */
export function run(
  state: SetState,
  of: SetCase,
  steps: readonly Step[],
  batchRows: number,
  afterBatch?: () => void,
): Value[][] {
  const lines: Value[][] = []
  let at = 0
  while (at < steps.length) {
    let end = at
    let reads: Step['kind'] | undefined
    for (; end < steps.length && end - at < batchRows; end++) {
      const { kind } = steps[end]
      if (kind === 'update') continue
      if (reads !== undefined && reads !== kind) break
      reads = kind
    }
    lines.push(...runBatch(state, of, steps.slice(at, end), reads === 'own'))
    afterBatch?.()
    at = end
  }
  return lines
}

function runBatch(state: SetState, of: SetCase, steps: readonly Step[], own: boolean): Value[][] {
  const updates = steps.filter((step) => step.kind === 'update')
  const rows = steps.filter((step) => step.kind !== 'update')
  let u = 0
  let r = 0
  const batch: SetBatch = {
    order: Int32Array.from(steps, (step) => (step.kind === 'update' ? ~u++ : r++)),
    count: steps.length,
    updates: keyedRows(of, updates, true),
    rows: keyedRows(of, rows, own),
    rowCount: rows.length,
  }
  const outputs: Column[] = []
  state.process(batch, outputs)
  const byFeature = outputs.map((output) => valuesOf(output, rows.length))
  return rows.map((_, i) => byFeature.map((values) => values[i]))
}

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
