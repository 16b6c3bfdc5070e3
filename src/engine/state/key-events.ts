// The events of one key: put in where they belong, kept as long as a window may ask for them, then folded into what stays.
// What it does to a key depends on that key's updates alone; reads change nothing.
import type { Column } from '../../contracts/columns.ts'
import { PRESENT } from '../../contracts/columns.ts'
import { hash53, hash53OfNumber } from '../../base/hash53.ts'
import { Blocks } from './blocks.ts'
import { holdsBytes } from './entry-fields.ts'
import type { KeyTable } from './key-table.ts'
import type { StateMemory } from './memory.ts'
import { FIRST_ENTRIES, Ring } from './ring.ts'
import type { KeyedRows } from './set-batch.ts'
import type { EntryField, SetLayout } from './set-shape.ts'
import { Texts } from './texts.ts'
import { tileOf } from './tiles.ts'
import { WindowFolds } from './window-folds.ts'
import { WORD_BYTES } from './region.ts'
import { TileTexts } from './tile-texts.ts'

export class KeyEvents {
  readonly events: Ring
  /** A ring of tiles (tile, folds) a level; undefined where no window reaches behind the kept events. */
  readonly tiles: readonly (Ring | undefined)[]
  readonly texts: Texts
  readonly folds: WindowFolds
  readonly #layout: SetLayout
  readonly #table: KeyTable
  readonly #blocks: Blocks[] = []
  /** Of each level whose tiles hold references to texts. */
  readonly #tileTexts: readonly (TileTexts | undefined)[]
  readonly #slackMs: number

