// The newest rows that wait, in the task's memory: written one after the other, so that a commit's delta is what came with it.
// A row that changes is written again, and the new one counts. Where rows lie by id and by due time is derived.
import { murmur2 } from '../../base/murmur2.ts'
import { KeyIndex } from '../state/key-index.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { DueHeap } from './due-heap.ts'
import {
  isGone,
  markGone,
  RowCodec,
  rowBytesMax,
  statusAt,
  WaitingRow,
  type RowBase,
} from './row.ts'

/** Words of the head region. */
const USED = 0 // bytes that rows take
const ADDED = 1 // rows written since the last `keep`
const BASE_DUE = 2
const BASE_ORDER = 3
const BASE_SPAN = 4
const BASE_VERSION = 5
const HEAD_WORDS = 6

const FIRST_BYTES = 1 << 12
/** Ids of one task have Kafka hashes that are alike; this one is not. */
const ID_SEED = 0x3c6ef372

/** The hash by which an id is found, here and in runs. */
export function idHash(bytes: Uint8Array, start: number, end: number): number {
  return murmur2(bytes, start, end, ID_SEED)
}

/** A slot is the place of a row in the order of writing. Slots hold until `keep`. */
export class NewestRows {
  readonly #head: Region
  readonly #rows: Region
  readonly #span: number
  readonly #row = new WaitingRow()
  readonly #found = new WaitingRow()
  #index = new KeyIndex()
  readonly #due = new DueHeap()
  #codec: RowCodec
  /** Per slot: where its row begins; whether it counts. */
  #places = new Uint32Array(64)
  #live = new Uint8Array(64)
  #slots = 0

  /** @param span ms from a prediction to its expiry: what times are written relative to. */
  constructor(memory: StateMemory, name: string, span: number) {
    this.#span = span
    this.#head = memory.region(`${name}/newest/head`, HEAD_WORDS * 8)
    this.#rows = memory.region(`${name}/newest/rows`, FIRST_BYTES)
    this.#codec = new RowCodec(this.base)
    this.#derive()
  }

  /** Rows written since the last `keep`. */
  get added(): number {
    return this.#head.f64[ADDED]
  }

  get base(): RowBase {
    const { f64 } = this.#head
    return {
      due: f64[BASE_DUE],
      order: f64[BASE_ORDER],
      span: f64[BASE_SPAN],
      version: f64[BASE_VERSION],
    }
  }

  /** Bytes of the rows, the ones that count no more included. */
  get usedBytes(): number {
    return this.#head.f64[USED]
  }

  /** The slot of an id, -1 when it is not here. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    let slot = this.#index.first(hash)
    while (slot >= 0 && !this.#isOf(slot, bytes, start, end)) slot = this.#index.next()
    return slot
  }

  /** Fills a row; its id is a view that holds until the next `put`. */
  read(slot: number, into: WaitingRow): void {
    this.#codec.read(into, this.#rows.u8, this.#places[slot])
  }

  /** As `read`, but only id, status and due time. */
  readDue(slot: number, into: WaitingRow): void {
    this.#codec.readDue(into, this.#rows.u8, this.#places[slot])
  }

  /** Where the rows lie, one after the other; replaced by `put`. */
  get bytes(): Uint8Array {
    return this.#rows.u8
  }

  /** Where a row begins in `bytes`. */
  startOf(slot: number): number {
    return this.#places[slot]
  }

  endOf(slot: number): number {
    return slot + 1 < this.#slots ? this.#places[slot + 1] : this.usedBytes
  }

  /** Slots of the rows that count, in the order of writing. */
  slots(): number[] {
    const slots: number[] = []
    for (let slot = 0; slot < this.#slots; slot++) if (this.#live[slot] === 1) slots.push(slot)
    return slots
  }

  statusOf(slot: number): number {
    return statusAt(this.#rows.u8, this.#places[slot])
  }

  /** Keeps a row. @param before the slot that it takes the place of, -1 for none. */
  put(row: WaitingRow, hash: number, before: number): void {
    if (this.#slots === 0) this.#setBase(row)
    this.#write(row)
    if (before >= 0) this.#forget(before, hash)
    this.#add(hash, row)
    this.#head.setF64(ADDED, this.added + 1)
  }

  /** Due time and order of what expires next. */
  get nextDue(): number {
    return this.#due.due
  }

  get nextOrder(): number {
    return this.#due.order
  }

  /** Takes the row away that is due next, and fills `into` with it; its id is a view that holds until the next `put`. */
  takeNext(into: WaitingRow): void {
    const slot = this.#due.item
    this.read(slot, into)
    const place = this.#places[slot]
    markGone(this.#rows.u8, place)
    this.#rows.touch(place, 1)
    this.#forget(slot, idHash(into.bytes, into.start, into.end))
  }

  /** Lets go of all rows but these, which move to the beginning. */
  keep(slots: readonly number[]): void {
    const all = this.#rows.u8.slice(0, this.usedBytes)
    const codec = this.#codec
    const places = slots.map((slot) => this.#places[slot])
    this.#index = new KeyIndex()
    this.#due.clear()
    this.#slots = 0
    this.#head.setF64(USED, 0)
    for (const place of places) {
      codec.read(this.#row, all, place)
      const { bytes, start, end } = this.#row
      this.put(this.#row, idHash(bytes, start, end), -1)
    }
    this.#head.setF64(ADDED, 0)
  }

  #setBase({ due, order, version }: WaitingRow): void {
    this.#head.setF64(BASE_DUE, due)
    this.#head.setF64(BASE_ORDER, order)
    this.#head.setF64(BASE_SPAN, this.#span)
    // A label that came first has none.
    if (!Number.isNaN(version)) this.#head.setF64(BASE_VERSION, version)
    this.#codec = new RowCodec(this.base)
  }

  #write(row: WaitingRow): void {
    const used = this.usedBytes
    this.#rows.grow(used + rowBytesMax(row.end - row.start))
    const end = this.#codec.write(row, this.#rows.u8, used)
    this.#rows.touch(used, end - used)
    this.#head.setF64(USED, end)
    this.#place(used)
  }

  #place(at: number): void {
    if (this.#slots === this.#places.length) {
      const places = new Uint32Array(this.#slots * 2)
      places.set(this.#places)
      this.#places = places
      const live = new Uint8Array(this.#slots * 2)
      live.set(this.#live)
      this.#live = live
    }
    this.#places[this.#slots] = at
    this.#live[this.#slots++] = 0
  }

  #add(hash: number, row: WaitingRow): void {
    const slot = this.#slots - 1
    this.#live[slot] = 1
    this.#index.add(hash, slot)
    this.#due.push(slot, row.due, row.order)
  }

  #forget(slot: number, hash: number): void {
    this.#live[slot] = 0
    this.#index.remove(hash, slot)
    while (this.#due.count > 0 && this.#live[this.#due.item] === 0) this.#due.pop()
  }

  /** What is derived, from the bytes: of an id that was written several times, the last row counts. */
  #derive(): void {
    const row = this.#row
    for (let at = 0; at < this.usedBytes;) {
      const gone = isGone(this.#rows.u8, at)
      const end = this.#codec.read(row, this.#rows.u8, at)
      const hash = idHash(row.bytes, row.start, row.end)
      const before = this.find(row.bytes, row.start, row.end, hash)
      if (before >= 0) this.#forget(before, hash)
      this.#place(at)
      if (!gone) this.#add(hash, row)
      at = end
    }
  }

  #isOf(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#codec.readId(this.#found, this.#rows.u8, this.#places[slot])
    return this.#found.hasId(bytes, start, end)
  }
}
