// What comparing windows must tell: all rows in their order, cut into windows, each compared with its reference by the test itself. It keeps every
// row in a list, so that nothing of what the engine keeps, or when, is taken for granted.
import type { WindowVerdict } from '../contracts/window-test.ts'
import type { DriftEvent, DriftPart } from '../contracts/drift-event.ts'
import { placeOf } from '../engine/operators/sample-place.ts'
import type { WindowDriftPlan } from '../pipeline/plan.ts'
import { byOrder, driftLine } from './drift-line.ts'

/** A row with the numbers of the plan; NaN where one is missing. */
export interface ComparedRow {
  readonly mergeTime: number
  /** Of equal merge times, the order. */
  readonly order: readonly number[]
  readonly values: readonly number[]
}

interface Part {
  readonly from: number
  readonly to: number
  readonly rows: readonly ComparedRow[]
}

/** `[key, time, value]` of each record, as JSON. @param rows of one version, where the plan compares predictions. */
export function referenceWindowDrifts(
  { model, version }: { readonly model: string; readonly version?: string },
  plan: WindowDriftPlan,
  rows: readonly ComparedRow[],
): string[] {
  const all = rows.toSorted(byOrder)
  const lines: string[] = []
  const { reference: kind, windowMs } = plan
  let seen = 0
  let reference: Part | undefined
  let drifting = plan.numbers.map(() => false)
  while (seen < all.length) {
    const { mergeTime } = all[seen]
    if (typeof kind === 'number' && reference === undefined) {
      reference = gathered(plan, all.slice(seen), kind)
      if (reference === undefined) break
      seen += reference.rows.length
      continue
    }
    const origin = typeof kind === 'number' ? (reference?.to ?? 0) : 0
    const from = origin + Math.floor((mergeTime - origin) / windowMs) * windowMs
    const window = partOf(all.slice(seen), from, from + windowMs)
    seen += window.rows.length
    // A window is over when there is a row behind it.
    if (seen === all.length) break
    const told = judged(plan, { reference, window, drifting })
    drifting = told.map(({ drifting: now }) => now)
    const drifts = told.flatMap(({ verdict, tells }, number) => (tells ? { verdict, number } : []))
    for (const { verdict, number } of drifts)
      lines.push(lineOf({ model, version, plan, number, verdict, reference, window, seen }))
    if (kind === 'before') reference = window
    if (typeof kind === 'number' && drifts.length > 0) {
      reference = undefined
      drifting = drifting.map(() => false)
    }
  }
  return lines
}

/** The rows of so long, or of longer where they are too few; undefined where they are not all there yet. */
function gathered(
  { windowMs, test }: WindowDriftPlan,
  rows: readonly ComparedRow[],
  ms: number,
): Part | undefined {
  const from = Math.floor(rows[0].mergeTime / windowMs) * windowMs
  for (let to = from + ms; ;) {
    const part = partOf(rows, from, to)
    const next = rows.at(part.rows.length)
    if (next === undefined) return undefined
    if (part.rows.length >= test.leastRows) return part
    while (to <= next.mergeTime) to += windowMs
  }
}

function partOf(rows: readonly ComparedRow[], from: number, to: number): Part {
  const end = rows.findIndex(({ mergeTime }) => mergeTime >= to)
  return { from, to, rows: end < 0 ? rows : rows.slice(0, end) }
}

interface Told {
  readonly verdict: WindowVerdict
  readonly drifting: boolean
  readonly tells: boolean
}

function judged(
  plan: WindowDriftPlan,
  of: { reference: Part | undefined; window: Part; drifting: readonly boolean[] },
): readonly Told[] {
  const { reference: kind } = plan
  const before =
    typeof kind === 'object'
      ? kind.map((column) => Float64Array.from(column))
      : of.reference && columnsOf(plan, of.reference)
  if (before === undefined)
    return of.drifting.map(() => ({ verdict: NOTHING, drifting: false, tells: false }))
  return plan.test.judge(before, columnsOf(plan, of.window)).map((verdict, i): Told => {
    const was = of.drifting[i]
    if (verdict.effect === undefined) return { verdict, drifting: was, tells: false }
    return { verdict, drifting: verdict.drifted, tells: verdict.drifted && !was }
  })
}

const NOTHING: WindowVerdict = { effect: undefined, chance: undefined, drifted: false }

/** As many rows as are kept, by number. */
function columnsOf({ numbers, rows: kept }: WindowDriftPlan, { rows }: Part): Float64Array[] {
  const sample: ComparedRow[] = []
  rows.forEach((row, i) => {
    const place = placeOf(i, kept)
    if (place >= 0) sample[place] = row
  })
  return numbers.map((_, i) => Float64Array.from(sample, ({ values }) => values[i]))
}

function lineOf(of: {
  readonly model: string
  readonly version: string | undefined
  readonly plan: WindowDriftPlan
  readonly number: number
  readonly verdict: WindowVerdict
  readonly reference: Part | undefined
  readonly window: Part
  readonly seen: number
}): string {
  const { plan, number, verdict, reference, window } = of
  const given = typeof plan.reference === 'object' ? plan.reference[number] : undefined
  const values = reference === undefined ? [] : columnsOf(plan, reference)[number]
  const [before, after] = [meanOf(given ?? values), meanOf(columnsOf(plan, window)[number])]
  const { feature, of: quantity } = plan.numbers[number]
  const { effect = NaN, chance = NaN } = verdict
  const event: DriftEvent = {
    model: of.model,
    of: quantity,
    ...(of.version === undefined ? {} : { version: of.version }),
    ...(feature === undefined ? {} : { feature }),
    detector: plan.test.kind,
    direction:
      plan.test.categories || before === after ? 'unknown' : after > before ? 'up' : 'down',
    at: new Date(window.to).toISOString(),
    seen: of.seen,
    before,
    after,
    window: timesOf(window),
    reference: reference === undefined ? { rows: given?.length ?? 0 } : timesOf(reference),
    ...(Number.isFinite(effect) ? { effect } : {}),
    chance,
  }
  return driftLine(of.model, window.to, event)
}

function timesOf({ from, to, rows }: Part): DriftPart {
  return { rows: rows.length, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

function meanOf(values: Iterable<number>): number {
  const finite = [...values].filter(Number.isFinite)
  return finite.reduce((sum, value) => sum + value, 0) / finite.length
}
