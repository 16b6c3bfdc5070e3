// Reads one event's JSON bytes straight into columns. It only ever says "yes, exactly so" or "not sure": whatever it is not sure
// about (escapes, bytes beyond ASCII, long numbers, exponents, odd syntax, a key twice, a value its rules refuse) is read again the slow way.
import { ABSENT, NULL } from '../contracts/columns.ts'
import { ColumnBuilder } from './column-builder.ts'
import { isLeaf, type NativeObject, type TextRules } from './native-layout.ts'

interface ScanField {
  /** The key with its quotes, as bytes. */
  readonly key: Uint8Array
  readonly builder: ColumnBuilder | undefined
  readonly object: ScanObject | undefined
}
export interface ScanObject {
  readonly fields: readonly ScanField[]
  readonly strict: boolean
}

export function scanObject(object: NativeObject, builders: ColumnBuilder[]): ScanObject {
  const fields = object.fields.map((field): ScanField => {
    const key = Buffer.from(JSON.stringify(field.name), 'utf8')
    if (!isLeaf(field)) return { key, builder: undefined, object: scanObject(field, builders) }
    const builder = new ColumnBuilder(field)
    builders.push(builder)
    return { key, builder, object: undefined }
  })
  return { fields, strict: object.strict }
}

const SPACE = 32
const QUOTE = 34
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const NOT_SURE = -1

export class NativeScanner {
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #number = 0

  /** Whether the event at [start, end) was read into row `row`. Where it was not, columns may hold part of it. */
  scan(
    root: ScanObject,
    bytes: Uint8Array,
    place: { start: number; end: number; row: number },
  ): boolean {
    this.#bytes = bytes
    this.#end = place.end
    const at = this.#object(root, this.#spaces(place.start), place.row)
    return at !== NOT_SURE && this.#spaces(at) === place.end
  }

