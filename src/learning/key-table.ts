// A bounded table from keys (ids, codes, hashes: any double) to places; the key that was used longest ago makes room for a new one.

const NONE = -1
const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/** 32 bits of a double, well mixed (the finaliser of MurmurHash3, Appleby). */
export function hashNumber(value: number, seed = 0): number {
  float[0] = value
  let h = words[0] ^ Math.imul(words[1], 0x9e3779b1) ^ seed
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * Keys have the places 0, 1, 2 ... in the order they came, up to `most`; then a new key takes the place of the key whose last `claim` lies
 * farthest back. NaN is a key as any other, and -0 is 0. Arrays grow by doubling: 24 to 56 bytes a key.
 */
export class KeyTable {
  readonly #most: number
  #count = 0
  /** By place. */
  #keys = new Float64Array(8)
  /** The order of use: the place used next after, and next before; -1 at the ends. */
  #newer = new Int32Array(8)
  #older = new Int32Array(8)
  #newest = NONE
  #oldest = NONE
  /** Open addressing, a power of two at most half full: place + 1, or 0. It follows from the keys. */
  #index = new Int32Array(16)

  constructor(most: number) {
    this.#most = most
  }

  get count(): number {
    return this.#count
  }

  /** Places there is room for without growing. */
  get room(): number {
    return Math.min(this.#most, this.#keys.length)
  }

  /** The place of a key, or -1. Changes nothing. */
  find(key: number): number {
    const wanted = plain(key)
    const mask = this.#index.length - 1
    for (let at = hashNumber(wanted) & mask; ; at = (at + 1) & mask) {
      const place = this.#index[at] - 1
      if (place === NONE) return NONE
      if (same(this.#keys[place], wanted)) return place
    }
  }

  /**
   * The place of a key, which is the newest now. A new key's place is told as `~place` (negative): what the owner keeps there is of
   * nobody, or of a key that is gone, and must be cleared.
   */
  claim(key: number): number {
    const wanted = plain(key)
    const found = this.find(wanted)
    if (found !== NONE) {
      if (found === this.#newest) return found
      this.#unlink(found)
      this.#link(found)
      return found
    }
    let place = this.#count
    if (place < this.#most) {
      if (place === this.#keys.length) this.#grow()
      this.#count++
    } else {
      place = this.#oldest
      this.#unlink(place)
      this.#unindex(place)
    }
    this.#keys[place] = wanted
    this.#link(place)
    this.#enter(place)
    return ~place
  }

  /** The place of the key whose last `claim` lies farthest back; -1 where there is none. */
  get oldest(): number {
    return this.#oldest
  }

  /** Forgets the key whose last `claim` lies farthest back: the key of the last place moves to its place. Gives that place, now one beyond those in use. */
  dropOldest(): number {
    const place = this.#oldest
    this.#unlink(place)
    this.#unindex(place)
    const last = --this.#count
    if (last === place) return last
    this.#unindex(last)
    const [older, newer] = [this.#older[last], this.#newer[last]]
    this.#keys[place] = this.#keys[last]
    this.#older[place] = older
    this.#newer[place] = newer
    if (older === NONE) this.#oldest = place
    else this.#newer[older] = place
    if (newer === NONE) this.#newest = place
    else this.#older[newer] = place
    this.#enter(place)
    return last
  }

  #link(place: number): void {
    this.#older[place] = this.#newest
    this.#newer[place] = NONE
    if (this.#newest === NONE) this.#oldest = place
    else this.#newer[this.#newest] = place
    this.#newest = place
  }

  #unlink(place: number): void {
    const newer = this.#newer[place]
    const older = this.#older[place]
    if (newer === NONE) this.#newest = older
    else this.#older[newer] = older
    if (older === NONE) this.#oldest = newer
    else this.#newer[older] = newer
  }

  #enter(place: number): void {
    const mask = this.#index.length - 1
    let at = hashNumber(this.#keys[place]) & mask
    while (this.#index[at] !== 0) at = (at + 1) & mask
    this.#index[at] = place + 1
  }

  /** Takes a key out and moves up those behind it, so that a search never meets a gap. */
  #unindex(place: number): void {
    const index = this.#index
    const mask = index.length - 1
    let gap = hashNumber(this.#keys[place]) & mask
    while (index[gap] !== place + 1) gap = (gap + 1) & mask
    for (let at = (gap + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = hashNumber(this.#keys[index[at] - 1]) & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      index[gap] = index[at]
      gap = at
    }
    index[gap] = 0
  }

  #grow(): void {
    const length = 2 * this.#keys.length
    this.#keys = grown(this.#keys, new Float64Array(length))
    this.#newer = grown(this.#newer, new Int32Array(length))
    this.#older = grown(this.#older, new Int32Array(length))
    this.#reindex()
  }

  #reindex(): void {
    this.#index = new Int32Array(2 * this.#keys.length)
    for (let place = 0; place < this.#count; place++) this.#enter(place)
  }

  /** Keys by place, and places from the one used longest ago to the newest. */
  encode(): readonly [Float64Array, Int32Array] {
    const order = new Int32Array(this.#count)
    for (let place = this.#oldest, i = 0; place !== NONE; place = this.#newer[place]) {
      order[i++] = place
    }
    return [this.#keys.slice(0, this.#count), order]
  }

  /** Takes what `encode` gave. False, and nothing is changed, where it is no such thing. */
  restore(keys: Float64Array, order: Int32Array): boolean {
    const seen = new Uint8Array(keys.length)
    for (const place of order) if (place >= 0 && place < keys.length) seen[place] = 1
    if (keys.length > this.#most || order.length !== keys.length || seen.includes(0)) return false
    const length = Math.max(8, 2 ** Math.ceil(Math.log2(Math.max(1, keys.length))))
    this.#keys = grown(keys, new Float64Array(length))
    this.#newer = new Int32Array(length)
    this.#older = new Int32Array(length)
    this.#count = keys.length
    this.#newest = NONE
    this.#oldest = NONE
    for (const place of order) this.#link(place)
    this.#reindex()
    return true
  }

  get memoryBytes(): number {
    return 16 * this.#keys.length + 4 * this.#index.length
  }
}

function plain(key: number): number {
  return key === 0 ? 0 : key === key ? key : Number.NaN
}

function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b)
}

/** `to` with the values of `from` in front. */
export function grown<A extends Float64Array | Int32Array>(from: ArrayLike<number>, to: A): A {
  to.set(from)
  return to
}
