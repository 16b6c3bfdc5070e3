// A sealed run of rows that wait, as it lies in the log: an index, then pages, a record each. Rows are sorted by the hash of
// their id, so that whoever looks for one reads one page. Numbers are little-endian.
//
// Index:  0 u32 magic   4 u32 run   8 u32 rows   12 u32 pages   16 u32 bits of a bucket   20 u32 zero
//         then u32 first row of each page, and the end; u32 first row of each bucket, and the end; u16 print of each row
// Page:   0 u32 magic   4 u32 run   8 u32 page   12 u32 rows   16 f64 base: due, order, span, version
//         48 u16 where each row starts behind these; then the rows, as row.ts writes them
import { StateError } from '../../base/errors.ts'
import { RowCodec, type RowBase, type WaitingRow } from './row.ts'

const INDEX_MAGIC = 0x4957_524d // 'MRWI'
const PAGE_MAGIC = 0x5057_524d // 'MRWP'
const INDEX_HEAD = 24
const PAGE_HEAD = 48
/** Bytes of rows in a page, about. Less reads less for a label; more makes fewer records. */
const PAGE_BYTES = 4096
/** Rows in a bucket of the index are 8 to 16 on average: of two rows of one bucket, one in 65536 pairs looks alike. */
const BUCKET_ROWS = 8
const PRINT_BITS = 16

/** Bits of a hash, behind those that name a word, that name another one beside it: of the 16 words of a line of the cache. */
export const LINE_BITS = 4

/** What tells the second word of a hash from its first. @param next the bits behind those that name the first. */
export function otherWord(next: number): number {
  return next | 1
}

export interface SortedRows {
  /** Ascending, unsigned. */
  readonly hashes: Uint32Array
  readonly base: RowBase
  readonly bytes: Uint8Array
  /** Where row i lies in `bytes`. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

export interface EncodedRun {
  readonly index: Uint8Array
  readonly pages: readonly Uint8Array[]
}

export function encodeRun(run: number, rows: SortedRows): EncodedRun {
  const pages: Uint8Array[] = []
  const firstRows = [0]
  const count = rows.hashes.length
  for (let first = 0; first < count;) {
    let end = first
    let bytes = 0
    while (end < count && bytes < PAGE_BYTES) {
      bytes += rows.ends[end] - rows.starts[end]
      end++
    }
    pages.push(encodePage(rows, { run, page: pages.length, first, end, bytes }))
    firstRows.push(end)
    first = end
  }
  return { index: encodeIndex(run, rows.hashes, firstRows), pages }
}

function encodePage(
  { base, bytes, starts, ends }: SortedRows,
  of: { run: number; page: number; first: number; end: number; bytes: number },
): Uint8Array {
  const count = of.end - of.first
  const body = PAGE_HEAD + count * 2
  const page = Buffer.alloc(body + of.bytes)
  page.writeUInt32LE(PAGE_MAGIC, 0)
  page.writeUInt32LE(of.run, 4)
  page.writeUInt32LE(of.page, 8)
  page.writeUInt32LE(count, 12)
  page.writeDoubleLE(base.due, 16)
  page.writeDoubleLE(base.order, 24)
  page.writeDoubleLE(base.span, 32)
  page.writeDoubleLE(base.version, 40)
  let at = body
  for (let i = 0; i < count; i++) {
    // A row starts within PAGE_BYTES, however long it is.
    page.writeUInt16LE(at - body, PAGE_HEAD + i * 2)
    const row = of.first + i
    for (let from = starts[row]; from < ends[row]; from++) page[at++] = bytes[from]
  }
  return page
}

function encodeIndex(run: number, hashes: Uint32Array, firstRows: readonly number[]): Uint8Array {
  const rows = hashes.length
  const bits = Math.max(0, 31 - Math.clz32(rows / BUCKET_ROWS))
  const buckets = bucketsOf(hashes, bits)
  const bytes = Buffer.alloc(INDEX_HEAD + (firstRows.length + buckets.length) * 4 + rows * 2)
  let at = 0
  for (const value of [INDEX_MAGIC, run, rows, firstRows.length - 1, bits, 0])
    at = bytes.writeUInt32LE(value, at)
  for (const first of firstRows) at = bytes.writeUInt32LE(first, at)
  for (const first of buckets) at = bytes.writeUInt32LE(first, at)
  for (const hash of hashes) at = bytes.writeUInt16LE(printOf(hash, bits), at)
  return bytes
}

function bucketsOf(hashes: Uint32Array, bits: number): Uint32Array {
  const starts = new Uint32Array(2 ** bits + 1)
  let row = 0
  for (let bucket = 0; bucket < starts.length; bucket++) {
    starts[bucket] = row
    while (row < hashes.length && bucketOf(hashes[row], bits) === bucket) row++
  }
  return starts
}

function bucketOf(hash: number, bits: number): number {
  return bits === 0 ? 0 : hash >>> (32 - bits)
}

function printOf(hash: number, bits: number): number {
  return (hash << bits) >>> (32 - PRINT_BITS)
}

/** The run that a record belongs to, and whether it is the index of it. */
export function runOf(record: Uint8Array): { readonly run: number; readonly isIndex: boolean } {
  const bytes = bufferOf(record)
  const magic = record.length < INDEX_HEAD ? 0 : bytes.readUInt32LE(0)
  if (magic !== INDEX_MAGIC && magic !== PAGE_MAGIC) throw notARun()
  return { run: bytes.readUInt32LE(4), isIndex: magic === INDEX_MAGIC }
}

/** What is kept in memory of a run: 2.3 to 2.6 bytes a row. */
export class RunIndex {
  readonly rows: number
  readonly pages: number
  readonly #bits: number
  readonly #firstRows: Uint32Array
  readonly #buckets: Uint32Array
  readonly #prints: Uint16Array

