// Predictions that wait for their label, and labels that came first, by id (ENGINE 9). The newest are in the task's memory; when
// there are enough they are sealed into a run of the log, of which memory keeps 2 to 3 bytes a row. What an id stands at is in
// exactly one place: a row of a run that changes goes back to the newest, and leaves one bit where it was.
import { assert } from '../../base/assert.ts'
import type { Append, Log } from '../../contracts/log.ts'
import { blockRecord } from '../exchange/router.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { idHash, NewestRows } from './newest-rows.ts'
import { EARLY, JOINED, NOWHERE, WaitingRow } from './row.ts'
import { RunDirectory } from './run-directory.ts'
import { encodeRun, type SortedRows } from './run-format.ts'
import { RunReader } from './run-reader.ts'
import { NOT_LOADED, SealedRuns, TAKEN, type RunRow } from './sealed-runs.ts'

export interface WaitingOptions {
  readonly log: Log
  /** Where runs are kept. */
  readonly topic: string
  readonly partition: number
  /** Rows in memory before they are sealed into a run, at least. Up to four times as many when very many wait. */
  readonly sealRows: number
  /** From a prediction to its expiry, ms. */
  readonly withinMs: number
}

/** Ids as they lie in a column: row i is [ends[i], ends[i + 1]). */
export interface Ids {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
  readonly count: number
}

export const ROOM = 'waiting'

/** Runs grow with what waits, so that there are about that many at most for an id to be looked for in. */
const RUNS_WANTED = 256
const SEAL_GROWTH_MAX = 4
/** Sorting takes hash and row in one double. */
const SORT_ROWS_MAX = 2 ** 21

/** Words of the clock. */
const FIRED = 0 // until when rows have expired
const ARMED = 1 // rows that were armed so far

interface Landing {
  readonly number: number
  /** Places of its index and last page among the appends of its commit. */
  readonly index: number
  readonly last: number
}

export class WaitingRoom {
  /** What was found, or taken: to be read at once, or changed and `put`. */
  readonly entry: WaitingRow = new WaitingRow()
  readonly #options: WaitingOptions
  readonly #newest: NewestRows
  readonly #directory: RunDirectory
  readonly #runs: SealedRuns
  readonly #clock: Region
  readonly #id = new WaitingRow()
  #hash = 0
  #slot = -1
  #inRun: RunRow | undefined
  #before: number = NOWHERE
  #hashes = new Uint32Array(0)
  #sealed: Append[] = []
  #landings: Landing[] = []
  readonly #underWay: (readonly Landing[])[] = []

  constructor(memory: StateMemory, options: WaitingOptions) {
    const { log, topic, partition, withinMs } = options
    this.#options = options
    this.#newest = new NewestRows(memory, ROOM, withinMs)
    this.#directory = new RunDirectory(memory, ROOM)
    this.#runs = new SealedRuns(this.#directory, new RunReader(log, { topic, partition }))
    this.#clock = clockOf(memory)
  }

  /** Rows that lie in runs, those that left them included, and the bytes of memory that find them, without their marks. */
  get sealed(): { readonly rows: number; readonly indexBytes: number } {
    const { rows, indexBytes } = this.#runs
    return { rows, indexBytes }
  }

