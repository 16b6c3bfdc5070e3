// How many bytes a feature set keeps for a key: an estimate from its windows, before anything runs.
// It follows the layout of the engine's state; `status` reports what is really there.
import type { FeaturePlan, SetPlan } from './plan.ts'

const WORD = 8
/** Words of a key's record: its own five, the ring of its events; and about two in the index. */
const KEY_WORDS = 9
const LAST_WORDS = 2
const SINCE_WORDS = 1
const RING_WORDS = 2

export interface StateSize {
  /** For a key without any event: its record, and its tiles where windows have hops. */
  readonly bytesPerKey: number
  /** For each event in `keptMs`: its time, and each value that a window or `last` takes. 0: no event is kept. */
  readonly bytesPerEvent: number
  /** How long an event is kept, ms: the longest exact window and its delay; the lateness comes on top. */
  readonly keptMs: number
  /** How long a key is kept after its last event, ms. */
  readonly keyKeptMs: number | 'forever'
}

type WindowFeature = Extract<FeaturePlan, { kind: 'window' }>

/**
 * `bytesPerKey = 8 (9 + 2 lasts + sinces) + the sum over hops of 8 (2 + (longest + 1) (1 + widths))`, where longest is that of its
 * windows in hops and widths the doubles of its different aggregates; `bytesPerEvent = 8 (1 + different values)`.
 * Undefined for a set of the event's own values, which keeps nothing.
 */
export function stateSize({ features, keepMs }: SetPlan): StateSize | undefined {
  const windows = features.filter((feature): feature is WindowFeature => feature.kind === 'window')
  const lasts = features.filter(({ kind }) => kind === 'last').length
  const sinces = features.some(({ kind }) => kind === 'since') ? 1 : 0
  if (windows.length + lasts + sinces === 0) return undefined
  const exact = windows.filter(({ window }) => window.hopMs === undefined)
  const keepsEvents = exact.length + lasts > 0
  return {
    bytesPerKey:
      WORD * (KEY_WORDS + LAST_WORDS * lasts + SINCE_WORDS * sinces) + tileBytes(windows),
    bytesPerEvent: keepsEvents ? WORD * (1 + valuesOf(features).size) : 0,
    keptMs: exact.reduce((most, { window }) => Math.max(most, window.overMs + window.delayMs), 0),
    keyKeptMs: keepMs ?? 'forever',
  }
}

function tileBytes(windows: readonly WindowFeature[]): number {
  let bytes = 0
  for (const hopMs of new Set(windows.map(({ window }) => window.hopMs))) {
    if (hopMs === undefined) continue
    const own = windows.filter(({ window }) => window.hopMs === hopMs)
    const hops = Math.max(
      ...own.map(({ window }) => Math.ceil((window.overMs + window.delayMs) / hopMs)),
    )
    const widths = new Map(
      own.map(({ aggregate, of }) => [`${aggregate.name} ${of?.text}`, aggregate.width]),
    )
    const width = [...widths.values()].reduce((sum, each) => sum + each, 0)
    bytes += WORD * (RING_WORDS + (hops + 1) * (1 + width))
  }
  return bytes
}

/** What events are kept with, each function once. */
function valuesOf(features: readonly FeaturePlan[]): ReadonlySet<unknown> {
  const values = features.flatMap((feature) => {
    if (feature.kind === 'since' || feature.kind === 'value' || feature.of === undefined) return []
    if (feature.kind === 'window' && feature.window.hopMs !== undefined) return []
    return [feature.of.path?.join('.') ?? feature.of.call]
  })
  return new Set(values)
}
