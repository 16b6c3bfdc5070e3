// Reads single values of JSON from bytes. It only ever says where a value ends, or "not sure" (-1): whatever it is not sure
// about is read again by JSON.parse. What it accepts, JSON.parse accepts with the same value, bit for bit.

/** The byte is no part of a plain value: whoever gets it gives the record to JSON.parse. */
export const NOT_SURE = -1
const QUOTE = 34
const BACKSLASH = 92
/** Deeper values are left to JSON.parse, which has no stack to overflow. */
const DEPTH_MAX = 64
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** Bytes a text column takes. */
export interface TextSink {
  bytes: Buffer<ArrayBuffer>
  used: number
}

/** Reads from one batch of bytes at a time; the results of a read lie in its fields. */
export class JsonReader {
  bytes: Buffer = Buffer.alloc(0)
  /** Of the record: a value that reaches it is not whole. */
  end = 0
  /** The number that was read. */
  value = 0
  /** UTF-16 units and Unicode code points of the text that was read. */
  units = 0
  points = 0
  /** Whether the skipped text had escapes. */
  escaped = false

  spaces(start: number): number {
    const { bytes, end } = this
    let at = start
    while (at < end) {
      const byte = bytes[at]
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) break
      at++
    }
    return at
  }

  word(at: number, word: string): boolean {
    if (at + word.length > this.end) return false
    for (let i = 0; i < word.length; i++)
      if (this.bytes[at + i] !== word.charCodeAt(i)) return false
    return true
  }

  /**
   * The number at `start`, into `value`. Up to 15 digits without an exponent are one rounded quotient of two exact doubles, as
   * JSON.parse rounds (Clinger, How to Read Floating Point Numbers Accurately, 1990); others are converted from their text.
   */
  number(start: number): number {
    const { bytes, end } = this
    const negative = bytes[start] === 45
    const first = negative ? start + 1 : start
    let at = first
    let whole = 0
    while (at < end && (bytes[at] ^ 48) <= 9) whole = whole * 10 + (bytes[at++] ^ 48)
    let digits = at - first
    if (digits === 0 || (digits > 1 && bytes[first] === 48)) return NOT_SURE
    let places = 0
    if (at < end && bytes[at] === 46) {
      const fraction = ++at
      while (at < end && (bytes[at] ^ 48) <= 9) whole = whole * 10 + (bytes[at++] ^ 48)
      places = at - fraction
      digits += places
      if (places === 0) return NOT_SURE
    }
    const exponent = at < end && (bytes[at] | 32) === 101
    if (digits > 15 || exponent) {
      if (exponent) {
        at++
        if (at < end && (bytes[at] === 43 || bytes[at] === 45)) at++
        const from = at
        while (at < end && (bytes[at] ^ 48) <= 9) at++
        if (at === from) return NOT_SURE
      }
      this.value = Number(bytes.toString('latin1', start, at))
      return Number.isFinite(this.value) ? at : NOT_SURE
    }
    if (places > 0) whole /= POWERS[places]
    this.value = negative ? -whole : whole
    return at
  }

  /** The rest of a text whose plain beginning of `units` bytes was copied, from `at` on, into the sink. @returns after its quote. */
  text(at: number, units: number, into: TextSink): number {
    const { bytes, end } = this
    const out = into.bytes
    let { used } = into
    this.units = units
    this.points = units
    for (;;) {
      if (at >= end) return NOT_SURE
      const byte = bytes[at]
      if (byte === QUOTE) break
      if (byte < 32) return NOT_SURE
      if (byte === BACKSLASH) {
        const code = this.#escape(at)
        if (code < 0) return NOT_SURE
        at += code > 0xffff ? 12 : this.#escapeLength
        used = encode(code, out, used)
        this.#count(code > 0xffff)
      } else if (byte < 128) {
        out[used++] = byte
        at++
        this.#count(false)
      } else {
        const length = this.#sequence(at)
        if (length === 0) return NOT_SURE
        for (let i = 0; i < length; i++) out[used++] = bytes[at++]
        this.#count(length === 4)
      }
    }
    into.used = used
    return at + 1
  }

  #count(pair: boolean): void {
    this.units += pair ? 2 : 1
    this.points++
  }

  #escapeLength = 0

  /** The character of the escape at `at`; negative for none, and for half a surrogate pair. */
  #escape(at: number): number {
    const { bytes, end } = this
    this.#escapeLength = 2
    if (at + 2 > end) return NOT_SURE
    const short = SHORT_ESCAPES[bytes[at + 1]]
    if (short !== 0) return short
    if (bytes[at + 1] !== 117) return NOT_SURE
    this.#escapeLength = 6
    const code = this.#hex(at + 2)
    if (code < 0xd800 || code > 0xdfff) return code
    if (code > 0xdbff || at + 12 > end) return NOT_SURE
    if (bytes[at + 6] !== BACKSLASH || bytes[at + 7] !== 117) return NOT_SURE
    const low = this.#hex(at + 8)
    return low < 0xdc00 || low > 0xdfff
      ? NOT_SURE
      : 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00)
  }

  #hex(at: number): number {
    if (at + 4 > this.end) return NOT_SURE
    let value = 0
    for (let i = at; i < at + 4; i++) {
      const byte = this.bytes[i]
      const letter = byte | 32
      const digit = (byte ^ 48) <= 9 ? byte ^ 48 : letter >= 97 && letter <= 102 ? letter - 87 : 16
      if (digit === 16) return NOT_SURE
      value = value * 16 + digit
    }
    return value
  }

  /** Length of the well-formed UTF-8 sequence of more than one byte (Unicode 3.9, table 3-7); 0 for none. */
  #sequence(at: number): number {
    const { bytes, end } = this
    const first = bytes[at]
    const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
    if (length === 0 || at + length > end) return 0
    const second = bytes[at + 1]
    const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    if (second < least || second > most) return 0
    for (let i = at + 2; i < at + length; i++) if ((bytes[i] & 0xc0) !== 0x80) return 0
    return length
  }

  /** After the text whose quote stands at `start`. Sets `escaped`. */
  skipText(start: number): number {
    const { bytes, end } = this
    this.escaped = false
    if (start >= end || bytes[start] !== QUOTE) return NOT_SURE
    let at = start + 1
    while (at < end) {
      const byte = bytes[at]
      if (byte === QUOTE) return at + 1
      if (byte < 32) return NOT_SURE
      if (byte === BACKSLASH) {
        const code = this.#escape(at)
        if (code < 0) return NOT_SURE
        this.escaped = true
        at += code > 0xffff ? 12 : this.#escapeLength
      } else if (byte < 128) at++
      else {
        const length = this.#sequence(at)
        if (length === 0) return NOT_SURE
        at += length
      }
    }
    return NOT_SURE
  }

  /** After the value of any kind at `start`. */
  skip(start: number, depth = 0): number {
    if (start >= this.end || depth > DEPTH_MAX) return NOT_SURE
    switch (this.bytes[start]) {
      case QUOTE:
        return this.skipText(start)
      case 123:
        return this.#skipList(start, 125, depth)
      case 91:
        return this.#skipList(start, 93, depth)
      case 116:
        return this.word(start, 'true') ? start + 4 : NOT_SURE
      case 102:
        return this.word(start, 'false') ? start + 5 : NOT_SURE
      case 110:
        return this.word(start, 'null') ? start + 4 : NOT_SURE
      default:
        return this.number(start)
    }
  }

  #skipList(start: number, close: number, depth: number): number {
    const { bytes, end } = this
    let at = this.spaces(start + 1)
    if (at < end && bytes[at] === close) return at + 1
    for (;;) {
      if (close === 125) {
        at = this.skipText(at)
        if (at === NOT_SURE) return NOT_SURE
        at = this.spaces(at)
        if (at >= end || bytes[at] !== 58) return NOT_SURE
        at = this.spaces(at + 1)
      }
      at = this.skip(at, depth + 1)
      if (at === NOT_SURE) return NOT_SURE
      at = this.spaces(at)
      if (at >= end) return NOT_SURE
      if (bytes[at] === close) return at + 1
      if (bytes[at] !== 44) return NOT_SURE
      at = this.spaces(at + 1)
    }
  }
}

/** Code points of `\b \t \n \f \r \" \/ \\` by their second byte; 0 for others. */
const SHORT_ESCAPES = new Uint8Array(256)
for (const [letter, code] of [
  [98, 8],
  [116, 9],
  [110, 10],
  [102, 12],
  [114, 13],
  [QUOTE, QUOTE],
  [47, 47],
  [BACKSLASH, BACKSLASH],
])
  SHORT_ESCAPES[letter] = code

function encode(code: number, out: Uint8Array, used: number): number {
  if (code < 0x80) out[used++] = code
  else if (code < 0x800) {
    out[used++] = 0xc0 | (code >> 6)
    out[used++] = 0x80 | (code & 63)
  } else if (code < 0x10000) {
    out[used++] = 0xe0 | (code >> 12)
    out[used++] = 0x80 | ((code >> 6) & 63)
    out[used++] = 0x80 | (code & 63)
  } else {
    out[used++] = 0xf0 | (code >> 18)
    out[used++] = 0x80 | ((code >> 12) & 63)
    out[used++] = 0x80 | ((code >> 6) & 63)
    out[used++] = 0x80 | (code & 63)
  }
  return used
}
