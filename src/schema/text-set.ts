// A set of texts that is asked by their UTF-8 bytes, so that no string is made of a value to look it up.

export class TextSet {
  readonly #texts: Buffer
  readonly #ends: Uint32Array
  /** Texts by hash, 1 + their number; open addressing, at most half full. */
  readonly #table: Uint32Array
  readonly #mask: number

  constructor(texts: ReadonlySet<string>) {
    const parts = [...texts].map((text) => Buffer.from(text, 'utf8'))
    this.#texts = Buffer.concat(parts)
    this.#ends = new Uint32Array(parts.length + 1)
    let size = 4
    while (size < parts.length * 2) size *= 2
    this.#mask = size - 1
    this.#table = new Uint32Array(size)
    parts.forEach((part, i) => {
      this.#ends[i + 1] = this.#ends[i] + part.length
      let place = hash(part, 0, part.length) & this.#mask
      while (this.#table[place] !== 0) place = (place + 1) & this.#mask
      this.#table[place] = i + 1
    })
  }

  /** Whether the text at [start, end) is one of them. */
  has(bytes: Uint8Array, start: number, end: number): boolean {
    let place = hash(bytes, start, end) & this.#mask
    for (let found = this.#table[place]; found !== 0; found = this.#table[place]) {
      const at = this.#ends[found - 1]
      if (this.#ends[found] - at === end - start && this.#equal(at, bytes, start, end)) return true
      place = (place + 1) & this.#mask
    }
    return false
  }

  #equal(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const texts = this.#texts
    for (let i = start; i < end; i++) if (texts[at++] !== bytes[i]) return false
    return true
  }
}

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i], 0x01000193)
  return value ^ (value >>> 15)
}
