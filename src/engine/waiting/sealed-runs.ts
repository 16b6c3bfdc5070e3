// The runs of a task while it runs: the index of each in memory, their pages in the log. Looked up by id, a batch at a time;
// read back whole, in due order, when their time comes.
import { assert } from '../../base/assert.ts'
import { DueHeap } from './due-heap.ts'
import { JOINED, NOWHERE, WaitingRow } from './row.ts'
import type { RunDirectory, SealedRun } from './run-directory.ts'
import { Page, RunIndex, type EncodedRun } from './run-format.ts'
import { RunGroups } from './run-groups.ts'
import type { RunReader } from './run-reader.ts'

/** Rows of a run that give an outcome, as they expire. */
interface DueList {
  readonly rows: Int32Array
  readonly dues: Float64Array
  readonly orders: Float64Array
  next: number
}

interface Run {
  readonly slot: number
  readonly number: number
  readonly index: RunIndex
  /** While they are not known to be in the log, and while it expires. */
  pages: readonly Page[] | undefined
  due: DueList | undefined
  dropped: boolean
}

/** A row of a run that has the id that was looked for. */
export interface RunRow {
  readonly run: Run
  readonly row: number
}

/** How `takeNext` ended. */
export const NOTHING_DUE = 0
export const TAKEN = 1
/** The next one is in a run that must be read first: `load`, then again. */
export const NOT_LOADED = 2

/** Orders that no row has: runs that end at one time go in the order of their numbers, behind all rows. */
const BEHIND_ROWS = 2 ** 52

/** Sorting takes the hash and the place of an id in one double. */
const IDS_MAX = 2 ** 21

export class SealedRuns {
  readonly #directory: RunDirectory
  readonly #reader: RunReader
  readonly #runs = new Map<number, Run>()
  readonly #groups = new RunGroups<Run>()
  readonly #due = new DueHeap()
  readonly #row = new WaitingRow()
  #opened = false
  /** Of this batch: rows that ids may be, chained by id, and the pages that were read for them. */
  readonly #hits: RunRow[] = []
  readonly #nextHits: number[] = []
  #lastHits = new Int32Array(64)
  #pages: ReadonlyMap<number, Page> = new Map()
  #sealedSince: Run[] = []

  constructor(directory: RunDirectory, reader: RunReader) {
    this.#directory = directory
    this.#reader = reader
  }

  /** Rows of all runs, those that are gone included. */
  rows = 0

