// What is kept of keys with many events, so that a read costs little: the running fold of each tile at each event, and the merged
// middle of each window. Derived from the events, outside the persisted memory; made again after a recovery, with the same bits.
import { Place } from './fold.ts'
import { addEvent, copyState, mergeFolds } from './fold-ops.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import type { Ring } from './ring.ts'
import type { Level, SetLayout, Window } from './set-shape.ts'
import { tileOf } from './tiles.ts'

/** From as many entries on that a key's block has room for its folds are kept. */
const KEPT_CAPACITY = 24

// Words of a kept middle: the tiles it lies between, where the window began, whether it has events; then its folds.
const AFTER = 0
const BEFORE = 1
const GUESS = 2
const PRESENT = 3
const MIDDLE_FOLDS = 4

/** A window (from, to] of the open key, as it is being folded: one object for all, filled anew each time. */
export interface Span {
  index: number
  window: Window
  level: Level
  /** Its edges, ms: the left one excluded, the right one included. */
  from: number
  to: number
  /** The tiles of its edges: full ones lie between. */
  after: number
  last: number
  /** Entries until its right edge. */
  end: number
}

/** What is kept for the blocks of one class. */
interface Kept {
  /** Folds of a block's entries, one after the other, level by level. */
  running: Float64Array
  /** How many earlier entries are in the tile, an entry and level: apart, so that a walk over tiles reads little memory. */
  earlier: Int32Array
  middles: Float64Array
  /** 1 where what is kept for a block is right. */
  valid: Uint8Array
  /** Where the first three lie. */
  readonly bytes: readonly [GrowingBuffer, GrowingBuffer, GrowingBuffer]
}

export class KeptFolds {
  readonly #layout: SetLayout
  readonly #events: Ring
  readonly #tiles: readonly (Ring | undefined)[]
  readonly #kept: (Kept | undefined)[] = []
  readonly #middleAt: Int32Array
  readonly #middleWords: number
  /** Ends of tiles on the way back. */
  #ends = new Int32Array(64)
  readonly #into: Place
  readonly #from: Place
  // The open block.
  #open: Kept
  #entryBase = 0
  #middleBase = 0