  constructor(
    memory: StateMemory,
    parts: { name: string; layout: SetLayout; table: KeyTable; slackMs: number },
  ) {
    const { name, layout, table } = parts
    this.#layout = layout
    this.#table = table
    this.#slackMs = parts.slackMs
    this.texts = new Texts(memory, name)
    const ring = (word: number, of: string, stride: number): Ring => {
      const blocks = new Blocks(memory, `${name}/${of}`, FIRST_ENTRIES * stride)
      this.#blocks.push(blocks)
      return new Ring(table, word, blocks)
    }
    this.events = ring(0, 'events', layout.entryWords)
    this.tiles = layout.levels.map((level, i) =>
      level.tilesWord < 0 ? undefined : ring(level.tilesWord, `tiles-${i}`, 1 + level.width),
    )
    this.#tileTexts = layout.levels.map(({ folds }) =>
      folds.some(({ bytes }) => bytes) ? new TileTexts(this.texts, folds) : undefined,
    )
    this.folds = new WindowFolds(layout, this.events, this.tiles)
  }

  get usedBytes(): number {
    return this.#blocks.reduce((bytes, blocks) => bytes + blocks.usedBytes, this.texts.usedBytes)
  }

  /** Time of the newest event that is kept of the open key; -Infinity where none is. */
  get newest(): number {
    const { count } = this.events
    return count === 0 ? -Infinity : this.events.time(count - 1)
  }

  open(slot: number): void {
    this.events.open(slot)
    for (const tiles of this.tiles) tiles?.open(slot)
  }

  /** Prepares a new key. */
  begin(slot: number): void {
    const { records } = this.#table
    const word = this.#table.extraWord(slot)
    if (this.#layout.sinceWord >= 0) records.f64[word + this.#layout.sinceWord] = Number.NaN
    for (const { lastWord } of this.#layout.fields)
      if (lastWord >= 0) records.f64[word + lastWord + 1] = Number.NaN
  }

  /** Adds a row to the open key; returns its entry, -1 when it is later than the slack and too old for every window: it counts nowhere. */
  add(rows: KeyedRows, row: number): number {
    const { events } = this
    const { cls, block } = events
    const time = rows.times[row]
    const horizon = rows.mergeTimes[row] - this.#layout.retainMs
    this.#dropUntil(horizon, rows.mergeTimes[row])
    let entry = -1
    if (time > horizon || time >= rows.mergeTimes[row] - this.#slackMs) {
      entry = events.countUntil(time)
      const at = events.insert(entry)
      const { f64 } = events.region
      f64[at] = time
      for (const field of this.#layout.fields)
        if (field.words > 1) takeItems(field, rows.inputs?.[field.input], { row, into: f64, at })
        else f64[at + field.word] = this.#take(field, rows.inputs?.[field.input], row)
    }
    if (events.cls !== cls || events.block !== block) {
      this.folds.kept.forget(cls, block)
    } else if (entry >= 0) {
      this.folds.kept.inserted(entry)
    }
    return entry
  }

  /** Gives back all that a key holds. */
  remove(slot: number): void {
    this.open(slot)
    const { events } = this
    const { records } = this.#table
    for (const field of this.#layout.fields) {
      if (!holdsBytes(field)) continue
      const { word, lastWord } = field
      for (let entry = 0; entry < events.count; entry++)
        this.#release(events.region.f64[events.at(entry) + word])
      if (lastWord >= 0) this.#release(records.f64[this.#table.extraWord(slot) + lastWord + 1])
    }
    this.tiles.forEach((tiles, i) => {
      if (tiles !== undefined) this.#tileTexts[i]?.released(tiles, tiles.count)
    })
    this.folds.kept.forget(events.cls, events.block)
    events.clear()
    for (const tiles of this.tiles) tiles?.clear()
  }

  /** Takes over all that another set has of a key. @param slot of a key that is new here. */
  takeKey(slot: number, from: KeyEvents, fromSlot: number): void {
    this.open(slot)
    from.open(fromSlot)
    const moved = (reference: number): number => {
      if (reference !== reference) return reference
      from.texts.open(reference)
      return this.texts.put(from.texts.bytes, from.texts.start, from.texts.end)
    }
    const texts = this.#layout.fields.filter(holdsBytes)
    takeEntries(this.events, from.events, (at) => {
      const { f64 } = this.events.region
      for (const { word } of texts) f64[at + word] = moved(f64[at + word])
    })
    this.tiles.forEach((tiles, i) => {
      const own = from.tiles[i]
      if (tiles === undefined || own === undefined) return
      takeEntries(tiles, own, (at) => {
        for (const { aggregate, at: place, bytes } of this.#layout.levels[i].folds)
          if (bytes) aggregate.refer?.(tiles.region.f64, at + 1 + place, moved)
      })
    })
    this.#takeWords(slot, from, { fromSlot, moved })
  }

  #takeWords(
    slot: number,
    from: KeyEvents,
    of: { fromSlot: number; moved: (reference: number) => number },
  ): void {
    const { sinceWord, fields } = this.#layout
    const { records } = this.#table
    const into = this.#table.extraWord(slot)
    const at = from.#table.extraWord(of.fromSlot)
    const { f64 } = from.#table.records
    if (sinceWord >= 0) records.setF64(into + sinceWord, f64[at + sinceWord])
    for (const field of fields) {
      const { lastWord } = field
      if (lastWord < 0) continue
      const value = f64[at + lastWord + 1]
      records.setF64(into + lastWord, f64[at + lastWord])
      records.setF64(into + lastWord + 1, holdsBytes(field) ? of.moved(value) : value)
    }
  }

  #dropUntil(horizon: number, mergeTime: number): void {
    const { events } = this
    let dropped = 0
    while (dropped < events.count && events.time(dropped) <= horizon)
      this.#fade(events.at(dropped++), mergeTime)
    if (dropped > 0) events.dropFirst(dropped)
  }

  /** What stays of an event that is dropped: it is later than all that were dropped before. */
  #fade(at: number, mergeTime: number): void {
    const { f64 } = this.events.region
    const time = f64[at]
    if (this.#layout.sinceWord >= 0) this.#keepSince(time)
    for (let l = 0; l < this.tiles.length; l++) {
      const tiles = this.tiles[l]
      if (tiles !== undefined) this.#fadeIntoTile(l, tiles, { at, mergeTime })
    }
    for (const field of this.#layout.fields) {
      const value = f64[at + field.word]
      if (field.lastWord >= 0 && value === value) this.#keepLast(field, time, value)
      else if (holdsBytes(field)) this.#release(value)
    }
  }

  #fadeIntoTile(l: number, tiles: Ring, event: { at: number; mergeTime: number }): void {
    const level = this.#layout.levels[l]
    const texts = this.#tileTexts[l]
    const events = this.events.region.f64
    const time = events[event.at]
    const tile = tileOf(time, level.tileMs)
    if (tiles.count === 0 || tiles.time(tiles.count - 1) !== tile) {
      const gone = Math.floor((event.mergeTime - this.#slackMs - level.reachMs) / level.tileMs)
      const old = tiles.countUntilNear(gone, 0)
      if (old > 0) {
        texts?.released(tiles, old)
        tiles.dropFirst(old)
      }
      const at = tiles.insert(tiles.count)
      tiles.region.f64[at] = tile
      for (let w = 0; w < level.width; w++) tiles.region.f64[at + 1 + w] = level.empty.state[w]
    }
    const at = tiles.at(tiles.count - 1)
    const { f64 } = tiles.region
    for (const fold of level.folds) {
      const value = events[event.at + fold.word]
      if (value !== value) continue
      texts?.before(fold, f64, at + 1)
      fold.aggregate.add(f64, at + 1 + fold.at, value, time)
      texts?.after(fold, f64, at + 1)
    }
    tiles.region.touchWords(at, tiles.stride)
  }

  #keepSince(time: number): void {
    this.#table.records.setF64(
      this.#table.extraWord(this.events.slot) + this.#layout.sinceWord,
      time,
    )
  }

  #keepLast(field: EntryField, time: number, value: number): void {
    const { records } = this.#table
    const word = this.#table.extraWord(this.events.slot) + field.lastWord
    if (holdsBytes(field)) this.#release(records.f64[word + 1])
    records.setF64(word, time)
    records.setF64(word + 1, value)
  }

  /** NaN for a value that is not there. */
  #take(field: EntryField, column: Column | undefined, row: number): number {
    if (column === undefined || (column.marks !== undefined && column.marks[row] !== PRESENT))
      return Number.NaN
    if (column.kind === 'number' || column.kind === 'boolean') {
      const value = column.values[row]
      // One NaN: its other bit patterns would make equal states differ.
      if (value !== value) return Number.NaN
      return field.as === 'hash' ? hashOf(value) : value
    }
    if (column.kind !== 'vector') {
      const { bytes, ends } = column
      return field.as === 'hash'
        ? hash53(bytes, ends[row], ends[row + 1])
        : this.texts.put(bytes, ends[row], ends[row + 1])
    }
    const { buffer, byteOffset } = column.values
    const bytes = new Uint8Array(
      buffer,
      byteOffset + column.ends[row] * WORD_BYTES,
      (column.ends[row + 1] - column.ends[row]) * WORD_BYTES,
    )
    return field.as === 'hash' ? hash53(bytes) : this.texts.put(bytes, 0, bytes.length)
  }

  #release(reference: number): void {
    if (reference === reference) this.texts.release(reference)
  }
}

/** Copies the entries of an open ring into another, which is empty. @param each called with where each stands then. */
function takeEntries(into: Ring, from: Ring, each: (at: number) => void): void {
  for (let entry = 0; entry < from.count; entry++) {
    const at = into.insert(entry)
    const source = from.at(entry)
    for (let w = 0; w < from.stride; w++) into.region.f64[at + w] = from.region.f64[source + w]
    each(at)
  }
}

/** The values of a vector, one a word; NaN in all of them where there is none. */
function takeItems(
  { word, words }: EntryField,
  column: Column | undefined,
  { row, into, at }: { row: number; into: Float64Array; at: number },
): void {
  const there =
    column?.kind === 'vector' &&
    (column.marks === undefined || column.marks[row] === PRESENT) &&
    column.ends[row + 1] - column.ends[row] === words
  for (let i = 0; i < words; i++)
    into[at + word + i] = there ? column.values[column.ends[row] + i] : Number.NaN
}

const NUMBER = new Float64Array(1)
const HALVES = new Uint32Array(NUMBER.buffer)

function hashOf(value: number): number {
  // -0 + 0 is 0.
  NUMBER[0] = value + 0
  return hash53OfNumber(HALVES[0], HALVES[1])
}
