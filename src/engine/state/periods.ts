// Which keys of a set had events in which periods, and which of them have a row to come: durable, a function of the merged order.
//
// Period k of length p is (k p - p, k p]; an event is in the period of its event time. What changed comes due at the end of the
// period of its merge time, the boundary: of an event in order that is the end of its own period, of a late one that of the period
// in which it came. Merge times never go back, so that one boundary waits at a time; it is passed before any greater merge time.
import { KeyTable } from './key-table.ts'
import type { StateMemory } from './memory.ts'
import { WORD_BYTES, type Region } from './region.ts'
import type { KeyedRows } from './set-batch.ts'
import { tileOf } from './tiles.ts'

/** A row to be given: of a key, for the period that ends at `to`. */
export interface PeriodEntry {
  readonly key: Uint8Array
  /** ms; included in the period. */
  readonly to: number
  /** How many rows were given for this key and period before. */
  readonly revision: number
}

// Words of the head region. Slots are kept as 1 + slot, 0 for none.
const BOUNDARY = 0
const FIRST = 1
const LAST = 2

// Extra words of an entry: the period's end, rows given so far, the boundary it waits for (0: none), and the next that waits.
const WORDS = 4
const TO = 0
const GIVEN = 1
const WAITS = 2
const NEXT = 3

/** The last boundary that came to wait for a topic of `every`; -Infinity where none ever did. */
export function lastBoundary(memory: StateMemory, topic: string): number {
  const name = `every/${topic}/periods`
  const boundary = memory.has(name) ? memory.region(name, 0).f64[BOUNDARY] : 0
  return boundary === 0 ? -Infinity : boundary
}

export class Periods {
  readonly periodMs: number
  readonly #slackMs: number
  readonly #head: Region
  /** Found by the period's end and the key. In the order of the boundaries they waited for, so that the oldest can be let go. */
  readonly #entries: KeyTable
  /** The period's end, then the key: what an entry is found by. */
  #id = new Uint8Array(64)
  #idEnd = new Float64Array(this.#id.buffer)

  /** @param slackMs how far an event's time may lie behind its merge time. */
  constructor(
    memory: StateMemory,
    name: string,
    { periodMs, slackMs }: { periodMs: number; slackMs: number },
  ) {
    this.periodMs = periodMs
    this.#slackMs = slackMs
    this.#head = memory.region(`${name}/periods`, WORD_BYTES * 3)
    this.#entries = new KeyTable(memory, `${name}/entries`, { extraWords: WORDS, ordered: true })
  }

  /** The boundary that waits; Infinity for none. */
  get boundary(): number {
    return this.#head.f64[FIRST] === 0 ? Infinity : this.#head.f64[BOUNDARY]
  }

  /** Notes an event of a key. The boundary before its merge time has been passed. */
  note(rows: KeyedRows, row: number): void {
    const { periodMs } = this
    const entries = this.#entries
    const hash = rows.hashes[row]
    const boundary = tileOf(rows.mergeTimes[row], periodMs) * periodMs
    const to = tileOf(rows.times[row], periodMs) * periodMs
    const length = this.#putKey(rows, row)
    this.#idEnd[0] = to
    const slot = entries.upsert(this.#id, 0, length, hash)
    if (entries.added) entries.records.setF64(entries.extraWord(slot) + TO, to)
    this.#wait(slot, boundary)
    // A late event also changes what later periods of its key said: their windows reach back to it.
    for (let later = to + periodMs; later < boundary; later += periodMs) {
      this.#idEnd[0] = later
      const told = entries.find(this.#id, 0, length, hash)
      if (told >= 0) this.#wait(told, boundary)
    }
  }

  /**
   * Passes the boundary: what waited is given, periods in order, within one as they came to wait.
   * @param byData whether data passed it; where a tick did, events of any merge time may still come.
   */
  pass(byData: boolean): PeriodEntry[] {
    const { f64 } = this.#head
    const boundary = f64[BOUNDARY]
    const given: PeriodEntry[] = []
    for (let slot = f64[FIRST] - 1; slot >= 0;) {
      const word = this.#entries.extraWord(slot)
      const { records } = this.#entries
      const revision = records.f64[word + GIVEN]
      const key = this.#entries.keyOf(slot).subarray(WORD_BYTES)
      given.push({ key, to: records.f64[word + TO], revision })
      const next = records.f64[word + NEXT] - 1
      records.setF64(word + GIVEN, revision + 1)
      records.setF64(word + WAITS, 0)
      records.setF64(word + NEXT, 0)
      slot = next
    }
    this.#head.setF64(FIRST, 0)
    this.#head.setF64(LAST, 0)
    if (byData) this.#forget(boundary)
    return given.sort((a, b) => a.to - b.to)
  }

  /**
   * Takes over what others have of keys; this one is empty, and all that wait do so for the same boundary.
   * @param belongs whether a key of that hash does.
   */
  take(others: readonly Periods[], belongs: (hash: number) => boolean): void {
    const tables = others.map((other) => other.#entries)
    for (const { own, table, slot } of this.#entries.takeKeys(tables, belongs)) {
      const { f64 } = tables[table].records
      const word = tables[table].extraWord(slot)
      const { records } = this.#entries
      const at = this.#entries.extraWord(own)
      records.setF64(at + TO, f64[word + TO])
      records.setF64(at + GIVEN, f64[word + GIVEN])
      if (f64[word + WAITS] === 1) this.#wait(own, others[table].#head.f64[BOUNDARY])
    }
    if (this.#head.f64[BOUNDARY] === 0)
      this.#head.setF64(BOUNDARY, Math.max(0, ...others.map((other) => other.#head.f64[BOUNDARY])))
  }

  /** Puts the key of a row behind the period's end; gives the length of both. */
  #putKey({ keys, keyEnds }: KeyedRows, row: number): number {
    const start = keyEnds[row]
    const end = keyEnds[row + 1]
    const length = WORD_BYTES + end - start
    if (this.#id.length < length) {
      this.#id = new Uint8Array(Math.ceil(length / WORD_BYTES) * WORD_BYTES * 2)
      this.#idEnd = new Float64Array(this.#id.buffer, 0, 1)
    }
    for (let i = start, at = WORD_BYTES; i < end; i++, at++) this.#id[at] = keys[i]
    return length
  }

  /** Puts an entry at the end of what waits for the boundary, once. */
  #wait(slot: number, boundary: number): void {
    const { records } = this.#entries
    const word = this.#entries.extraWord(slot)
    if (records.f64[word + WAITS] === 1) return
    records.setF64(word + WAITS, 1)
    const last = this.#head.f64[LAST] - 1
    if (last >= 0) records.setF64(this.#entries.extraWord(last) + NEXT, slot + 1)
    else {
      this.#head.setF64(FIRST, slot + 1)
      this.#head.setF64(BOUNDARY, boundary)
    }
    this.#head.setF64(LAST, slot + 1)
    this.#entries.refresh(slot, boundary)
  }

  /** No event to come has a merge time up to the boundary, so that none lies in a period that ended longer before it than the slack. */
  #forget(boundary: number): void {
    const entries = this.#entries
    for (
      let slot = entries.oldest();
      slot >= 0 && entries.lastTime(slot) + this.#slackMs < boundary;
      slot = entries.oldest()
    )
      entries.remove(slot)
  }
}
