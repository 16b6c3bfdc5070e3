// How learners and detectors become bytes: kind, version and settings in front, then typed arrays, each with its length.
// Bits in, the same bits out. Numbers are in the byte order of the machine, which is little-endian wherever Node runs on a server.
import { assert } from '../base/assert.ts'
import { StateError } from '../base/errors.ts'
import type { KeyTable } from './key-table.ts'

const MAGIC = 0x4d4c5331 // "MLS1"
const text = new TextEncoder()

export type StateArray = Float64Array | Int32Array | Uint32Array | Uint8Array

export interface StateHeader {
  readonly kind: string
  /** Raised when the layout of what follows changes. */
  readonly version: number
  /** The settings, as text: bytes of other settings are refused. */
  readonly settings: string
}

export class StateWriter {
  readonly #parts: Uint8Array[] = []
  #length = 0

  constructor({ kind, version, settings }: StateHeader) {
    this.array(Int32Array.of(MAGIC, version))
    this.array(text.encode(kind))
    this.array(text.encode(settings))
  }

  /** A copy of the array's bytes, as they are now. */
  array(values: StateArray): void {
    const length = Float64Array.of(values.byteLength)
    this.#push(new Uint8Array(length.buffer))
    this.#push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice())
  }

  number(value: number): void {
    this.array(Float64Array.of(value))
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#length += bytes.length
  }
}

/** Reads what a StateWriter wrote, in the same order. @throws StateError ML_STATE where it is not that. */
export class StateReader {
  readonly #bytes: Uint8Array
  readonly #kind: string
  #at = 0

  constructor(bytes: Uint8Array, { kind, version, settings }: StateHeader) {
    this.#bytes = bytes
    this.#kind = kind
    const head = this.ints()
    const found = new TextDecoder().decode(this.#next())
    if (head[0] !== MAGIC || found !== kind) throw this.#other(`the state of '${found}'`)
    if (head[1] !== version) throw this.#other(`version ${head[1]} of it, not ${version}`)
    const set = new TextDecoder().decode(this.#next())
    if (set !== settings) throw this.#other(`the state of other settings: ${set}, not ${settings}`)
  }

  /** Of that length, where it is said. */
  doubles(length?: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#next(length === undefined ? length : 8 * length).slice().buffer)
  }

  ints(length?: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#next(length === undefined ? length : 4 * length).slice().buffer)
  }

  bytes(): Uint8Array {
    return this.#next().slice()
  }

  number(): number {
    return this.doubles()[0]
  }

  /** Fills an empty table with the keys another one encoded. */
  keys(into: KeyTable): KeyTable {
    if (!into.restore(this.doubles(), this.ints())) throw this.#other('keys it cannot have')
    return into
  }

  /** Fills an array whose length is fixed by the settings. */
  into(target: StateArray): void {
    const from = this.#next(target.byteLength)
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(from)
  }

  /** Passes over an array of that many bytes. */
  skip(byteLength: number): void {
    this.#next(byteLength)
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw this.#other('more bytes than it has')
  }

  #next(wanted?: number): Uint8Array {
    const start = this.#at + 8
    if (start > this.#bytes.length) throw this.#other('fewer bytes than it has')
    const length = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getFloat64(
      this.#at,
      true,
    )
    if (!(length >= 0) || start + length > this.#bytes.length || length % 1 !== 0) {
      throw this.#other('fewer bytes than it has')
    }
    if (wanted !== undefined && wanted !== length) throw this.#other('an array of another length')
    this.#at = start + length
    return this.#bytes.subarray(start, this.#at)
  }

  #other(found: string): StateError {
    return new StateError(
      'ML_STATE',
      `expected the state of '${this.#kind}', found ${found}; restore it with the definition that wrote it`,
    )
  }
}

/** The state of fixed arrays as bytes. */
export function encodeArrays(header: StateHeader, arrays: readonly StateArray[]): Uint8Array {
  const writer = new StateWriter(header)
  for (const array of arrays) writer.array(array)
  return writer.finish()
}

/** Takes what `encodeArrays` wrote; nothing is changed where the bytes are refused. */
export function restoreArrays(
  bytes: Uint8Array,
  header: StateHeader,
  arrays: readonly StateArray[],
): void {
  const check = new StateReader(bytes, header)
  for (const array of arrays) check.skip(array.byteLength)
  check.end()
  const reader = new StateReader(bytes, header)
  for (const array of arrays) reader.into(array)
}

/** Settings as text, in a fixed order: what two learners must share for one to take the other's bytes. */
export function settingsText(settings: Readonly<Record<string, unknown>>): string {
  assert(
    Object.values(settings).every((each) => each !== undefined),
    'settings are all stated',
  )
  return JSON.stringify(settings)
}
