// Rows and batches for the tests of set state.
import type { WindowAggregate } from '../../../src/contracts/aggregate.ts'
import { ABSENT, PRESENT, type Column, type ColumnKind } from '../../../src/contracts/columns.ts'
import type { Selector } from '../../../src/contracts/selector.ts'
import { murmur2 } from '../../../src/base/murmur2.ts'
import type { StateMemory } from '../../../src/engine/state/memory.ts'
import type { KeyedRows, SetBatch } from '../../../src/engine/state/set-batch.ts'
import { SetState } from '../../../src/engine/state/set-state.ts'
import type { FeaturePlan, SetPlan, WindowPlan } from '../../../src/pipeline/plan.ts'
import { itemsOf } from './vector-text.ts'

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
  {
    gives = 'number',
    takes = 'number',
    length,
  }: Partial<Extract<FeaturePlan, { kind: 'window' }>> = {},
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
