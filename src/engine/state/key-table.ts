// The keys of a feature set: a slot a key, found by the key's bytes; one record a slot, with room for what the set keeps.
// Slots are taken again; with `ordered` the keys stand in the order of their last update, so that the oldest is at hand.
import { Blocks } from './blocks.ts'
import { KeyIndex } from './key-index.ts'
import type { StateMemory } from './memory.ts'
import { WORD_BYTES, type Region } from './region.ts'

/** Words of a record before the extra ones: last update; hash and key length; key (or its block); neighbours in order. */
const OWN_WORDS = 5
const INLINE_BYTES = 16
const FREE = -1

// Places of i32 within a record.
const HASH = 2
const LENGTH = 3
const KEY = 4
const OLDER = 8
const NEWER = 9

// Places of i32 in the head region; slots are kept as 1 + slot, 0 for none.
const SLOTS = 0
const FREE_HEAD = 1
const COUNT = 2
const OLDEST = 3
const NEWEST = 4

export class KeyTable {
  /** Records; replaced views after `upsert`. */
  readonly records: Region
  readonly #head: Region
  readonly #long: Blocks
  readonly #index: KeyIndex
  readonly #stride: number
  readonly #ordered: boolean
  /** Whether the last `upsert` made the key. */
  added = false

  /** @param extraWords words a key beside what the table needs. */
  constructor(
    memory: StateMemory,
    name: string,
    options: { readonly extraWords: number; readonly ordered: boolean },
  ) {
    this.#stride = OWN_WORDS + options.extraWords
    this.#ordered = options.ordered
    this.#head = memory.region(`${name}/head`, WORD_BYTES * 3)
    this.records = memory.region(`${name}/keys`, this.#stride * WORD_BYTES * 16)
    this.#long = new Blocks(memory, `${name}/long-keys`, 4)
    const { i32 } = this.records
    const slots = this.#head.i32[SLOTS]
    this.#index = KeyIndex.of((take) => {
      for (let slot = 0, at = 0; slot < slots; slot++, at += this.#stride * 2)
        if (i32[at + LENGTH] !== FREE) take(i32[at + HASH], slot)
    })
  }

  get count(): number {
    return this.#head.i32[COUNT]
  }

  /** Bytes that the keys and their records take. */
  get usedBytes(): number {
    return this.count * this.#stride * WORD_BYTES + this.#long.usedBytes
  }

  /** Word of the first extra word of a slot's record. */
  extraWord(slot: number): number {
    return slot * this.#stride + OWN_WORDS
  }