  constructor(layout: SetLayout, events: Ring, tiles: readonly (Ring | undefined)[]) {
    this.#layout = layout
    this.#events = events
    this.#tiles = tiles
    this.#open = {
      running: new Float64Array(0),
      earlier: new Int32Array(0),
      middles: new Float64Array(0),
      valid: new Uint8Array(0),
      bytes: [new GrowingBuffer(0), new GrowingBuffer(0), new GrowingBuffer(0)],
    }
    this.#into = new Place(this.#open.running)
    this.#from = new Place(this.#open.running)
    this.#middleAt = new Int32Array(layout.windows.length)
    let words = 0
    layout.windows.forEach((window, i) => {
      const { kept, width } = layout.levels[window.level]
      this.#middleAt[i] = words
      words += MIDDLE_FOLDS + (kept ? width : 0)
    })
    this.#middleWords = words
  }

  /** To be called when a block went out of use: so of one that comes into use nothing is kept. */
  forget(cls: number, block: number): void {
    const kept = this.#kept[cls]
    if (kept !== undefined && block < kept.valid.length) kept.valid[block] = 0
  }

  /** To be called after an entry of the open ring was inserted and the block stayed. */
  inserted(entry: number): void {
    const { cls, block, capacity } = this.#events
    if (capacity < KEPT_CAPACITY) return
    this.#use(cls, block)
    if (this.#open.valid[block] === 0) return
    const time = this.#events.time(entry)
    const { windows, levels } = this.#layout
    const { middles } = this.#open
    let level = -1
    let tile = 0
    for (let i = 0; i < windows.length; i++) {
      if (windows[i].level !== level) {
        level = windows[i].level
        tile = tileOf(time, levels[level].tileMs)
      }
      const at = this.#middleBase + this.#middleAt[i]
      if (middles[at + AFTER] < tile && tile < middles[at + BEFORE])
        middles[at + AFTER] = Number.NaN
    }
    this.#refold(entry)
  }

  /** Whether folds are kept for the open ring; they are then ready for the calls below. */
  ready(): boolean {
    const { cls, block, capacity } = this.#events
    if (capacity < KEPT_CAPACITY) return false
    this.#use(cls, block)
    if (this.#open.valid[block] === 1) return true
    this.#open.valid[block] = 1
    for (let i = 0; i < this.#middleAt.length; i++) {
      this.#open.middles[this.#middleBase + this.#middleAt[i] + AFTER] = Number.NaN
      this.#open.middles[this.#middleBase + this.#middleAt[i] + GUESS] = 0
    }
    this.#refold(0)
    return true
  }

  /** The first entry after the window's left edge. */
  firstEntry(span: Span): number {
    const at = this.#middleBase + this.#middleAt[span.index] + GUESS
    const { middles } = this.#open
    const entry = this.#events.countUntilNear(span.from, this.#events.entryAt(middles[at]))
    middles[at] = this.#events.place(entry)
    return entry
  }

  /** Sets `into` to the folds of the last tile until the window's end; false when there are none. */
  right(span: Span, into: Place): boolean {
    const entry = span.end - 1
    const { level, last } = span
    if (entry >= 0 && this.#events.time(entry) > (last - 1) * level.tileMs) {
      into.state = this.#open.running
      into.at = this.#runningAt(entry) + level.derivedAt
      return true
    }
    const tiles = this.#tiles[span.window.level]
    if (tiles === undefined) return false
    const at = tiles.countUntil(last) - 1
    if (at < 0 || tiles.time(at) !== last) return false
    into.state = tiles.region.f64
    into.at = tiles.at(at) + 1
    return true
  }

  /**
   * Sets `into` to the merged folds of the tiles between; false when they have no events.
   * @param next the first entry after the tile of the window's left edge.
   */
  middle(span: Span, next: number, into: Place): boolean {
    const { middles } = this.#open
    const at = this.#middleBase + this.#middleAt[span.index]
    const continues = middles[at + AFTER] === span.after && middles[at + BEFORE] <= span.last
    if (!continues || middles[at + BEFORE] < span.last) {
      if (continues) this.#extend(span, at, middles[at + BEFORE])
      else this.#begin(span, at, next)
    }
    into.state = middles
    into.at = at + MIDDLE_FOLDS
    return middles[at + PRESENT] === 1
  }

  /** Merges all tiles of a middle. */
  #begin(span: Span, at: number, next: number): void {
    const { middles } = this.#open
    middles[at + PRESENT] = 0
    middles[at + AFTER] = span.after
    middles[at + BEFORE] = span.last
    this.#extendByDropped(span, at, span.after + 1)
    this.#extendByEvents(span, at, next)
  }

  /** Merges the tiles from `first` until the last one into a middle that has those before. */
  #extend(span: Span, at: number, first: number): void {
    this.#open.middles[at + BEFORE] = span.last
    this.#extendByDropped(span, at, first)
    const next = this.#events.countUntilNear((first - 1) * span.level.tileMs, span.end)
    this.#extendByEvents(span, at, next)
  }

  /** Tiles of the events from entry `first` on. */
  #extendByEvents(span: Span, at: number, first: number): void {
    const events = this.#events
    const { earlier, running } = this.#open
    const { levels, derivedWords } = this.#layout
    const { tileMs, derivedAt } = span.level
    const levelAt = this.#entryBase * levels.length + span.window.level
    let entry = span.end - 1
    if (entry >= first && events.time(entry) > (span.last - 1) * tileMs)
      entry -= earlier[levelAt + events.place(entry) * levels.length] + 1
    let ends = 0
    while (entry >= first) {
      if (ends === this.#ends.length) this.#ends = doubled(this.#ends)
      const place = events.place(entry)
      this.#ends[ends++] = (this.#entryBase + place) * derivedWords + derivedAt
      entry -= earlier[levelAt + place * levels.length] + 1
    }
    if (span.level.sums) {
      this.#addSums(span, at, ends)
      return
    }
    this.#from.state = running
    while (ends > 0) {
      this.#from.at = this.#ends[--ends]
      this.#addToMiddle(span, at)
    }
  }

  /** What `#addToMiddle` does for each of the ends, double by double. */
  #addSums(span: Span, at: number, count: number): void {
    if (count === 0) return
    const { middles, running } = this.#open
    const ends = this.#ends
    const present = middles[at + PRESENT] === 1
    for (let w = 0; w < span.level.width; w++) {
      let total = running[ends[count - 1] + w]
      if (present) total = middles[at + MIDDLE_FOLDS + w] + total
      for (let i = count - 2; i >= 0; i--) total += running[ends[i] + w]
      middles[at + MIDDLE_FOLDS + w] = total
    }
    middles[at + PRESENT] = 1
  }

  /** Tiles of which no event is kept. */
  #extendByDropped(span: Span, at: number, first: number): void {
    const tiles = this.#tiles[span.window.level]
    if (tiles === undefined) return
    const events = this.#events
    const ofEvents = events.count === 0 ? Infinity : tileOf(events.time(0), span.level.tileMs)
    const before = Math.min(span.last, ofEvents)
    this.#from.state = tiles.region.f64
    for (
      let i = tiles.countUntilNear(first - 1, 0);
      i < tiles.count && tiles.time(i) < before;
      i++
    ) {
      this.#from.at = tiles.at(i) + 1
      this.#addToMiddle(span, at)
    }
  }

  #addToMiddle(span: Span, at: number): void {
    const { middles } = this.#open
    this.#into.state = middles
    this.#into.at = at + MIDDLE_FOLDS
    if (middles[at + PRESENT] === 1)
      mergeFolds(span.level, span.window.folds, this.#into, this.#from)
    else copyState(span.level.width, this.#into, this.#from)
    middles[at + PRESENT] = 1
  }

  #runningAt(entry: number): number {
    return (this.#entryBase + this.#events.place(entry)) * this.#layout.derivedWords
  }

  #use(cls: number, block: number): void {
    const kept = this.#kept[cls]
    this.#open = kept !== undefined && block < kept.valid.length ? kept : this.#grow(cls, block)
    this.#entryBase = block * this.#events.capacity
    this.#middleBase = block * this.#middleWords
  }

  #grow(cls: number, block: number): Kept {
    const kept = this.#kept[cls]
    const blocks = Math.max(4, 2 ** Math.ceil(Math.log2(block + 1)))
    const entries = blocks * this.#events.capacity
    const bytes = kept?.bytes ?? [new GrowingBuffer(0), new GrowingBuffer(0), new GrowingBuffer(0)]
    const [running, earlier, middles] = bytes
    const sizes = [entries * this.#layout.derivedWords, blocks * this.#middleWords]
    const made: Kept = {
      running: new Float64Array(running.grow(sizes[0] * 8), 0, sizes[0]),
      earlier: new Int32Array(
        earlier.grow(entries * this.#layout.levels.length * 4),
        0,
        entries * this.#layout.levels.length,
      ),
      middles: new Float64Array(middles.grow(sizes[1] * 8), 0, sizes[1]),
      valid: new Uint8Array(blocks),
      bytes,
    }
    if (kept !== undefined) made.valid.set(kept.valid)
    this.#kept[cls] = made
    return made
  }

  /** Makes the running folds of all entries from `first` on. */
  #refold(first: number): void {
    const events = this.#events
    const { levels } = this.#layout
    const { running, earlier } = this.#open
    const into = this.#into
    into.state = running
    for (let entry = first; entry < events.count; entry++) {
      const time = events.time(entry)
      const previous = entry === 0 ? -Infinity : events.time(entry - 1)
      for (let l = 0; l < levels.length; l++) {
        const { folds, width, tileMs, derivedAt, kept } = levels[l]
        if (!kept) continue
        const tile = tileOf(time, tileMs)
        const at = this.#runningAt(entry) + derivedAt
        const earlierAt = (this.#entryBase + events.place(entry)) * levels.length + l
        into.at = at
        if (previous > (tile - 1) * tileMs) {
          const before = this.#runningAt(entry - 1) + derivedAt
          for (let w = 0; w < width; w++) running[at + w] = running[before + w]
          earlier[earlierAt] =
            earlier[(this.#entryBase + events.place(entry - 1)) * levels.length + l] + 1
        } else {
          earlier[earlierAt] = 0
          this.#beginTile(l, tile)
        }
        addEvent(folds, into, events, entry)
      }
    }
  }

  /** What a tile holds before the first kept event. */
  #beginTile(level: number, tile: number): void {
    const { width, empty } = this.#layout.levels[level]
    const tiles = this.#tiles[level]
    if (tiles !== undefined && tiles.count > 0 && tiles.time(tiles.count - 1) === tile) {
      this.#from.state = tiles.region.f64
      this.#from.at = tiles.at(tiles.count - 1) + 1
      copyState(width, this.#into, this.#from)
    } else {
      copyState(width, this.#into, empty)
    }
  }
}

function doubled(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(from.length * 2)
  grown.set(from)
  return grown
}