  #spaces(at: number): number {
    const bytes = this.#bytes
    while (
      at < this.#end &&
      (bytes[at] === SPACE || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9)
    )
      at++
    return at
  }

  #object(object: ScanObject, start: number, row: number): number {
    const bytes = this.#bytes
    const { fields } = object
    if (bytes[start] !== 123) return NOT_SURE
    let at = this.#spaces(start + 1)
    let seen = 0
    let guess = 0
    if (bytes[at] === 125) return this.#missing(fields, seen, row) ? at + 1 : NOT_SURE
    for (;;) {
      // The last bytes of an event are `}`, so reading past a key never leaves the buffer unseen.
      const index = this.#field(fields, guess, at)
      if (index === NOT_SURE || (seen & (1 << index)) !== 0) return NOT_SURE
      seen |= 1 << index
      guess = index + 1
      const field = fields[index]
      at = this.#spaces(at + field.key.length)
      if (bytes[at] !== 58) return NOT_SURE
      at = this.#spaces(at + 1)
      at =
        field.builder === undefined
          ? this.#nested(field.object, at, row)
          : this.#value(field.builder, at, row)
      if (at === NOT_SURE) return NOT_SURE
      at = this.#spaces(at)
      if (bytes[at] === 125)
        return at < this.#end && this.#missing(fields, seen, row) ? at + 1 : NOT_SURE
      if (bytes[at] !== 44 || at >= this.#end) return NOT_SURE
      at = this.#spaces(at + 1)
    }
  }

  #nested(object: ScanObject | undefined, at: number, row: number): number {
    return object === undefined ? NOT_SURE : this.#object(object, at, row)
  }

  /** The field whose key stands here; unknown keys are left to the slow way. */
  #field(fields: readonly ScanField[], guess: number, at: number): number {
    if (guess < fields.length && this.#isKey(fields[guess].key, at)) return guess
    for (let i = 0; i < fields.length; i++) if (this.#isKey(fields[i].key, at)) return i
    return NOT_SURE
  }

  #isKey(key: Uint8Array, at: number): boolean {
    if (at + key.length > this.#end) return false
    const bytes = this.#bytes
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false
    return true
  }

  /** Marks what was not there; false when something had to be. */
  #missing(fields: readonly ScanField[], seen: number, row: number): boolean {
    if (seen === 2 ** fields.length - 1) return true
    for (let i = 0; i < fields.length; i++) {
      if ((seen & (1 << i)) !== 0) continue
      const { builder } = fields[i]
      if (builder === undefined || !builder.leaf.optional) return false
      builder.mark(row, ABSENT)
    }
    return true
  }

  #value(builder: ColumnBuilder, at: number, row: number): number {
    const { rules, nullable } = builder.leaf
    if (builder.marked) builder.marks[row] = 0
    if (this.#bytes[at] === 110) {
      if (!nullable || !this.#word(at, 'null')) return NOT_SURE
      builder.mark(row, NULL)
      return at + 4
    }
    if (rules.kind === 'string') return this.#text(builder, rules.text, { at, row })
    if (rules.kind === 'boolean') {
      const yes = this.#bytes[at] === 116
      if (!this.#word(at, yes ? 'true' : 'false')) return NOT_SURE
      builder.booleans[row] = yes ? 1 : 0
      return at + (yes ? 4 : 5)
    }
    const end = this.#digits(at)
    if (end === NOT_SURE) return NOT_SURE
    const value = this.#number
    const { min, max, minExclusive, maxExclusive, safeInteger } = rules.number
    if (
      value < min ||
      value > max ||
      (minExclusive && value === min) ||
      (maxExclusive && value === max)
    )
      return NOT_SURE
    if (safeInteger && !Number.isSafeInteger(value)) return NOT_SURE
    builder.numbers[row] = value
    return end
  }

  #word(at: number, word: string): boolean {
    if (at + word.length > this.#end) return false
    for (let i = 0; i < word.length; i++)
      if (this.#bytes[at + i] !== word.charCodeAt(i)) return false
    return true
  }

  #text(builder: ColumnBuilder, rules: TextRules, place: { at: number; row: number }): number {
    const bytes = this.#bytes
    const { at, row } = place
    if (bytes[at] !== QUOTE) return NOT_SURE
    const start = at + 1
    let end = start
    for (; end < this.#end && bytes[end] !== QUOTE; end++) {
      const byte = bytes[end]
      if (byte < SPACE || byte === 92 || byte > 126) return NOT_SURE
    }
    const length = end - start
    if (end >= this.#end || length < rules.min || length > rules.max) return NOT_SURE
    if (rules.values !== undefined && !rules.values.has(this.#latin(start, end))) return NOT_SURE
    if (rules.patterns.length > 0 && !(rules.utcTime && this.#isUtcTime(start, end))) {
      const text = this.#latin(start, end)
      for (const pattern of rules.patterns) if (!pattern.test(text)) return NOT_SURE
    }
    builder.copy(row, bytes, start, end)
    return end + 1
  }

  #latin(start: number, end: number): string {
    const bytes = this.#bytes
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  }

  /** `YYYY-MM-DDTHH:MM:SS[.digits]Z` of a day every month has; other times are left to the pattern. */
  #isUtcTime(s: number, e: number): boolean {
    const b = this.#bytes
    const length = e - s
    if (
      length < 20 ||
      b[e - 1] !== 90 ||
      b[s + 4] !== 45 ||
      b[s + 7] !== 45 ||
      b[s + 10] !== 84 ||
      b[s + 13] !== 58 ||
      b[s + 16] !== 58
    )
      return false
    if (
      !this.#allDigits(s, s + 4) ||
      !this.#allDigits(s + 5, s + 7) ||
      !this.#allDigits(s + 8, s + 10)
    )
      return false
    if (
      !this.#allDigits(s + 11, s + 13) ||
      !this.#allDigits(s + 14, s + 16) ||
      !this.#allDigits(s + 17, s + 19)
    )
      return false
    if (length > 20 && (b[s + 19] !== 46 || length < 22 || !this.#allDigits(s + 20, e - 1)))
      return false
    const month = this.#two(s + 5)
    const day = this.#two(s + 8)
    return (
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= 28 &&
      this.#two(s + 11) <= 23 &&
      this.#two(s + 14) <= 59 &&
      this.#two(s + 17) <= 59
    )
  }

  #two(at: number): number {
    return (this.#bytes[at] - 48) * 10 + this.#bytes[at + 1] - 48
  }

  #allDigits(from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (this.#bytes[i] < 48 || this.#bytes[i] > 57) return false
    return true
  }

  /** A number of at most 15 digits and no exponent: the quotient of two exact doubles is rounded once, as JSON.parse rounds. */
  #digits(start: number): number {
    const bytes = this.#bytes
    const negative = bytes[start] === 45
    let at = negative ? start + 1 : start
    const first = at
    let whole = 0
    while (at < this.#end && bytes[at] >= 48 && bytes[at] <= 57)
      whole = whole * 10 + bytes[at++] - 48
    let digits = at - first
    if (digits === 0 || digits > 15 || (digits > 1 && bytes[first] === 48)) return NOT_SURE
    if (bytes[at] === 46 && at < this.#end) {
      const fraction = ++at
      while (at < this.#end && bytes[at] >= 48 && bytes[at] <= 57)
        whole = whole * 10 + bytes[at++] - 48
      const places = at - fraction
      digits += places
      if (places === 0 || digits > 15) return NOT_SURE
      whole /= POWERS[places]
    }
    if (at < this.#end && (bytes[at] === 101 || bytes[at] === 69)) return NOT_SURE
    this.#number = negative ? -whole : whole
    return at
  }
}
