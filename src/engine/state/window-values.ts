// Writes what a window comes to into the columns of its features: a number, a text, a vector, or a list.
import type { WindowFeature } from './set-shape.ts'
import type { SetOutput } from './set-outputs.ts'
import type { Texts } from './texts.ts'
import { WORD_BYTES } from './region.ts'

/** The edges of a window (from, to], ms: one object for all, filled anew each time. */
export interface Edges {
  from: number
  to: number
}

/** Bytes of a list while it is put together. */
interface Bytes {
  bytes: Uint8Array
  start: number
  end: number
}

const COMMA = 44
const OPEN = 91
const CLOSE = 93

export class WindowValues {
  readonly #outputs: readonly (SetOutput | undefined)[]
  readonly #texts: Texts
  /** Values of a vector or a list, and the same bytes. */
  readonly #items: Float64Array
  readonly #itemBytes: Bytes
  readonly #json: Bytes = { bytes: new Uint8Array(256), start: 0, end: 0 }

  /** @param longest the most values of a vector or a list. */
  constructor(outputs: readonly (SetOutput | undefined)[], texts: Texts, longest: number) {
    this.#outputs = outputs
    this.#texts = texts
    this.#items = new Float64Array(longest)
    this.#itemBytes = { bytes: new Uint8Array(this.#items.buffer), start: 0, end: 0 }
  }

  /** Of features that give more than a number: from the folds of the window's level. */
  folded(of: WindowFeature, row: number, state: Float64Array, edges: Edges): void {
    const { aggregate, folds } = of
    if ('list' in aggregate) {
      this.#list(of, row, aggregate.list(state, folds[0].at, this.#items))
    } else if (of.vector) {
      for (let i = 0; i < folds.length; i++)
        this.#items[i] = aggregate.value(state, folds[i].at, edges.from, edges.to)
      this.#vector(of, row, folds.length)
    } else this.#one(of, row, aggregate.value(state, folds[0].at, edges.from, edges.to))
  }

  /** From the window's values themselves, which may be moved about. */
  exact(of: WindowFeature, row: number, values: Float64Array, count: number): void {
    const { aggregate } = of
    if ('exactList' in aggregate)
      this.#list(of, row, aggregate.exactList(values, count, this.#items))
    else this.#one(of, row, aggregate.exact?.(values, count) ?? Number.NaN)
  }

  #one({ feature, otherwise, bytes }: WindowFeature, row: number, value: number): void {
    const output = this.#outputs[feature]
    if (output === undefined) return
    if (value === value) {
      if (!bytes) output.number(row, value)
      else {
        this.#texts.open(value)
        output.bytes(row, this.#texts)
      }
    } else if (otherwise === undefined) output.absent(row)
    else output.number(row, otherwise)
  }

  /** Absent when there is nothing in any of its places: an event has all of them or none. */
  #vector({ feature }: WindowFeature, row: number, count: number): void {
    const output = this.#outputs[feature]
    if (output === undefined) return
    if (this.#items[0] !== this.#items[0]) output.absent(row)
    else {
      this.#itemBytes.end = count * WORD_BYTES
      output.bytes(row, this.#itemBytes)
    }
  }

  #list({ feature, bytes }: WindowFeature, row: number, count: number): void {
    const output = this.#outputs[feature]
    if (output === undefined) return
    if (!bytes) {
      this.#itemBytes.end = count * WORD_BYTES
      output.bytes(row, this.#itemBytes)
      return
    }
    const json = this.#json
    json.end = 0
    this.#put(OPEN)
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#put(COMMA)
      this.#texts.open(this.#items[i])
      this.#quoted()
    }
    this.#put(CLOSE)
    output.bytes(row, json)
  }

  /** The open text as a text of JSON. */
  #quoted(): void {
    const { bytes, start, end } = this.#texts
    this.#put(QUOTE)
    for (let i = start; i < end; i++) {
      const byte = bytes[i]
      if (byte === QUOTE || byte === BACKSLASH) this.#put(BACKSLASH)
      if (byte >= SPACE) this.#put(byte)
      else for (const each of ESCAPES[byte]) this.#put(each)
    }
    this.#put(QUOTE)
  }

  #put(byte: number): void {
    const json = this.#json
    if (json.end === json.bytes.length) {
      const grown = new Uint8Array(json.bytes.length * 2)
      grown.set(json.bytes)
      json.bytes = grown
    }
    json.bytes[json.end++] = byte
  }
}

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
/** How JSON writes the control characters, as bytes. */
const ESCAPES: readonly (readonly number[])[] = Array.from({ length: SPACE }, (_, code) => {
  const text = JSON.stringify(String.fromCharCode(code)).slice(1, -1)
  return Array.from(text, (each) => each.charCodeAt(0))
})