  /** The slot of a key, -1 when it is not there. */
  find(keys: Uint8Array, start: number, end: number, hash: number): number {
    let slot = this.#index.first(hash)
    while (slot >= 0 && !this.#isKey(slot, keys, start, end)) slot = this.#index.next()
    return slot
  }

  /** As `find`, and makes the key when it is not there: its extra words are then 0. */
  upsert(keys: Uint8Array, start: number, end: number, hash: number): number {
    const found = this.find(keys, start, end, hash)
    this.added = found < 0
    if (found >= 0) return found
    const slot = this.#takeSlot()
    const { records } = this
    const at = slot * this.#stride * 2
    records.f64.fill(0, slot * this.#stride, (slot + 1) * this.#stride)
    records.i32[at + HASH] = hash
    records.i32[at + LENGTH] = end - start
    if (end - start <= INLINE_BYTES) {
      for (let i = start, to = (at + KEY) * 4; i < end; i++, to++) records.u8[to] = keys[i]
    } else {
      const cls = this.#long.classFor((end - start) / WORD_BYTES)
      const block = this.#long.take(cls)
      records.i32[at + KEY] = block
      const offset = block * this.#long.words(cls) * WORD_BYTES
      this.#long.region(cls).u8.set(keys.subarray(start, end), offset)
      this.#long.region(cls).touch(offset, end - start)
    }
    records.touchWords(slot * this.#stride, this.#stride)
    this.#head.setI32(COUNT, this.count + 1)
    this.#index.add(hash, slot)
    if (this.#ordered) this.#append(slot)
    return slot
  }

  /** Notes an update of the key; `time` never goes back. Without effect when the table is not ordered. */
  refresh(slot: number, time: number): void {
    if (!this.#ordered) return
    this.records.setF64(slot * this.#stride, time)
    if (this.#head.i32[NEWEST] === slot + 1) return
    this.#unlink(slot)
    this.#append(slot)
  }

  /** The key updated longest ago, -1 when there is none or the table is not ordered. */
  oldest(): number {
    return this.#head.i32[OLDEST] - 1
  }

  /** Time of the last `refresh`. */
  lastTime(slot: number): number {
    return this.records.f64[slot * this.#stride]
  }

  /**
   * Takes over keys of tables of the same kind, in the order in which they were updated; this one is empty.
   * @param belongs whether a key of that hash does. @returns for each key its slot here, and which table had it in which slot.
   */
  *takeKeys(
    tables: readonly KeyTable[],
    belongs: (hash: number) => boolean,
  ): Generator<{ readonly own: number; readonly table: number; readonly slot: number }> {
    const keys = tables.flatMap((from, table) =>
      from
        .slots()
        .filter((slot) => belongs(from.hashOf(slot)))
        .map((slot) => ({ table, slot, time: this.#ordered ? from.lastTime(slot) : 0 })),
    )
    // Each table has its own in that order; of equal times, one table's come before another's.
    keys.sort((a, b) => a.time - b.time)
    for (const { table, slot, time } of keys) {
      const from = tables[table]
      const key = from.keyOf(slot)
      const own = this.upsert(key, 0, key.length, from.hashOf(slot))
      this.refresh(own, time)
      yield { own, table, slot }
    }
  }

  /** Slots of all keys: the one updated longest ago first where the table is ordered, else in the order of their slots. */
  slots(): number[] {
    const { i32 } = this.records
    const slots: number[] = []
    if (this.#ordered)
      for (let slot = this.oldest(); slot >= 0;) {
        slots.push(slot)
        slot = i32[slot * this.#stride * 2 + NEWER] - 1
      }
    else
      for (let slot = 0; slot < this.#head.i32[SLOTS]; slot++)
        if (i32[slot * this.#stride * 2 + LENGTH] !== FREE) slots.push(slot)
    return slots
  }

  hashOf(slot: number): number {
    return this.records.i32[slot * this.#stride * 2 + HASH]
  }

  /** A copy of a slot's key. */
  keyOf(slot: number): Uint8Array {
    const { i32, u8 } = this.records
    const at = slot * this.#stride * 2
    const length = i32[at + LENGTH]
    if (length <= INLINE_BYTES) return u8.slice((at + KEY) * 4, (at + KEY) * 4 + length)
    const cls = this.#long.classFor(length / WORD_BYTES)
    const offset = i32[at + KEY] * this.#long.words(cls) * WORD_BYTES
    return this.#long.region(cls).u8.slice(offset, offset + length)
  }

  remove(slot: number): void {
    const { records } = this
    const at = slot * this.#stride * 2
    const length = records.i32[at + LENGTH]
    if (length > INLINE_BYTES)
      this.#long.release(this.#long.classFor(length / WORD_BYTES), records.i32[at + KEY])
    this.#index.remove(records.i32[at + HASH], slot)
    if (this.#ordered) this.#unlink(slot)
    records.setI32(at + LENGTH, FREE)
    records.setI32(at + NEWER, this.#head.i32[FREE_HEAD])
    this.#head.setI32(FREE_HEAD, slot + 1)
    this.#head.setI32(COUNT, this.count - 1)
  }

  #takeSlot(): number {
    const head = this.#head
    const free = head.i32[FREE_HEAD] - 1
    if (free >= 0) {
      head.setI32(FREE_HEAD, this.records.i32[free * this.#stride * 2 + NEWER])
      return free
    }
    const slot = head.i32[SLOTS]
    head.setI32(SLOTS, slot + 1)
    this.records.grow((slot + 1) * this.#stride * WORD_BYTES)
    return slot
  }

  #isKey(slot: number, keys: Uint8Array, start: number, end: number): boolean {
    const { i32, u8 } = this.records
    const at = slot * this.#stride * 2
    const length = end - start
    if (i32[at + LENGTH] !== length) return false
    if (length <= INLINE_BYTES) return equalBytes(u8, (at + KEY) * 4, keys, start, length)
    const cls = this.#long.classFor(length / WORD_BYTES)
    const offset = i32[at + KEY] * this.#long.words(cls) * WORD_BYTES
    return equalBytes(this.#long.region(cls).u8, offset, keys, start, length)
  }

  #append(slot: number): void {
    const { records } = this
    const at = slot * this.#stride * 2
    const newest = this.#head.i32[NEWEST]
    records.setI32(at + OLDER, newest)
    records.setI32(at + NEWER, 0)
    if (newest === 0) this.#head.setI32(OLDEST, slot + 1)
    else records.setI32((newest - 1) * this.#stride * 2 + NEWER, slot + 1)
    this.#head.setI32(NEWEST, slot + 1)
  }

  #unlink(slot: number): void {
    const { records } = this
    const at = slot * this.#stride * 2
    const older = records.i32[at + OLDER]
    const newer = records.i32[at + NEWER]
    if (older === 0) this.#head.setI32(OLDEST, newer)
    else records.setI32((older - 1) * this.#stride * 2 + NEWER, newer)
    if (newer === 0) this.#head.setI32(NEWEST, older)
    else records.setI32((newer - 1) * this.#stride * 2 + OLDER, older)
  }
}

function equalBytes(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false
  return true
}
