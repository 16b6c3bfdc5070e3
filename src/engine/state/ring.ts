// A ring of entries a key, in the order of their first word (a time, or a tile), in a block that grows and shrinks with them.
// `open` a slot, then work with it; entries are counted from the oldest, 0, to `count - 1`.
import { halvesOf, type Blocks } from './blocks.ts'
import type { KeyTable } from './key-table.ts'
import type { Region } from './region.ts'

/** Entries in the smallest block. */
export const FIRST_ENTRIES = 4
/** Words of a key's record that a ring takes: block, 1 + class; place of the oldest entry, count. */
export const RING_WORDS = 2
/** A block of which no more than this part is used gives way to a smaller one, in which at least a quarter is free. */
const SPARSE = 2
/** Steps to go before searching. */
const NEAR = 8

export class Ring {
  readonly stride: number
  readonly #blocks: Blocks
  readonly #table: KeyTable
  readonly #word: number
  /** The region of the open ring's block, and its view; both are replaced by `open`, `insert` and `dropFirst`. */
  region: Region
  f64: Float64Array
  slot = -1
  /** -1 when the key has no block yet. */
  cls = -1
  block = 0
  count = 0
  // Of `capacity` places from `base` on entry i of the open ring has `first + i`, less the capacity behind the last: for loops over many.
  first = 0
  base = 0
  capacity = 0

  /** @param word where its words lie among a key's extra words. @param blocks blocks whose smallest has `FIRST_ENTRIES` times the words of an entry. */
  constructor(table: KeyTable, word: number, blocks: Blocks) {
    this.#table = table
    this.#word = word
    this.#blocks = blocks
    this.stride = blocks.baseWords / FIRST_ENTRIES
    this.region = table.records
    this.f64 = this.region.f64
  }

  open(slot: number): void {
    const { i32 } = this.#table.records
    const at = (this.#table.extraWord(slot) + this.#word) * 2
    this.slot = slot
    this.first = i32[at + 2]
    this.count = i32[at + 3]
    this.#useBlock(i32[at], i32[at + 1] - 1)
  }

  /** Word of an entry in `region`. */
  at(entry: number): number {
    return this.base + this.place(entry) * this.stride
  }

  /** Place of an entry in its block, in entries. */
  place(entry: number): number {
    const place = this.first + entry
    return place < this.capacity ? place : place - this.capacity
  }

  /** The entry at a place; 0 where none is any more: the oldest go first. */
  entryAt(place: number): number {
    const entry = place < this.first ? place - this.first + this.capacity : place - this.first
    return entry <= this.count ? entry : 0
  }

  /** The first word of an entry. */
  time(entry: number): number {
    return this.f64[this.at(entry)]
  }

  /** How many entries have at most this time. Looks from the newest. */
  countUntil(time: number): number {
    return this.countUntilNear(time, this.count)
  }

  /** As `countUntil`, looking first around a guess. */
  countUntilNear(time: number, guess: number): number {
    const { f64, count, stride, base } = this
    const behind = base + this.capacity * stride
    let end = guess < 0 ? 0 : guess > count ? count : guess
    let at = this.at(end)
    let steps = NEAR
    while (end < count && f64[at] <= time) {
      if (--steps === 0) return this.#search(time)
      end++
      at += stride
      if (at === behind) at = base
    }
    if (steps < NEAR) return end
    while (end > 0) {
      at = (at === base ? behind : at) - stride
      if (!(f64[at] > time)) break
      if (--steps === 0) return this.#search(time)
      end--
    }
    return end
  }

  /** The first entry from `entry` on that is later than `time`, at most `end`. Goes entry by entry. */
  entriesUntil(time: number, entry: number, end: number): number {
    const { f64, stride, base } = this
    const behind = base + this.capacity * stride
    let next = entry
    let at = this.at(entry)
    while (next < end && f64[at] <= time) {
      next++
      at += stride
      if (at === behind) at = base
    }
    return next
  }

  /** Makes an entry before `entry`, which is then its number; the later ones move. Its words may hold anything and are touched. */
  insert(entry: number): number {
    if (this.count === this.capacity) this.#move(this.cls + 1)
    this.count++
    for (let i = this.count - 1; i > entry; i--) this.#copy(i - 1, i)
    this.#save()
    const at = this.at(entry)
    this.region.touchWords(at, this.stride)
    return at
  }

  /** Takes away the oldest entries. */
  dropFirst(entries: number): void {
    this.first = this.place(entries)
    this.count -= entries
    let { cls } = this
    while (cls > 0 && this.count * SPARSE <= capacityOf(cls)) cls--
    if (cls < this.cls) this.#move(cls)
    this.#save()
  }

  /** Gives the block back. */
  clear(): void {
    if (this.cls >= 0) this.#blocks.release(this.cls, this.block)
    this.count = 0
    this.first = 0
    this.#useBlock(0, -1)
    this.#saveBlock()
    this.#save()
  }

  #useBlock(block: number, cls: number): void {
    this.block = block
    this.cls = cls
    this.capacity = cls < 0 ? 0 : capacityOf(cls)
    if (cls < 0) return
    this.region = this.#blocks.region(cls)
    this.f64 = this.region.f64
    this.base = block * this.capacity * this.stride
  }

  #move(cls: number): void {
    const { cls: oldClass, block: oldBlock, f64: from, stride } = this
    const behind = this.base + this.capacity * stride
    let source = this.at(0)
    const start = this.base
    this.#useBlock(this.#blocks.take(cls), cls)
    this.first = 0
    for (let i = 0; i < this.count; i++) {
      const at = this.at(i)
      for (let w = 0; w < stride; w++) this.f64[at + w] = from[source + w]
      this.region.touchWords(at, stride)
      source += stride
      if (source === behind) source = start
    }
    if (oldClass >= 0) this.#blocks.release(oldClass, oldBlock)
    this.#saveBlock()
  }

  #copy(from: number, into: number): void {
    const { f64 } = this
    const source = this.at(from)
    const at = this.at(into)
    for (let w = 0; w < this.stride; w++) f64[at + w] = f64[source + w]
    this.region.touchWords(at, this.stride)
  }

  #save(): void {
    const { records } = this.#table
    const word = this.#table.extraWord(this.slot) + this.#word
    const { i32 } = records
    i32[word * 2 + 2] = this.first
    i32[word * 2 + 3] = this.count
    records.touchWords(word + 1, 1)
  }

  #saveBlock(): void {
    const { records } = this.#table
    const word = this.#table.extraWord(this.slot) + this.#word
    records.i32[word * 2] = this.block
    records.i32[word * 2 + 1] = this.cls + 1
    records.touchWords(word, 1)
  }

  #search(time: number): number {
    const { f64 } = this
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (f64[this.at(middle)] <= time) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Entries of a block. */
function capacityOf(cls: number): number {
  return (FIRST_ENTRIES / 2) * halvesOf(cls)
}
