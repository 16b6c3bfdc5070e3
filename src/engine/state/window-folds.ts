// The values of windows, by the rule in set-layout.ts. Keys with many events have running folds and merged middles at hand:
// derived from the events, outside the persisted memory, made again after a recovery; they never change a bit of a value.
import type { Ring } from './ring.ts'
import { FIRST_ENTRIES } from './ring.ts'
import type { Fold, Level, SetLayout, Window } from './set-layout.ts'
import { tileOf } from './tiles.ts'

/** From this class of blocks on (32 entries) a key's folds are kept. */
const HOT_CLASS = 3

// Places in a kept middle: tiles it lies between, a guess where the window begins, whether it has events; then its folds.
const AFTER = 0
const BEFORE = 1
const GUESS = 2
const PRESENT = 3
const MIDDLE_FOLDS = 4

/** What is kept for the blocks of one class. */
interface Kept {
  running: Float64Array
  middles: Float64Array
  /** 1 where what is kept for a block is right. */
  valid: Uint8Array
}

export class WindowFolds {
  readonly #layout: SetLayout
  readonly #events: Ring
  /** A ring of tiles a level; undefined where no window reaches behind the kept events. */
  readonly #tiles: readonly (Ring | undefined)[]
  readonly #kept: Kept[] = []
  /** Where each window's middle lies among those of a block. */
  readonly #middleAt: Int32Array
  readonly #middleWords: number
  readonly #left: Float64Array
  readonly #middle: Float64Array
  readonly #part: Float64Array
  #ends = new Int32Array(256)
  #hasMiddle = false

  constructor(layout: SetLayout, events: Ring, tiles: readonly (Ring | undefined)[]) {
    this.#layout = layout
    this.#events = events
    this.#tiles = tiles
    const width = Math.max(1, ...layout.levels.map((level) => level.width))
    this.#left = new Float64Array(width)
    this.#middle = new Float64Array(width)
    this.#part = new Float64Array(width)
    this.#middleAt = new Int32Array(layout.windows.length)
    let words = 0
    layout.windows.forEach((window, i) => {
      this.#middleAt[i] = words
      words += MIDDLE_FOLDS + layout.levels[window.level].width
    })
    this.#middleWords = words
  }

  /** To be called when a block came into use or went out of it. */
  forget(cls: number, block: number): void {
    const kept = this.#kept[cls]
    if (kept !== undefined && block < kept.valid.length) kept.valid[block] = 0
  }

