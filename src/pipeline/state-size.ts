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

/** With more doubles of state than this a feature's tiles are kept apart from those of others. */
const WIDE = 16

export type WindowFeature = Extract<FeaturePlan, { kind: 'window' }>

/**
 * `bytesPerKey = 8 (9 + 2 lasts + sinces) + the sum over hops of 8 (2 + (longest + 1) (1 + widths))`, where longest is that of its
 * windows in hops and widths the doubles of its different aggregates, wide ones apart; `bytesPerEvent = 8 (1 + different values)`, a hash and each
 * place of a vector being one. Texts come on top, each different one once a set.
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
    bytesPerEvent: keepsEvents ? WORD * (1 + valueWords(features)) : 0,
    keptMs: exact.reduce((most, { window }) => Math.max(most, window.overMs + window.delayMs), 0),
    keyKeptMs: keepMs ?? 'forever',
  }
}

/** Whether its state is wide: of it no running folds are kept, which would be as many an event. */
export function isWide({ aggregate, length = 1 }: WindowFeature): boolean {
  return aggregate.width * length > WIDE
}

/** Bytes of a window's own in a key: its folds in all of its hops; undefined where events are kept, which windows share. */
export function windowBytes({ aggregate, length = 1, window }: WindowFeature): number | undefined {
  const { overMs, delayMs, hopMs } = window
  if (hopMs === undefined) return undefined
  return WORD * (Math.ceil((overMs + delayMs) / hopMs) + 1) * aggregate.width * length
}

function tileBytes(windows: readonly WindowFeature[]): number {
  const groups = new Map<string, WindowFeature[]>()
  for (const each of windows) {
    const { hopMs } = each.window
    if (hopMs === undefined) continue
    const key = `${hopMs} ${isWide(each)}`
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  let bytes = 0
  for (const own of groups.values()) {
    const hops = Math.max(
      ...own.map(({ window: { overMs, delayMs, hopMs = overMs } }) =>
        Math.ceil((overMs + delayMs) / hopMs),
      ),
    )
    const widths = new Map(
      own.map(({ aggregate, of, length = 1 }) => {
        const { name, variant, width } = aggregate.foldsAs ?? aggregate
        return [`${name} ${variant} ${length} ${of?.text}`, width * length]
      }),
    )
    const width = [...widths.values()].reduce((sum, each) => sum + each, 0)
    bytes += WORD * (RING_WORDS + (hops + 1) * (1 + width))
  }
  return bytes
}

/** Words that events are kept with: those of each function and form once. */
function valueWords(features: readonly FeaturePlan[]): number {
  const words = new Map<string, number>()
  const calls: unknown[] = []
  for (const feature of features) {
    if (feature.kind === 'since' || feature.kind === 'value' || feature.of === undefined) continue
    const isWindow = feature.kind === 'window'
    if (isWindow && feature.window.hopMs !== undefined) continue
    const { path, call } = feature.of
    if (!calls.includes(call)) calls.push(call)
    const form = isWindow && feature.aggregate.takesHash === true ? 'hash' : 'value'
    const length = isWindow ? (feature.length ?? 1) : 1
    const of = path === undefined ? `function ${calls.indexOf(call)}` : path.join('.')
    words.set(`${of} ${form} ${length}`, length)
  }
  return [...words.values()].reduce((sum, each) => sum + each, 0)
}
