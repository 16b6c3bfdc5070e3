// Building and walking records in columns, from the producer to the engine's outputs.
// Never an object per record: what is added is copied into growing buffers, and those are reused after `reset`.

/**
 * A run of records as it lies in one partition, in columns. Arrays may be longer than `count`.
 * Offsets are consecutive within a run on the embedded log; between runs, and on Kafka within them, they may have gaps.
 */
export interface Records {
  count: number
  /** Event or append time as the writer gave it, ms. */
  times: Float64Array
  /** count + 1 positions in `bytes`; an empty key and no key are the same. */
  keyEnds: Uint32Array
  keys: Uint8Array
  valueEnds: Uint32Array
  values: Uint8Array
  /** Headers of a record, one text of `name: value` lines (values percent-encoded), empty for none. */
  headerEnds: Uint32Array
  headers: Uint8Array
}

const NOTHING: Uint8Array = new Uint8Array(0)

/** One growing column of byte strings. */
class BytesColumn {
  ends: Uint32Array<ArrayBuffer>
  bytes: Buffer<ArrayBuffer>
  used = 0

  constructor(rows: number, bytes: number) {
    this.ends = new Uint32Array(rows + 1)
    this.bytes = Buffer.allocUnsafeSlow(bytes)
  }

  /** Room for `bytes` more. */
  reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.used + bytes, 64))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
  }

  growRows(rows: number): void {
    const grown = new Uint32Array(rows + 1)
    grown.set(this.ends)
    this.ends = grown
  }

  add(row: number, value: string | Uint8Array): void {
    if (typeof value === 'string') {
      this.reserve(value.length * 3)
      this.used += this.bytes.write(value, this.used, 'utf8')
    } else {
      this.reserve(value.length)
      this.bytes.set(value, this.used)
      this.used += value.length
    }
    this.ends[row + 1] = this.used
  }

  addRange(row: number, from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    copyRange(from, start, end, this.bytes, this.used)
    this.used += end - start
    this.ends[row + 1] = this.used
  }
}

/** A short copy is cheaper in a loop than by making a view. */
function copyRange(
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): void {
  if (end - start > 48) into.set(from.subarray(start, end), at)
  else for (let i = start; i < end; i++) into[at++] = from[i]
}

/**
 * Collects records for one partition. `records()` shows what was added so far, without a copy;
 * the view holds until the next `add` or `reset`.
 */
export class RecordsBuilder {
  #count = 0
  #capacity: number
  #times: Float64Array
  readonly #keys: BytesColumn
  readonly #values: BytesColumn
  readonly #headers: BytesColumn

  /** Starts with room for that many records and bytes of values; grows by doubling. */
  constructor(room: { readonly records?: number; readonly bytes?: number } = {}) {
    this.#capacity = Math.max(1, room.records ?? 64)
    this.#times = new Float64Array(this.#capacity)
    this.#keys = new BytesColumn(this.#capacity, this.#capacity * 8)
    this.#values = new BytesColumn(this.#capacity, room.bytes ?? 4096)
    this.#headers = new BytesColumn(this.#capacity, 0)
  }

  get count(): number {
    return this.#count
  }

  /** Bytes of all keys, values and headers. */
  get bytes(): number {
    return this.#keys.used + this.#values.used + this.#headers.used
  }

  /** Adds a record, texts as UTF-8. No key and no headers are empty. */
  add(
    time: number,
    key: string | Uint8Array,
    value: string | Uint8Array,
    headers: string | Uint8Array = NOTHING,
  ): void {
    const row = this.#row(time)
    this.#keys.add(row, key)
    this.#values.add(row, value)
    this.#headers.add(row, headers)
  }

  /** Adds record `row` of another run. */
  addFrom(records: Records, row: number): void {
    const into = this.#row(records.times[row])
    this.#keys.addRange(into, records.keys, records.keyEnds[row], records.keyEnds[row + 1])
    this.#values.addRange(into, records.values, records.valueEnds[row], records.valueEnds[row + 1])
    this.#headers.addRange(
      into,
      records.headers,
      records.headerEnds[row],
      records.headerEnds[row + 1],
    )
  }

  /** Adds a record whose key is a range of bytes, as it lies in a column. */
  addKeyed(
    time: number,
    key: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
    value: string | Uint8Array,
  ): void {
    const row = this.#row(time)
    this.#keys.addRange(row, key.bytes, key.start, key.end)
    this.#values.add(row, value)
    this.#headers.add(row, NOTHING)
  }

  /** What was added, without a copy. */
  records(): Records {
    return {
      count: this.#count,
      times: this.#times,
      keyEnds: this.#keys.ends,
      keys: this.#keys.bytes,
      valueEnds: this.#values.ends,
      values: this.#values.bytes,
      headerEnds: this.#headers.ends,
      headers: this.#headers.bytes,
    }
  }

  /** Empties it and keeps the buffers. */
  reset(): void {
    this.#count = 0
    this.#keys.used = 0
    this.#values.used = 0
    this.#headers.used = 0
  }

  #row(time: number): number {
    if (this.#count === this.#capacity) {
      this.#capacity *= 2
      const times = new Float64Array(this.#capacity)
      times.set(this.#times)
      this.#times = times
      this.#keys.growRows(this.#capacity)
      this.#values.growRows(this.#capacity)
      this.#headers.growRows(this.#capacity)
    }
    this.#times[this.#count] = time
    return this.#count++
  }
}

