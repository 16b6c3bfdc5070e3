// From the hash of a key to its slot: open addressing, derived from the slots' records and never persisted.
// It is cut into segments that double one by one, so that no growth stops the task for long.

const SEGMENTS = 256
const FIRST_CAPACITY = 8
/** The low bits of the hashes of one task are alike (they chose its partition): this spreads them (Knuth, TAOCP 3, 6.4). */
const GOLDEN = 0x9e3779b1
/** Keys that are put in at a time: 16 bytes each for a moment. */
const BATCH = 1 << 20

export class KeyIndex {
  /** Pairs (hash, slot + 1) a segment; 0 in the second place: empty. */
  readonly #segments: (Int32Array | undefined)[] = new Array<Int32Array | undefined>(SEGMENTS).fill(
    undefined,
  )
  readonly #counts = new Int32Array(SEGMENTS)
  #pairs: Int32Array = new Int32Array(2)
  #at = 0
  #mask = 0
  #hash = 0

  /**
   * An index of all that `each` tells, which is asked twice: how many there are, and which. They are put in segment by segment, so
   * that one of them stays in the cache; in the order of their slots almost every one of a million would be fetched from memory.
   */
  static of(each: (take: (hash: number, slot: number) => void) => void): KeyIndex {
    const index = new KeyIndex()
    let all = 0
    each((hash) => {
      index.#counts[segmentOf(hash)]++
      all++
    })
    index.#counts.forEach((count, segment) => {
      if (count > 0) index.#segments[segment] = new Int32Array(capacityFor(count) * 2)
    })
    const batch = new Int32Array(Math.min(all, BATCH) * 2)
    let used = 0
    each((hash, slot) => {
      batch[used++] = hash
      batch[used++] = slot + 1
      if (used < batch.length) return
      index.#insertAll(batch)
      used = 0
    })
    index.#insertAll(batch.subarray(0, used))
    return index
  }

  /** @param pairs of hash and slot + 1, in any order. */
  #insertAll(pairs: Int32Array): void {
    const ends = new Int32Array(SEGMENTS)
    for (let i = 0; i < pairs.length; i += 2) ends[segmentOf(pairs[i])] += 2
    for (let segment = 1; segment < SEGMENTS; segment++) ends[segment] += ends[segment - 1]
    const sorted = new Int32Array(pairs.length)
    for (let i = pairs.length - 2; i >= 0; i -= 2) {
      const to = (ends[segmentOf(pairs[i])] -= 2)
      sorted[to] = pairs[i]
      sorted[to + 1] = pairs[i + 1]
    }
    // What were ends are beginnings now.
    for (let segment = 0; segment < SEGMENTS; segment++) {
      const into = this.#segments[segment]
      const end = segment + 1 < SEGMENTS ? ends[segment + 1] : sorted.length
      if (into === undefined) continue
      for (let i = ends[segment]; i < end; i += 2) insert(into, sorted[i], sorted[i + 1])
    }
  }

  /** The first slot whose key has this hash, -1 when there is none. */
  first(hash: number): number {
    const mixed = Math.imul(hash, GOLDEN)
    const pairs = this.#segments[mixed >>> 24]
    if (pairs === undefined) return -1
    this.#pairs = pairs
    this.#hash = hash | 0
    this.#mask = (pairs.length >>> 1) - 1
    this.#at = home(mixed, this.#mask)
    return this.#search()
  }

  /** The next slot with the hash of the last `first`. */
  next(): number {
    this.#at = (this.#at + 1) & this.#mask
    return this.#search()
  }

  add(hash: number, slot: number): void {
    const mixed = Math.imul(hash, GOLDEN)
    const segment = mixed >>> 24
    let pairs = this.#segments[segment]
    const count = ++this.#counts[segment]
    if (pairs === undefined || isFull(count, pairs.length >>> 1)) {
      pairs = this.#segments[segment] = grown(pairs)
    }
    insert(pairs, hash | 0, slot + 1)
  }

  /** Takes out the slot; what follows moves up, so that no tombstone is left (Knuth, TAOCP 3, 6.4, algorithm R). */
  remove(hash: number, slot: number): void {
    const mixed = Math.imul(hash, GOLDEN)
    const segment = mixed >>> 24
    const pairs = this.#segments[segment]
    if (pairs === undefined) return
    const mask = (pairs.length >>> 1) - 1
    let hole = home(mixed, mask)
    while (pairs[hole * 2 + 1] !== slot + 1) {
      if (pairs[hole * 2 + 1] === 0) return
      hole = (hole + 1) & mask
    }
    this.#counts[segment]--
    for (let at = (hole + 1) & mask; pairs[at * 2 + 1] !== 0; at = (at + 1) & mask) {
      const wanted = home(Math.imul(pairs[at * 2], GOLDEN), mask)
      if (((at - wanted) & mask) < ((at - hole) & mask)) continue
      pairs[hole * 2] = pairs[at * 2]
      pairs[hole * 2 + 1] = pairs[at * 2 + 1]
      hole = at
    }
    pairs[hole * 2 + 1] = 0
  }

  #search(): number {
    const pairs = this.#pairs
    const mask = this.#mask
    const hash = this.#hash
    let at = this.#at
    for (;;) {
      const slot = pairs[at * 2 + 1]
      if (slot === 0) return -1
      if (pairs[at * 2] === hash) {
        this.#at = at
        return slot - 1
      }
      at = (at + 1) & mask
    }
  }
}

function segmentOf(hash: number): number {
  return Math.imul(hash, GOLDEN) >>> 24
}

function isFull(count: number, capacity: number): boolean {
  return count * 5 > capacity * 3
}

function capacityFor(count: number): number {
  let capacity = FIRST_CAPACITY
  while (isFull(count, capacity)) capacity *= 2
  return capacity
}

function home(mixed: number, mask: number): number {
  return ((mixed << 8) >>> Math.clz32(mask)) & mask
}

function insert(pairs: Int32Array, hash: number, slotPlusOne: number): void {
  const mask = (pairs.length >>> 1) - 1
  let at = home(Math.imul(hash, GOLDEN), mask)
  while (pairs[at * 2 + 1] !== 0) at = (at + 1) & mask
  pairs[at * 2] = hash
  pairs[at * 2 + 1] = slotPlusOne
}

function grown(from: Int32Array | undefined): Int32Array {
  if (from === undefined) return new Int32Array(FIRST_CAPACITY * 2)
  const into = new Int32Array(from.length * 2)
  for (let i = 0; i < from.length; i += 2) if (from[i + 1] !== 0) insert(into, from[i], from[i + 1])
  return into
}