  /** @throws StateError ML_LOG_CORRUPT when the bytes are no index of that run. */
  constructor(run: number, record: Uint8Array) {
    const found = runOf(record)
    if (!found.isIndex || found.run !== run) throw notARun()
    const bytes = bufferOf(record)
    this.rows = bytes.readUInt32LE(8)
    this.pages = bytes.readUInt32LE(12)
    this.#bits = bytes.readUInt32LE(16)
    // A copy of its own: views of the record would keep whatever it came with.
    const own = Uint8Array.from(record.subarray(INDEX_HEAD)).buffer
    const buckets = (this.pages + 1) * 4
    const prints = buckets + (2 ** this.#bits + 1) * 4
    if (prints + this.rows * 2 !== own.byteLength) throw notARun()
    this.#firstRows = new Uint32Array(own, 0, this.pages + 1)
    this.#buckets = new Uint32Array(own, buckets, 2 ** this.#bits + 1)
    this.#prints = new Uint16Array(own, prints, this.rows)
  }

  get bytes(): number {
    return this.#firstRows.buffer.byteLength
  }

  /** The next row after `after` (-1: the first) that may have an id of this hash; -1 when there is none. */
  find(hash: number, after: number): number {
    const bucket = bucketOf(hash, this.#bits)
    const print = printOf(hash, this.#bits)
    const end = this.#buckets[bucket + 1]
    for (let row = Math.max(after + 1, this.#buckets[bucket]); row < end; row++)
      if (this.#prints[row] === print) return row
    return -1
  }

  /**
   * Calls `each` for the rows that may have ids of some of these hashes. Most hashes are in no run, and there may be hundreds of runs: what
   * costs is to find nothing.
   * @param hashes ascending. @param places of those that are looked for, ascending.
   */
  findAll(
    hashes: Uint32Array,
    places: Uint32Array,
    each: (place: number, row: number) => void,
  ): void {
    const buckets = this.#buckets
    const prints = this.#prints
    const bits = this.#bits
    const shift = 32 - bits
    for (let i = 0; i < places.length; i++) {
      const place = places[i]
      const hash = hashes[place]
      const bucket = bits === 0 ? 0 : hash >>> shift
      const print = (hash << bits) >>> (32 - PRINT_BITS)
      const end = buckets[bucket + 1]
      for (let row = buckets[bucket]; row < end; row++) if (prints[row] === print) each(place, row)
    }
  }

  /**
   * Sets `mask` in two words of all hashes of the run: one that their first `first` bits name, and the one that the next bits name beside it.
   * @returns false, with nothing done, where so many bits are not known, or are too few for so many rows.
   */
  mark(words: Uint32Array, first: number, mask: number): boolean {
    const more = first - this.#bits
    const rest = PRINT_BITS - more - LINE_BITS
    if (more < 0 || rest < 0 || this.rows * 4 > words.length) return false
    for (let bucket = 0; bucket < this.#buckets.length - 1; bucket++) {
      const end = this.#buckets[bucket + 1]
      for (let row = this.#buckets[bucket]; row < end; row++) {
        const known = this.#prints[row] >>> rest
        const word = (bucket << more) | (known >>> LINE_BITS)
        words[word] |= mask
        words[word ^ otherWord(known & (2 ** LINE_BITS - 1))] |= mask
      }
    }
    return true
  }

  pageOf(row: number): number {
    let low = 0
    let high = this.pages
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#firstRows[middle + 1] <= row) low = middle + 1
      else high = middle
    }
    return low
  }

  firstRow(page: number): number {
    return this.#firstRows[page]
  }
}

/** Reads rows of a page. */
export class Page {
  readonly rows: number
  readonly #bytes: Buffer
  readonly #codec: RowCodec

  /** @throws StateError ML_LOG_CORRUPT when the bytes are not that page. */
  constructor(run: number, page: number, record: Uint8Array) {
    const bytes = bufferOf(record)
    const found = runOf(record)
    if (found.isIndex || found.run !== run || bytes.readUInt32LE(8) !== page) throw notARun()
    this.rows = bytes.readUInt32LE(12)
    this.#bytes = bytes
    this.#codec = new RowCodec({
      due: bytes.readDoubleLE(16),
      order: bytes.readDoubleLE(24),
      span: bytes.readDoubleLE(32),
      version: bytes.readDoubleLE(40),
    })
  }

  /** Fills a row; its id is a view of the page. */
  read(row: number, into: WaitingRow): void {
    this.#codec.read(into, this.#bytes, this.#at(row))
  }

  readId(row: number, into: WaitingRow): void {
    this.#codec.readId(into, this.#bytes, this.#at(row))
  }

  #at(row: number): number {
    return PAGE_HEAD + this.rows * 2 + this.#bytes.readUInt16LE(PAGE_HEAD + row * 2)
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function notARun(): StateError {
  return new StateError(
    'ML_LOG_CORRUPT',
    'a record of a topic of waiting predictions is not the page or index that its task wrote there',
  )
}