  /** To be called after an entry of the open ring was inserted. */
  inserted(entry: number): void {
    const events = this.#events
    if (events.cls < HOT_CLASS) return
    const kept = this.#keptFor(events.cls, events.block)
    if (kept.valid[events.block] === 0) return
    const time = events.time(entry)
    const base = events.block * this.#middleWords
    this.#layout.windows.forEach((window, i) => {
      const tile = tileOf(time, this.#layout.levels[window.level].tileMs)
      const at = base + this.#middleAt[i]
      if (kept.middles[at + AFTER] < tile && tile < kept.middles[at + BEFORE])
        kept.middles[at + AFTER] = Number.NaN
    })
    this.#refold(kept, entry)
  }

  /**
   * Folds window `index` of the open key as of `time` and returns where: its folds lie at their places in it, until the next call.
   * @param until how many entries have at most `time`.
   * @param settled whether `time` is within the lateness of everything that was dropped; else nothing kept is used.
   */
  fold(index: number, time: number, until: number, settled: boolean): Float64Array {
    const window = this.#layout.windows[index]
    const level = this.#layout.levels[window.level]
    const { tileMs } = level
    const from = windowStart(window, level, time)
    const to = windowEnd(window, level, time)
    const after = tileOf(from, tileMs)
    const last = tileOf(to, tileMs)
    const events = this.#events
    const end = to === time ? until : events.countUntil(to)
    const hot = settled && events.cls >= HOT_CLASS
    const kept = hot ? this.#ready() : undefined
    const middleAt = events.block * this.#middleWords + this.#middleAt[index]
    let next: number
    if (kept === undefined) {
      next = events.countUntilNear(from, 0)
    } else {
      next = events.countUntilNear(from, events.entryOf(kept.middles[middleAt + GUESS]))
      kept.middles[middleAt + GUESS] = events.ordinal(next)
    }
    const left = this.#left
    const { folds } = window
    empty(folds, left, 0)
    const start = next
    next = this.#addTile(folds, left, { entry: next, end, limit: after * tileMs })
    let any = next > start
    if (after === last) return left
    const right =
      kept === undefined
        ? this.#slowParts(window, { after, last, entry: next, end })
        : this.#keptParts(window, kept, { after, last, entry: end, middleAt })
    if (this.#hasMiddle) {
      merge(folds, left, 0, { from: this.#middle, at: 0, replace: !any })
      any = true
    }
    if (right >= 0)
      merge(folds, left, 0, {
        from: kept === undefined || this.#rightIsPart ? this.#part : kept.running,
        at: right,
        replace: !any,
      })
    return left
  }

  #rightIsPart = false

  /** Adds events from `entry` while they are not later than `limit`; returns the first that is. */
  #addTile(
    folds: readonly Fold[],
    into: Float64Array,
    run: { entry: number; end: number; limit: number },
  ): number {
    const events = this.#events
    const { f64 } = events.region
    let entry = run.entry
    for (; entry < run.end; entry++) {
      const at = events.at(entry)
      const time = f64[at]
      if (time > run.limit) break
      for (let f = 0; f < folds.length; f++) {
        const fold = folds[f]
        const value = f64[at + fold.word]
        if (value === value) fold.aggregate.add(into, fold.at, value, time)
      }
    }
    return entry
  }

  /** Middle and right from the events and tiles themselves; the right part is left in `#part`, at the place returned. */
  #slowParts(
    window: Window,
    run: { after: number; last: number; entry: number; end: number },
  ): number {
    const { folds } = window
    const { tileMs } = this.#layout.levels[window.level]
    const tiles = this.#tiles[window.level]
    const events = this.#events
    const part = this.#part
    let entry = run.entry
    let dropped = tiles === undefined ? 0 : tiles.countUntilNear(run.after, 0)
    this.#hasMiddle = false
    for (;;) {
      const ofDropped =
        tiles !== undefined && dropped < tiles.count ? tiles.time(dropped) : Infinity
      const ofEvents = entry < run.end ? tileOf(events.time(entry), tileMs) : Infinity
      const tile = Math.min(ofDropped, ofEvents)
      if (tile > run.last) return -1
      if (ofDropped === tile && tiles !== undefined)
        merge(folds, part, 0, {
          from: tiles.region.f64,
          at: tiles.at(dropped++) + 1,
          replace: true,
        })
      else empty(folds, part, 0)
      entry = this.#addTile(folds, part, {
        entry,
        end: ofEvents === tile ? run.end : entry,
        limit: tile * tileMs,
      })
      if (tile === run.last) return 0
      merge(folds, this.#middle, 0, { from: part, at: 0, replace: !this.#hasMiddle })
      this.#hasMiddle = true
    }
  }

  /** Middle and right from what is kept; returns where the right part lies, in `#part` when `#rightIsPart`, else among the running folds. */
  #keptParts(
    window: Window,
    kept: Kept,
    run: { after: number; last: number; entry: number; middleAt: number },
  ): number {
    const level = this.#layout.levels[window.level]
    const tiles = this.#tiles[window.level]
    const events = this.#events
    const { tileMs, derivedAt } = level
    let right = -1
    let entry = run.entry - 1
    this.#rightIsPart = false
    if (entry >= 0 && events.time(entry) > (run.last - 1) * tileMs) {
      const place = this.#runningAt(entry) + derivedAt
      right = place + 1
      entry -= kept.running[place] + 1
    } else if (tiles !== undefined) {
      const at = tiles.countUntil(run.last) - 1
      if (at >= 0 && tiles.time(at) === run.last) {
        merge(window.folds, this.#part, 0, {
          from: tiles.region.f64,
          at: tiles.at(at) + 1,
          replace: true,
        })
        this.#rightIsPart = true
        right = 0
      }
    }
    this.#keepMiddle(window, kept, { ...run, entry })
    return right
  }

  /** Brings the kept middle to tiles after < k < last, by adding later tiles or afresh, and copies it to `#middle`. */
  #keepMiddle(
    window: Window,
    kept: Kept,
    run: { after: number; last: number; entry: number; middleAt: number },
  ): void {
    const { middles } = kept
    const { middleAt, after, last } = run
    const { tileMs, derivedAt } = this.#layout.levels[window.level]
    const continues = middles[middleAt + AFTER] === after && middles[middleAt + BEFORE] <= last
    const first = continues ? middles[middleAt + BEFORE] : after + 1
    if (!continues) middles[middleAt + PRESENT] = 0
    if (!continues || first < last) {
      const { folds } = window
      const events = this.#events
      this.#keepDropped(window, kept, { first, last, middleAt })
      let ends = 0
      for (let entry = run.entry; entry >= 0 && events.time(entry) > (first - 1) * tileMs;) {
        if (ends === this.#ends.length) this.#ends = doubled(this.#ends)
        const place = this.#runningAt(entry) + derivedAt
        this.#ends[ends++] = place + 1
        entry -= kept.running[place] + 1
      }
      while (ends > 0) {
        merge(folds, middles, middleAt + MIDDLE_FOLDS, {
          from: kept.running,
          at: this.#ends[--ends],
          replace: middles[middleAt + PRESENT] === 0,
        })
        middles[middleAt + PRESENT] = 1
      }
      middles[middleAt + AFTER] = after
      middles[middleAt + BEFORE] = last
    }
    this.#hasMiddle = middles[middleAt + PRESENT] === 1
    if (this.#hasMiddle)
      merge(window.folds, this.#middle, 0, {
        from: middles,
        at: middleAt + MIDDLE_FOLDS,
        replace: true,
      })
  }

  /** Adds to the kept middle the tiles of which no event is kept. */
  #keepDropped(
    window: Window,
    kept: Kept,
    run: { first: number; last: number; middleAt: number },
  ): void {
    const tiles = this.#tiles[window.level]
    if (tiles === undefined) return
    const events = this.#events
    const { tileMs } = this.#layout.levels[window.level]
    const before = Math.min(
      run.last,
      events.count === 0 ? Infinity : tileOf(events.time(0), tileMs),
    )
    const { middles } = kept
    for (
      let i = tiles.countUntilNear(run.first - 1, 0);
      i < tiles.count && tiles.time(i) < before;
      i++
    ) {
      merge(window.folds, middles, run.middleAt + MIDDLE_FOLDS, {
        from: tiles.region.f64,
        at: tiles.at(i) + 1,
        replace: middles[run.middleAt + PRESENT] === 0,
      })
      middles[run.middleAt + PRESENT] = 1
    }
  }

  /** Place of an entry's running folds. */
  #runningAt(entry: number): number {
    const events = this.#events
    return (
      (events.block * (FIRST_ENTRIES << events.cls) + events.place(entry)) *
      this.#layout.derivedWords
    )
  }

  /** What is kept for the open ring, made when it is not right. */
  #ready(): Kept {
    const { cls, block } = this.#events
    const kept = this.#keptFor(cls, block)
    if (kept.valid[block] === 0) {
      kept.valid[block] = 1
      for (const at of this.#middleAt) {
        kept.middles[block * this.#middleWords + at + AFTER] = Number.NaN
        kept.middles[block * this.#middleWords + at + GUESS] = 0
      }
      this.#refold(kept, 0)
    }
    return kept
  }

  #keptFor(cls: number, block: number): Kept {
    const kept = this.#kept[cls]
    if (kept !== undefined && block < kept.valid.length) return kept
    const blocks = Math.max(4, 2 ** Math.ceil(Math.log2(block + 1)))
    const made: Kept = {
      running: new Float64Array(blocks * (FIRST_ENTRIES << cls) * this.#layout.derivedWords),
      middles: new Float64Array(blocks * this.#middleWords),
      valid: new Uint8Array(blocks),
    }
    if (kept !== undefined) {
      made.running.set(kept.running)
      made.middles.set(kept.middles)
      made.valid.set(kept.valid)
    }
    this.#kept[cls] = made
    return made
  }

  /** Makes the running folds of all entries from `first` on. */
  #refold(kept: Kept, first: number): void {
    const events = this.#events
    const { f64 } = events.region
    const { running } = kept
    const { levels } = this.#layout
    for (let entry = first; entry < events.count; entry++) {
      const at = events.at(entry)
      const time = f64[at]
      const previous = entry === 0 ? 0 : events.at(entry - 1)
      for (let l = 0; l < levels.length; l++) {
        const { folds, tileMs, derivedAt } = levels[l]
        const into = this.#runningAt(entry) + derivedAt
        const tile = tileOf(time, tileMs)
        if (entry > 0 && f64[previous] > (tile - 1) * tileMs) {
          const before = this.#runningAt(entry - 1) + derivedAt
          running[into] = running[before] + 1
          for (let w = 1; w <= levels[l].width; w++) running[into + w] = running[before + w]
        } else {
          running[into] = 0
          this.#beginTile(l, running, into + 1, tile)
        }
        for (let f = 0; f < folds.length; f++) {
          const fold = folds[f]
          const value = f64[at + fold.word]
          if (value === value) fold.aggregate.add(running, into + 1 + fold.at, value, time)
        }
      }
    }
  }

  /** What a tile holds before the first kept event. */
  #beginTile(level: number, into: Float64Array, at: number, tile: number): void {
    const { folds } = this.#layout.levels[level]
    const tiles = this.#tiles[level]
    const last = tiles === undefined ? -1 : tiles.count - 1
    if (tiles !== undefined && last >= 0 && tiles.time(last) === tile) {
      merge(folds, into, at, { from: tiles.region.f64, at: tiles.at(last) + 1, replace: true })
    } else {
      empty(folds, into, at)
    }
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

function empty(folds: readonly Fold[], into: Float64Array, at: number): void {
  for (let f = 0; f < folds.length; f++) folds[f].aggregate.empty(into, at + folds[f].at)
}

/** Merges folds into others, or replaces them. */
function merge(
  folds: readonly Fold[],
  into: Float64Array,
  at: number,
  source: { from: Float64Array; at: number; replace: boolean },
): void {
  const { from, at: fromAt, replace } = source
  for (let f = 0; f < folds.length; f++) {
    const { aggregate, at: place } = folds[f]
    if (!replace) aggregate.merge(into, at + place, from, fromAt + place)
    else for (let w = place; w < place + aggregate.width; w++) into[at + w] = from[fromAt + w]
  }
}

function doubled(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(from.length * 2)
  grown.set(from)
  return grown
}
