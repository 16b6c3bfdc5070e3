// The values of windows, by the rule in set-layout.ts: from what is kept of keys with many events, else from the events themselves.
// Which of the two never changes a bit.
import { Place, type Fold } from './fold.ts'
import { copyState, EventRun, mergeFolds, type Run } from './fold-ops.ts'
import { KeptFolds, type Span } from './kept-folds.ts'
import type { Ring } from './ring.ts'
import type { Level, SetLayout, Window } from './set-shape.ts'
import { tileOf } from './tiles.ts'

export class WindowFolds {
  readonly kept: KeptFolds
  readonly #layout: SetLayout
  readonly #events: Ring
  /** A ring of tiles a level; undefined where no window reaches behind the kept events. */
  readonly #tiles: readonly (Ring | undefined)[]
  readonly #span: Span | undefined
  readonly #adder: EventRun
  readonly #run: Run = { entry: 0, count: 0 }
  readonly #value: Place
  // Parts of a window that is folded from its events, and where they lie.
  readonly #middleState: Float64Array
  readonly #part: Place
  readonly #middle: Place
  readonly #right: Place
  #hasMiddle = false
  #hasRight = false
  #dropped = 0
  // What `asOf` said.
  #time = 0
  #until = 0
  #settled = false

  constructor(layout: SetLayout, events: Ring, tiles: readonly (Ring | undefined)[]) {
    this.#layout = layout
    this.#events = events
    this.#tiles = tiles
    this.#adder = new EventRun(events)
    this.kept = new KeptFolds(layout, events, tiles)
    const width = Math.max(1, ...layout.levels.map((level) => level.width))
    this.#value = new Place(new Float64Array(width))
    this.#part = new Place(new Float64Array(width))
    this.#middleState = new Float64Array(width)
    this.#middle = new Place(this.#middleState)
    this.#right = new Place(this.#part.state)
    const [window] = layout.windows
    this.#span =
      window === undefined
        ? undefined
        : {
            index: 0,
            window,
            level: layout.levels[window.level],
            from: 0.5,
            to: 0.5,
            after: 0.5,
            last: 0.5,
            end: 0,
          }
  }

  /**
   * Says for which time the open key is read.
   * @param until how many entries have at most that time.
   * @param settled whether the time is within the lateness of everything that was dropped; else nothing kept is used.
   */
  asOf(time: number, until: number, settled: boolean): void {
    this.#time = time
    this.#until = until
    this.#settled = settled && this.#layout.derivedWords > 0 && this.kept.ready()
  }

  /** Folds window `index` and returns where: its folds lie at their places in it, until the next call. */
  fold(index: number): Float64Array {
    const value = this.#value
    const span = this.#fill(index)
    if (span === undefined) return value.state
    const { folds } = span.window
    const start = this.#settled
      ? this.kept.firstEntry(span)
      : this.#events.countUntilNear(span.from, 0)
    const settled = this.#settled && span.level.kept
    copyState(span.level.width, value, span.level.empty)
    if (start >= span.end && this.#tiles[span.window.level] === undefined) return value.state
    this.#findTiles(span)
    const next = this.#addUntil(folds, value, start, span.after * span.level.tileMs)
    if (span.after === span.last) return value.state
    if (settled) {
      this.#hasMiddle = this.kept.middle(span, next, this.#middle)
      this.#hasRight = this.kept.right(span, this.#right)
    } else {
      this.#foldParts(span, next)
    }
    if (this.#hasMiddle) {
      if (next > start) mergeFolds(span.level, folds, value, this.#middle)
      else copyState(span.level.width, value, this.#middle)
    }
    if (this.#hasRight) {
      if (next > start || this.#hasMiddle) mergeFolds(span.level, folds, value, this.#right)
      else copyState(span.level.width, value, this.#right)
    }
    return value.state
  }

  #fill(index: number): Span | undefined {
    const span = this.#span
    if (span === undefined) return undefined
    const window = this.#layout.windows[index]
    const level = this.#layout.levels[window.level]
    const to = windowEnd(window, level, this.#time)
    span.index = index
    span.window = window
    span.level = level
    span.from = windowStart(window, level, this.#time)
    span.to = to
    span.end = to === this.#time ? this.#until : this.#events.countUntil(to)
    return span
  }

  #findTiles(span: Span): void {
    span.after = tileOf(span.from, span.level.tileMs)
    span.last = tileOf(span.to, span.level.tileMs)
  }

  /** Adds events from `entry` that are not later than `limit`, until the window's end; returns the first that was not added. */
  #addUntil(folds: readonly Fold[], into: Place, entry: number, limit: number): number {
    const events = this.#events
    const end = this.#span === undefined ? 0 : this.#span.end
    const next = events.entriesUntil(limit, entry, end)
    if (next === entry) return next
    this.#run.entry = entry
    this.#run.count = next - entry
    this.#adder.add(folds, into, this.#run)
    return next
  }

  /** Middle and right from the events and the tiles of dropped ones. */
  #foldParts(span: Span, first: number): void {
    const { folds } = span.window
    const { tileMs } = span.level
    const tiles = this.#tiles[span.window.level]
    const part = this.#part
    let entry = first
    this.#dropped = tiles === undefined ? 0 : tiles.countUntilNear(span.after, 0)
    this.#hasMiddle = this.#hasRight = false
    this.#middle.state = this.#middleState
    this.#middle.at = 0
    for (;;) {
      const ofEvents = entry < span.end ? tileOf(this.#events.time(entry), tileMs) : Infinity
      const tile = this.#beginTile(span.level, tiles, ofEvents)
      if (tile > span.last) return
      if (ofEvents === tile) entry = this.#addUntil(folds, part, entry, tile * tileMs)
      if (tile === span.last) break
      if (this.#hasMiddle) mergeFolds(span.level, folds, this.#middle, part)
      else copyState(span.level.width, this.#middle, part)
      this.#hasMiddle = true
    }
    this.#hasRight = true
    this.#right.state = part.state
    this.#right.at = 0
  }

  /** The next tile that has events; what was dropped of it is then in the part. */
  #beginTile(level: Level, tiles: Ring | undefined, ofEvents: number): number {
    if (
      tiles !== undefined &&
      this.#dropped < tiles.count &&
      tiles.time(this.#dropped) <= ofEvents
    ) {
      const tile = tiles.time(this.#dropped)
      this.#right.state = tiles.region.f64
      this.#right.at = tiles.at(this.#dropped++) + 1
      copyState(level.width, this.#part, this.#right)
      return tile
    }
    copyState(level.width, this.#part, level.empty)
    return ofEvents
  }
}

/** The left edge of a window, excluded. */
export function windowStart(window: Window, level: Level, time: number): number {
  const from = time - window.delayMs - window.overMs
  return level.hop ? Math.floor(from / level.tileMs) * level.tileMs : from
}

/** The right edge of a window, included. A window of hops that ends in the past ends on a hop, because only hops are kept there. */
export function windowEnd(window: Window, level: Level, time: number): number {
  const to = time - window.delayMs
  return level.hop && window.delayMs > 0 ? Math.floor(to / level.tileMs) * level.tileMs : to
}