/** Bytes of all keys, values and headers. */
export function recordsBytes(records: Records): number {
  const { count } = records
  return (
    records.keyEnds[count] -
    records.keyEnds[0] +
    (records.valueEnds[count] - records.valueEnds[0]) +
    (records.headerEnds[count] - records.headerEnds[0])
  )
}

/** Records [from, to) of a run, without a copy. */
export function sliceRecords(records: Records, from: number, to: number = records.count): Records {
  return {
    count: to - from,
    times: records.times.subarray(from, to),
    keyEnds: records.keyEnds.subarray(from, to + 1),
    keys: records.keys,
    valueEnds: records.valueEnds.subarray(from, to + 1),
    values: records.values,
    headerEnds: records.headerEnds.subarray(from, to + 1),
    headers: records.headers,
  }
}

/** Runs one behind the other, copied; one alone is given back as it is. */
export function joinRecords(parts: readonly Records[]): Records {
  if (parts.length === 1) return parts[0]
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const times = new Float64Array(count)
  let at = 0
  for (const part of parts) {
    times.set(part.times.subarray(0, part.count), at)
    at += part.count
  }
  const keys = joinBytes(parts, count, ({ keys: bytes, keyEnds: ends }) => ({ bytes, ends }))
  const values = joinBytes(parts, count, ({ values: bytes, valueEnds: ends }) => ({ bytes, ends }))
  const headers = joinBytes(parts, count, (part) => ({
    bytes: part.headers,
    ends: part.headerEnds,
  }))
  return {
    count,
    times,
    keys: keys.bytes,
    keyEnds: keys.ends,
    values: values.bytes,
    valueEnds: values.ends,
    headers: headers.bytes,
    headerEnds: headers.ends,
  }
}

interface Texts {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
}

function joinBytes(parts: readonly Records[], count: number, of: (part: Records) => Texts): Texts {
  let size = 0
  for (const part of parts) {
    const { ends } = of(part)
    size += ends[part.count] - ends[0]
  }
  const bytes = Buffer.allocUnsafeSlow(size)
  const ends = new Uint32Array(count + 1)
  let at = 0
  let row = 0
  for (const part of parts) {
    const own = of(part)
    const shift = at - own.ends[0]
    bytes.set(own.bytes.subarray(own.ends[0], own.ends[part.count]), at)
    for (let i = 1; i <= part.count; i++) ends[row + i] = own.ends[i] + shift
    at = ends[row + part.count]
    row += part.count
  }
  return { bytes, ends }
}

/** The key of a record, a view. */
export function keyBytes(records: Records, row: number): Uint8Array {
  return records.keys.subarray(records.keyEnds[row], records.keyEnds[row + 1])
}

/** The value of a record, a view. */
export function valueBytes(records: Records, row: number): Uint8Array {
  return records.values.subarray(records.valueEnds[row], records.valueEnds[row + 1])
}

/** Key, value or headers of a record as text. For tools and tests: it makes a string. */
export function recordText(
  records: Records,
  row: number,
  part: 'key' | 'value' | 'headers',
): string {
  const [bytes, ends] =
    part === 'key'
      ? [records.keys, records.keyEnds]
      : part === 'value'
        ? [records.values, records.valueEnds]
        : [records.headers, records.headerEnds]
  const start = ends[row]
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, ends[row + 1] - start).toString('utf8')
}

/** One record as a run of its own. */
export function oneRecord(
  time: number,
  key: string | Uint8Array,
  value: string | Uint8Array,
  headers: string | Uint8Array = NOTHING,
): Records {
  const builder = new RecordsBuilder({ records: 1, bytes: value.length * 3 })
  builder.add(time, key, value, headers)
  return builder.records()
}

/** A line of a record's headers. @param name letters, digits, `.`, `_` and `-`. */
export function headerLine(name: string, value: string): string {
  return `${name}: ${encodeURIComponent(value)}\n`
}

/** The value of a header in the text of a record's headers; undefined where there is none. */
export function headerValue(headers: string, name: string): string | undefined {
  const prefix = `${name}: `
  for (const line of headers.split('\n')) {
    if (line.startsWith(prefix)) return decodeURIComponent(line.slice(prefix.length))
  }
  return undefined
}
