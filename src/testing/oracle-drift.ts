// What watching a number must tell: the numbers one after the other, through the detector itself, with means made anew from all of them.
import { DRIFT } from '../contracts/detector.ts'
import type { DriftEvent } from '../contracts/drift-event.ts'
import { DriftWatch } from '../learning/drift/drift-watch.ts'
import { sourceOf } from '../engine/exchange/source-number.ts'
import type { DriftPlan, ModelPlan, Plan } from '../pipeline/plan.ts'
import { originsOf } from '../pipeline/plan-streams.ts'
import { byOrder, driftLine } from './drift-line.ts'
import { sourceNumber } from './oracle-sources.ts'
import { referenceWindowDrifts } from './oracle-window-drift.ts'

export interface WatchedNumber {
  readonly mergeTime: number
  /** Of equal merge times, the order. */
  readonly order: readonly number[]
  /** ms. */
  readonly time: number
  readonly value: number
  /** What a drift at this number says of its place. */
  readonly place: Pick<DriftEvent, 'id' | 'source'>
}

const NEWEST = 64

/** A row that was predicted. */
export interface WatchedRow {
  readonly mergeTime: number
  readonly time: number
  readonly offset: number
  readonly features: ReadonlyMap<string, unknown>
}

/** Drifts of features: those of predictions and errors are of versions, which come when they come (observe-drift.ts). */
export function featureDrifts(
  plan: Plan,
  { name, drift = [], windowDrift = [] }: ModelPlan,
  rows: readonly (WatchedRow & Parameters<typeof sourceNumber>[0])[],
): string[] {
  const streams = originsOf(plan, plan.from)
  const ofWindows = windowDrift
    .filter(({ numbers }) => numbers.every(({ of }) => of === 'feature'))
    .flatMap((each) =>
      referenceWindowDrifts(
        { model: name },
        each,
        rows.map((row) => ({
          mergeTime: row.mergeTime,
          order: [sourceNumber(row), row.offset],
          values: each.numbers.map(({ feature = '' }) => numberFrom(row.features.get(feature))),
        })),
      ),
    )
  const ofRows = drift.flatMap((each) => {
    const { feature } = each
    if (feature === undefined) return []
    const numbers = rows.map((row): WatchedNumber => {
      const { mergeTime, time, offset } = row
      const source = sourceNumber(row)
      const { stream, partition } = sourceOf(source, streams)
      return {
        mergeTime,
        order: [source, offset],
        time,
        value: numberFrom(row.features.get(feature)),
        place: { source: { topic: stream.topic, partition, offset } },
      }
    })
    return referenceDrifts({ model: name }, each, numbers)
  })
  return [...ofRows, ...ofWindows]
}

export function numberFrom(value: unknown): number {
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN
}

/** `[key, time, value]` of each record, as JSON. @param numbers of one version, where the plan watches versions. */
export function referenceDrifts(
  { model, version }: { readonly model: string; readonly version?: string },
  plan: DriftPlan,
  numbers: readonly WatchedNumber[],
): string[] {
  const { cooldown, direction, rowsBetweenFalseAlarms } = plan
  const watch = new DriftWatch(plan.make(), { cooldown, direction })
  let since = 0
  const all = numbers.filter(({ value }) => Number.isFinite(value)).toSorted(byOrder)
  return all.flatMap(({ value, time, place }, i) => {
    if (watch.update(value) !== DRIFT) return []
    const newest = Math.max(since, i + 1 - NEWEST)
    const before = watch.parts?.before ?? meanOf(all.slice(since, newest))
    const after = watch.parts?.after ?? meanOf(all.slice(newest, i + 1))
    since = newest
    const went = watch.direction
    const event: DriftEvent = {
      model,
      of: plan.of,
      ...(plan.feature === undefined ? {} : { feature: plan.feature }),
      ...(version === undefined ? {} : { version }),
      detector: plan.detector,
      direction: went === 0 ? 'unknown' : went > 0 ? 'up' : 'down',
      at: new Date(time).toISOString(),
      ...place,
      seen: i + 1,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? { after: NaN } : { after }),
      ...(rowsBetweenFalseAlarms === undefined ? {} : { rowsBetweenFalseAlarms }),
    }
    return [driftLine(model, time, event)]
  })
}

function meanOf(numbers: readonly WatchedNumber[]): number | undefined {
  if (numbers.length === 0) return undefined
  return numbers.reduce((sum, { value }) => sum + value, 0) / numbers.length
}