  /** Offset of the topic of runs before which this state needs nothing. */
  get oldest(): number {
    const offsets = this.#directory
      .slots()
      .map((slot) => this.#directory.offset(slot))
      .filter((offset) => offset >= 0)
    return Math.min(this.#directory.end, ...offsets)
  }

  /** Begins a batch: reads from the log what its ids need. They are counted through, column by column. */
  async begin(columns: readonly Ids[]): Promise<void> {
    await this.#runs.open()
    const count = columns.reduce((sum, ids) => sum + ids.count, 0)
    if (this.#hashes.length < count) this.#hashes = new Uint32Array(count * 2)
    let index = 0
    for (const { bytes, ends, count: rows } of columns)
      for (let i = 0; i < rows; i++) this.#hashes[index++] = idHash(bytes, ends[i], ends[i + 1])
    await this.#runs.lookUp(this.#hashes, count)
  }

  /** Fills `entry` with what an id of the batch stands at, and gives that. */
  find(index: number, bytes: Uint8Array, start: number, end: number): number {
    const { entry } = this
    const id = this.#id
    id.bytes = bytes
    id.start = start
    id.end = end
    this.#hash = this.#hashes[index]
    this.#inRun = undefined
    this.#slot = this.#newest.find(bytes, start, end, this.#hash)
    if (this.#slot >= 0) this.#newest.read(this.#slot, entry)
    else {
      this.#inRun = this.#runs.find(index, this.#hash, id, entry, this.#clock.f64[FIRED])
      if (this.#inRun === undefined) clear(entry)
    }
    entry.bytes = bytes
    entry.start = start
    entry.end = end
    this.#before = entry.status
    return entry.status
  }

  /** Gives `entry` its due time, and its place behind all others of that time. */
  arm(due: number): void {
    const order = this.#clock.f64[ARMED]
    this.#clock.setF64(ARMED, order + 1)
    this.entry.due = due
    this.entry.order = order
  }

  /** Keeps `entry` in the place of what was found last. */
  put(): void {
    if (this.#inRun !== undefined) this.#runs.remove(this.#inRun, this.#before)
    this.#newest.put(this.entry, this.#hash, this.#slot)
    if (this.#newest.added >= this.#sealRows) this.#seal()
  }

  /** A time before which nothing expires, ms. */
  get nextDue(): number {
    return Math.min(this.#newest.nextDue, this.#runs.nextDue)
  }

  /** Whether time has come to its end, and rows are still to expire. */
  get isEnding(): boolean {
    if (this.#clock.f64[FIRED] !== Infinity) return false
    return this.#newest.nextDue < Infinity || this.#directory.slots().length > 0
  }

  /** Says that time has come to `now`. */
  advance(now: number): void {
    if (now > this.#clock.f64[FIRED]) this.#clock.setF64(FIRED, now)
  }

  /**
   * Takes what expires next before `now` into `entry`, whose id holds until the next call.
   * @returns NOTHING_DUE, TAKEN, or NOT_LOADED: `load`, then again.
   */
  takeNext(now: number): number {
    const { entry } = this
    const own = this.#newest.nextDue < now
    const taken = own
      ? this.#runs.takeNext(this.#newest.nextDue, this.#newest.nextOrder, entry)
      : this.#runs.takeNext(now, -Infinity, entry)
    if (taken !== TAKEN && taken !== NOT_LOADED && own) {
      this.#newest.takeNext(entry)
      return TAKEN
    }
    return taken
  }

  load(): Promise<void> {
    return this.#runs.load()
  }

  /** Ends a batch: gives the runs that were sealed in it. They go with its commit, behind `before` other appends. */
  end(before: number): Append[] {
    const sealed = this.#sealed
    this.#underWay.push(
      this.#landings.map(({ number, index, last }) => ({
        number,
        index: index + before,
        last: last + before,
      })),
    )
    this.#sealed = []
    this.#landings = []
    return sealed
  }

  /** Notes where the runs of the oldest batch that has ended lie. @param offsets of all appends of its commit. */
  landed(offsets: readonly number[]): void {
    for (const { number, index, last } of this.#underWay.shift() ?? []) {
      const whole = offsets[last] - offsets[index] === last - index
      assert(whole, 'what one commit appends to a partition lies in one piece', { run: number })
      this.#directory.landed(number, offsets[index], offsets[last] + 1)
    }
  }

  get #sealRows(): number {
    const { sealRows } = this.#options
    const wanted = Math.floor(this.#runs.rows / RUNS_WANTED)
    return Math.max(sealRows, Math.min(sealRows * SEAL_GROWTH_MAX, wanted))
  }

  /**
   * Moves rows of memory into runs. Labels that are alone stay, as long as they are the smaller part: they expire soon, and a run
   * whose rows expire far apart would be read back early. Where little would move, it only makes room.
   */
  #seal(): void {
    const slots = this.#newest.slots()
    const now = this.#clock.f64[FIRED]
    const early: number[] = []
    const moved: number[] = []
    for (const slot of slots) {
      const status = this.#newest.statusOf(slot)
      if (status === EARLY) early.push(slot)
      else if (status !== JOINED || !this.#isOver(slot, now)) moved.push(slot)
    }
    const alone = early.length > slots.length / 2 ? early : []
    if (moved.length + alone.length < this.#sealRows / 4) {
      this.#newest.keep(slots)
      return
    }
    for (const rows of [moved, alone]) if (rows.length > 0) this.#sealRun(rows)
    const gone = new Set([...moved, ...alone])
    this.#newest.keep(slots.filter((slot) => !gone.has(slot)))
  }

  /** A joined row that would be over in a run, where time has passed it already (a lane was idle), and is not yet here. */
  #isOver(slot: number, now: number): boolean {
    this.#newest.readDue(slot, this.#id)
    return this.#id.due < now
  }

  /** @param keys of the rows of these slots: hash and place among them. */
  #sorted(slots: readonly number[], keys: Float64Array): SortedRows {
    const { base, bytes } = this.#newest
    const hashes = new Uint32Array(keys.length)
    const starts = new Uint32Array(keys.length)
    const ends = new Uint32Array(keys.length)
    keys.sort()
    for (let i = 0; i < keys.length; i++) {
      const slot = slots[keys[i] % SORT_ROWS_MAX]
      hashes[i] = Math.floor(keys[i] / SORT_ROWS_MAX)
      starts[i] = this.#newest.startOf(slot)
      ends[i] = this.#newest.endOf(slot)
    }
    return { hashes, base, bytes, starts, ends }
  }

  #sealRun(slots: readonly number[]): void {
    assert(slots.length < SORT_ROWS_MAX, 'a run can be sorted', { rows: slots.length })
    const row = this.#id
    let armed = 0
    let firstDue = Infinity
    let lastDue = -Infinity
    const keys = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      this.#newest.readDue(slots[i], row)
      keys[i] = idHash(row.bytes, row.start, row.end) * SORT_ROWS_MAX + i
      lastDue = Math.max(lastDue, row.due)
      if (row.status === JOINED) continue
      armed++
      firstDue = Math.min(firstDue, row.due)
    }
    const rows = this.#sorted(slots, keys)
    const number = this.#runs.nextNumber
    const encoded = encodeRun(number, rows)
    this.#runs.add({ rows: slots.length, armed, firstDue, lastDue }, encoded)
    const { index, pages } = encoded
    const first = this.#sealed.length
    this.#landings.push({ number, index: first, last: first + pages.length })
    const { topic, partition } = this.#options
    for (const bytes of [index, ...pages])
      this.#sealed.push({ topic, partition, records: blockRecord(bytes) })
  }
}

function clockOf(memory: StateMemory): Region {
  const isNew = !memory.has(`${ROOM}/clock`)
  const clock = memory.region(`${ROOM}/clock`, 16)
  if (isNew) clock.setF64(FIRED, -Infinity)
  return clock
}

/** Until when the rows of a room have expired. */
export function firedOf(memory: StateMemory): number {
  return clockOf(memory).f64[FIRED]
}

function clear(entry: WaitingRow): void {
  entry.status = NOWHERE
  entry.time = NaN
  entry.score = NaN
  entry.version = NaN
  entry.task = NaN
  entry.commit = NaN
  entry.row = NaN
  entry.label = NaN
  entry.labelTime = NaN
}
