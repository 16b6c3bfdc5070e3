// Windows that are folded together: those of one hop, or of lengths that are near; wide folds apart from narrow ones.
import type { Monoid } from '../../contracts/aggregate.ts'
import { isWide } from '../../pipeline/state-size.ts'
import { DIRECT_READS } from '../../features/direct-reads.ts'
import type { WantedWindow } from './entry-fields.ts'
import { Place, type Fold } from './fold.ts'
import type { ExactWindow, Window, WindowFeature } from './set-shape.ts'

/** Windows that share tiles are at most this many tiles long; shorter ones join while they are at least one tile long. */
const TILES = 32
/** How far a window reaches behind a row, ms. */
export function reach({ plan: { window } }: WantedWindow): number {
  return window.overMs + window.delayMs + (window.hopMs ?? 0)
}

/** Whether it is read from its events themselves. */
export function isExact({ plan: { aggregate, window } }: WantedWindow): boolean {
  return window.hopMs === undefined && ('exactList' in aggregate || aggregate.exact !== undefined)
}

export interface TileGroup {
  readonly tileMs: number
  readonly hop: boolean
  readonly wide: boolean
  readonly windows: readonly WantedWindow[]
}

/** Windows by hop; exact ones by length, so that none is shorter than a tile or longer than `TILES` of them. */
export function tileGroups(windows: readonly WantedWindow[]): TileGroup[] {
  return [false, true].flatMap((wide) =>
    groupsOf(
      windows.filter(({ plan }) => isWide(plan) === wide),
      wide,
    ),
  )
}

function groupsOf(windows: readonly WantedWindow[], wide: boolean): TileGroup[] {
  const groups: TileGroup[] = []
  for (const hopMs of new Set(windows.map((w) => w.plan.window.hopMs))) {
    if (hopMs !== undefined)
      groups.push({
        tileMs: hopMs,
        hop: true,
        wide,
        windows: windows.filter((w) => w.plan.window.hopMs === hopMs),
      })
  }
  let rest = windows.filter((w) => w.plan.window.hopMs === undefined)
  while (rest.length > 0) {
    const tileMs = Math.ceil(Math.max(...rest.map((w) => w.plan.window.overMs)) / TILES)
    const own = rest.filter((w) => w.plan.window.overMs >= tileMs)
    groups.push({ tileMs, hop: false, wide, windows: own })
    rest = rest.filter((w) => w.plan.window.overMs < tileMs)
  }
  return groups
}

/** The aggregate whose state it reads. */
export function monoidOf(aggregate: Monoid): Monoid {
  return aggregate.foldsAs ?? aggregate
}

export function groupFolds(windows: readonly WantedWindow[]): { folds: Fold[]; width: number } {
  const folds: Fold[] = []
  let width = 0
  for (const { plan, word, bytes } of windows) {
    const aggregate = monoidOf(plan.aggregate)
    for (let i = 0; i < (plan.length ?? 1); i++) {
      if (findFold(folds, aggregate, word + i) !== undefined) continue
      folds.push({ aggregate, word: word + i, at: width, bytes })
      width += aggregate.width
    }
  }
  return { folds, width }
}

function findFold(folds: readonly Fold[], aggregate: Monoid, word: number): Fold | undefined {
  return folds.find((fold) => fold.aggregate === aggregate && fold.word === word)
}

export function emptyState(folds: readonly Fold[], width: number): Place {
  const empty = new Place(new Float64Array(width))
  for (const { aggregate, at } of folds) aggregate.empty(empty.state, at)
  return empty
}

export function groupWindows(
  wanted: readonly WantedWindow[],
  folds: readonly Fold[],
  level: number,
): Window[] {
  return grouped(wanted, ({ plan: { window } }) => `${window.overMs} ${window.delayMs}`).map(
    (same) => {
      const features = same.map((one) => featureOf(one, folds))
      const { overMs, delayMs } = same[0].plan.window
      const needed = folds.filter((fold) => features.some((f) => f.folds.includes(fold)))
      return { level, overMs, delayMs, features, folds: needed }
    },
  )
}

/** Windows read from their events, those of one value and span together: its values are then taken once. */
export function exactGroups(wanted: readonly WantedWindow[]): ExactWindow[] {
  const span = ({ plan: { window }, word }: WantedWindow): string =>
    `${window.overMs} ${window.delayMs} ${word}`
  return grouped(wanted, span).map((same) => {
    const { overMs, delayMs } = same[0].plan.window
    const features = same.map((one) => featureOf(one, []))
    return { overMs, delayMs, word: same[0].word, features }
  })
}

function grouped(
  wanted: readonly WantedWindow[],
  key: (one: WantedWindow) => string,
): WantedWindow[][] {
  const groups = new Map<string, WantedWindow[]>()
  for (const one of wanted) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return [...groups.values()]
}

function featureOf(
  { feature, plan, word, bytes }: WantedWindow,
  folds: readonly Fold[],
): WindowFeature {
  const { aggregate } = plan
  const own = Array.from({ length: plan.length ?? 1 }, (_, i) =>
    findFold(folds, monoidOf(aggregate), word + i),
  ).filter((fold) => fold !== undefined)
  const vector = plan.length !== undefined
  const scalar = 'list' in aggregate || vector || bytes ? undefined : aggregate
  const place = own[0]?.at ?? 0
  const direct = scalar === undefined ? undefined : DIRECT_READS.get(scalar)
  return {
    feature,
    aggregate,
    scalar,
    place,
    of: direct === undefined ? -1 : place + direct.of,
    by: direct?.by === undefined ? -1 : place + direct.by,
    folds: own,
    otherwise: plan.otherwise,
    bytes,
    vector,
  }
}