  get indexBytes(): number {
    let { bytes } = this.#groups
    for (const { index } of this.#runs.values()) bytes += index.bytes
    return bytes
  }

  /** Reads the indexes of all runs, once. */
  async open(): Promise<void> {
    if (this.#opened) return
    this.#opened = true
    const directory = this.#directory
    const slots = directory.slots()
    if (slots.some((slot) => directory.offset(slot) < 0)) {
      const indexes = await this.#reader.indexesFrom(directory.end)
      for (const slot of slots.filter((each) => directory.offset(each) < 0)) {
        const number = directory.number(slot)
        const offset = indexes.get(number)
        assert(offset !== undefined, 'a run that was committed is in the log', { run: number })
        const index = new RunIndex(number, await this.#reader.index(offset))
        directory.landed(number, offset, offset + 1 + index.pages)
      }
    }
    for (const slot of slots) {
      const number = directory.number(slot)
      const index = new RunIndex(number, await this.#reader.index(directory.offset(slot)))
      this.#add({ slot, number, index, pages: undefined, due: undefined, dropped: false })
    }
  }

  get nextNumber(): number {
    return this.#directory.nextNumber
  }

  /** Adds a run of `nextNumber`, which is in the log once it has `landed`. */
  add(sealed: Omit<SealedRun, 'pages'>, { index, pages }: EncodedRun): void {
    const number = this.nextNumber
    const run: Run = {
      slot: this.#directory.add({ ...sealed, pages: pages.length }),
      number,
      index: new RunIndex(number, index),
      pages: pagesOf(number, pages),
      due: undefined,
      dropped: false,
    }
    this.#add(run)
    this.#sealedSince.push(run)
  }

  /** Begins a batch: notes where its ids may be, and reads the pages that `find` will look into. */
  async lookUp(hashes: Uint32Array, count: number): Promise<void> {
    for (const run of this.#runs.values())
      if (run.due === undefined && this.#directory.offset(run.slot) >= 0) run.pages = undefined
    assert(count < IDS_MAX, 'the ids of a batch can be sorted', { count })
    this.#sealedSince = []
    this.#hits.length = 0
    this.#nextHits.length = 0
    if (this.#lastHits.length < count) this.#lastHits = new Int32Array(count * 2)
    this.#lastHits.fill(-1, 0, count)
    this.#groups.gather()
    if (this.#runs.size > 0) this.#lookInAll(hashes, count)
    await this.#fetch()
  }

  /**
   * The row of an id, with what it says in `into`; undefined when it is in no run.
   * @param index of its hash in `lookUp`. @param now a joined row that was due before is none: it ends without being touched.
   */
  find(
    index: number,
    hash: number,
    id: WaitingRow,
    into: WaitingRow,
    now: number,
  ): RunRow | undefined {
    for (let i = this.#lastHits[index]; i >= 0; i = this.#nextHits[i])
      if (this.#reads(this.#hits[i], id, into, now)) return this.#hits[i]
    for (const run of this.#sealedSince) {
      for (let row = run.index.find(hash, -1); row >= 0; row = run.index.find(hash, row)) {
        const hit = { run, row }
        if (this.#reads(hit, id, into, now)) return hit
      }
    }
    return undefined
  }

  /** Takes a row out of its run. */
  remove({ run, row }: RunRow, status: number): void {
    this.#directory.markGone(run.slot, row, status !== JOINED)
    if (this.#directory.live(run.slot) === 0) this.#drop(run)
  }

  /** A time before which nothing is due here, ms; as a rule that of the next row. */
  get nextDue(): number {
    return this.#due.due
  }

  /** Takes what is due next before `due` (of equal times: before `order`), if that is in a run. */
  takeNext(due: number, order: number, into: WaitingRow): number {
    for (;;) {
      const run = this.#next()
      if (run === undefined) return NOTHING_DUE
      const first = this.#due.due - due
      if (!(first < 0 || (first === 0 && this.#due.order < order))) return NOTHING_DUE
      if (this.#directory.armed(run.slot) === 0) {
        this.#drop(run)
        continue
      }
      if (run.due === undefined) {
        if (run.pages === undefined) return NOT_LOADED
        this.#list(run)
        continue
      }
      const row = run.due.rows[run.due.next++]
      this.#pageOf(run, row).read(row - run.index.firstRow(run.index.pageOf(row)), into)
      this.remove({ run, row }, into.status)
      return TAKEN
    }
  }

  /** Reads the run back that is due next. */
  async load(): Promise<void> {
    const run = this.#next()
    if (run === undefined) return
    const offset = this.#directory.offset(run.slot)
    run.pages = pagesOf(run.number, await this.#reader.pages(offset, run.index.pages))
    this.#list(run)
  }

  #add(run: Run): void {
    this.#runs.set(run.number, run)
    this.#groups.add(run)
    this.rows += run.index.rows
    const [due, order] = this.#key(run)
    this.#due.push(run.number, due, order)
  }

  #drop(run: Run): void {
    run.dropped = true
    run.pages = undefined
    run.due = undefined
    this.#runs.delete(run.number)
    this.#groups.drop(run)
    this.rows -= run.index.rows
    this.#directory.drop(run.slot)
  }

  #lookInAll(hashes: Uint32Array, count: number): void {
    const keys = new Float64Array(count)
    for (let id = 0; id < count; id++) keys[id] = hashes[id] * IDS_MAX + id
    keys.sort()
    const sorted = new Uint32Array(count)
    for (let i = 0; i < count; i++) sorted[i] = Math.floor(keys[i] / IDS_MAX)
    this.#groups.findAll(sorted, (run, place, row) => this.#hit(run, keys[place] % IDS_MAX, row))
  }

  #hit(run: Run, id: number, row: number): void {
    if (this.#directory.isGone(run.slot, row)) return
    this.#nextHits.push(this.#lastHits[id])
    this.#lastHits[id] = this.#hits.length
    this.#hits.push({ run, row })
  }

  async #fetch(): Promise<void> {
    const wanted = new Map<number, { run: Run; page: number }>()
    for (const { run, row } of this.#hits) {
      if (run.pages !== undefined) continue
      const page = run.index.pageOf(row)
      wanted.set(this.#directory.offset(run.slot) + 1 + page, { run, page })
    }
    const offsets = [...wanted.keys()].sort((a, b) => a - b)
    const records = await this.#reader.records(offsets)
    const pages = new Map<number, Page>()
    for (const [offset, { run, page }] of wanted) {
      const record = records.get(offset)
      if (record !== undefined) pages.set(offset, new Page(run.number, page, record))
    }
    this.#pages = pages
  }

  #reads({ run, row }: RunRow, id: WaitingRow, into: WaitingRow, now: number): boolean {
    if (run.dropped || this.#directory.isGone(run.slot, row)) return false
    const page = this.#pageOf(run, row)
    const place = row - run.index.firstRow(run.index.pageOf(row))
    page.readId(place, this.#row)
    if (!this.#row.hasId(id.bytes, id.start, id.end)) return false
    page.read(place, into)
    return into.status !== JOINED || into.due >= now
  }

  #pageOf(run: Run, row: number): Page {
    const number = run.index.pageOf(row)
    const page =
      run.pages?.[number] ?? this.#pages.get(this.#directory.offset(run.slot) + 1 + number)
    assert(page !== undefined, 'a page was read before it is looked into', {
      run: run.number,
      page: number,
    })
    return page
  }

  /** The run that is due next. Keys only ever get later, so that one is looked at again when it comes up. */
  #next(): Run | undefined {
    while (this.#due.count > 0) {
      const run = this.#runs.get(this.#due.item)
      if (run === undefined) {
        this.#due.pop()
        continue
      }
      const [due, order] = this.#key(run)
      if (due === this.#due.due && order === this.#due.order) return run
      this.#due.pop()
      this.#due.push(run.number, due, order)
    }
    return undefined
  }

  /** When something is to be done with a run: its next row expires, it must be read for that, or it can go. */
  #key({ slot, number, due }: Run): [due: number, order: number] {
    const directory = this.#directory
    if (directory.armed(slot) === 0) return [directory.lastDue(slot), BEHIND_ROWS + number]
    if (due === undefined) return [directory.firstDue(slot), -1]
    while (directory.isGone(slot, due.rows[due.next])) due.next++
    return [due.dues[due.next], due.orders[due.next]]
  }

  #list(run: Run): void {
    const row = this.#row
    const rows: number[] = []
    const dues = new Float64Array(run.index.rows)
    const orders = new Float64Array(run.index.rows)
    run.pages?.forEach((page, number) => {
      const first = run.index.firstRow(number)
      for (let i = 0; i < page.rows; i++) {
        if (this.#directory.isGone(run.slot, first + i)) continue
        page.read(i, row)
        if (row.status === JOINED || row.status === NOWHERE) continue
        rows.push(first + i)
        dues[first + i] = row.due
        orders[first + i] = row.order
      }
    })
    rows.sort((a, b) => dues[a] - dues[b] || orders[a] - orders[b])
    run.due = {
      rows: Int32Array.from(rows),
      dues: Float64Array.from(rows, (each) => dues[each]),
      orders: Float64Array.from(rows, (each) => orders[each]),
      next: 0,
    }
  }
}

function pagesOf(run: number, records: readonly Uint8Array[]): Page[] {
  return records.map((record, page) => new Page(run, page, record))
}
