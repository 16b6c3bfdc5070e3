// The events of one key: put in where they belong, kept as long as a window may ask for them, then folded into what stays.
// What it does to a key depends on that key's updates alone; reads change nothing.
import type { Column, ColumnKind } from '../../contracts/columns.ts'
import { PRESENT } from '../../contracts/columns.ts'
import { Blocks } from './blocks.ts'
import type { KeyTable } from './key-table.ts'
import type { StateMemory } from './memory.ts'
import { FIRST_ENTRIES, Ring } from './ring.ts'
import type { KeyedRows } from './set-batch.ts'
import type { EntryField, Level, SetLayout } from './set-layout.ts'
import { Texts } from './texts.ts'
import { tileOf } from './tiles.ts'
import { WindowFolds } from './window-folds.ts'
import { WORD_BYTES } from './region.ts'

export class KeyEvents {
  readonly events: Ring
  /** A ring of tiles (tile, folds) a level; undefined where no window reaches behind the kept events. */
  readonly tiles: readonly (Ring | undefined)[]
  readonly texts: Texts
  readonly folds: WindowFolds
  readonly #layout: SetLayout
  readonly #table: KeyTable
  readonly #blocks: Blocks[] = []
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
        f64[at + field.word] = this.#take(field, rows.inputs, row)
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
    for (const { kind, word, lastWord } of this.#layout.fields) {
      if (!isBytes(kind)) continue
      for (let entry = 0; entry < events.count; entry++)
        this.#release(events.region.f64[events.at(entry) + word])
      if (lastWord >= 0) this.#release(records.f64[this.#table.extraWord(slot) + lastWord + 1])
    }
    this.folds.kept.forget(events.cls, events.block)
    events.clear()
    for (const tiles of this.tiles) tiles?.clear()
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
    for (const field of this.#layout.fields) {
      const value = f64[at + field.word]
      if (field.lastWord >= 0 && value === value) this.#keepLast(field, time, value)
      else if (isBytes(field.kind)) this.#release(value)
    }
    for (let l = 0; l < this.tiles.length; l++) {
      const tiles = this.tiles[l]
      if (tiles !== undefined) this.#fadeIntoTile(this.#layout.levels[l], tiles, { at, mergeTime })
    }
  }

  #fadeIntoTile(level: Level, tiles: Ring, event: { at: number; mergeTime: number }): void {
    const events = this.events.region.f64
    const time = events[event.at]
    const tile = tileOf(time, level.tileMs)
    if (tiles.count === 0 || tiles.time(tiles.count - 1) !== tile) {
      const gone = Math.floor((event.mergeTime - this.#slackMs - level.reachMs) / level.tileMs)
      const old = tiles.countUntilNear(gone, 0)
      if (old > 0) tiles.dropFirst(old)
      const at = tiles.insert(tiles.count)
      tiles.region.f64[at] = tile
      for (let w = 0; w < level.width; w++) tiles.region.f64[at + 1 + w] = level.empty.state[w]
    }
    const at = tiles.at(tiles.count - 1)
    for (const { aggregate, word, at: place } of level.folds) {
      const value = events[event.at + word]
      if (value === value) aggregate.add(tiles.region.f64, at + 1 + place, value, time)
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
    if (isBytes(field.kind)) this.#release(records.f64[word + 1])
    records.setF64(word, time)
    records.setF64(word + 1, value)
  }

  /** NaN for a value that is not there. */
  #take(field: EntryField, inputs: readonly Column[] | undefined, row: number): number {
    const column = inputs?.[field.input]
    if (column === undefined || (column.marks !== undefined && column.marks[row] !== PRESENT))
      return Number.NaN
    if (column.kind === 'number' || column.kind === 'boolean') {
      const value = column.values[row]
      // One NaN: its other bit patterns would make equal states differ.
      return value === value ? value : Number.NaN
    }
    if (column.kind !== 'vector')
      return this.texts.put(column.bytes, column.ends[row], column.ends[row + 1])
    const { buffer, byteOffset } = column.values
    const bytes = new Uint8Array(
      buffer,
      byteOffset + column.ends[row] * WORD_BYTES,
      (column.ends[row + 1] - column.ends[row]) * WORD_BYTES,
    )
    return this.texts.put(bytes, 0, bytes.length)
  }

  #release(reference: number): void {
    if (reference === reference) this.texts.release(reference)
  }
}

function isBytes(kind: ColumnKind): boolean {
  return kind !== 'number' && kind !== 'boolean'
}
