// Which of many runs an id may be in. One by one that takes as long as there are runs, and most ids are in none; so 32 runs share a table, in which two words say
// of all of them at once, a bit a run, whether one may have an id: a Bloom filter for each run (B. Bloom, 1970), laid side by side, whose two places lie in one
// line of the cache (F. Putze and others, Cache-, hash- and space-efficient Bloom filters, 2007). A run that has not the id seems to have it in 2 to 8 of 100 times.
import { LINE_BITS, otherWord, type RunIndex } from './run-format.ts'

/** Bits of a word. */
const RUNS = 32
/**
 * Runs that are looked into one by one before the first table is made for them, which takes the memory of 32 from its first one on. Before each of the
 * next ones it is half as many: what a table takes is little then beside all.
 */
const ALONE_MAX = 32
const ALONE_LEAST = 4
/** Words of a table for each row of a run, at least, and less than twice as many: 3/4 to 1.5 bytes a row. */
const WORDS = 6

interface Indexed {
  readonly index: RunIndex
}

interface Group<Run> {
  /** The first bits of a hash give its word. */
  readonly bits: number
  readonly words: Uint32Array
  /** By bit; undefined: none yet, or one that is gone. */
  readonly runs: (Run | undefined)[]
}

export class RunGroups<Run extends Indexed> {
  readonly #alone = new Set<Run>()
  readonly #groups: Group<Run>[] = []
  /** All places, in their order. */
  #all = new Uint32Array(0)
  /** By run of a group the places that it may have, a row as long as `#all` for each, and how many. */
  #places = new Uint32Array(0)
  readonly #found = new Uint32Array(RUNS)

  /** Of memory for tables. */
  get bytes(): number {
    return this.#groups.reduce((sum, { words }) => sum + words.byteLength, 0)
  }

  add(run: Run): void {
    this.#alone.add(run)
  }

  drop(run: Run): void {
    if (this.#alone.delete(run)) return
    const at = this.#groups.findIndex(({ runs }) => runs.includes(run))
    const { runs } = this.#groups[at]
    runs[runs.indexOf(run)] = undefined
    if (runs.every((each) => each === undefined)) this.#groups.splice(at, 1)
  }

  /** Gives one run more a bit, where that helps. Called once a batch, so that none waits for many. */
  gather(): void {
    const enough = Math.max(ALONE_LEAST, ALONE_MAX / 2 ** this.#groups.length)
    if (this.#joins(this.#groups.at(-1)) || this.#alone.size < enough) return
    const group = groupFor<Run>(Math.max(...[...this.#alone].map(({ index }) => index.rows)))
    this.#groups.push(group)
    this.#joins(group)
  }

  /** Takes one run into a group. @returns whether there was one that fits it. */
  #joins(group: Group<Run> | undefined): boolean {
    if (group === undefined || group.runs.length === RUNS) return false
    const { bits, words, runs } = group
    for (const run of this.#alone) {
      if (!run.index.mark(words, bits, 1 << runs.length)) continue
      this.#alone.delete(run)
      runs.push(run)
      return true
    }
    return false
  }

  /**
   * Calls `each` for the rows that may have ids of these hashes.
   * @param hashes ascending: sweeping over an index takes a fifth of the time of jumping about in it.
   */
  findAll(hashes: Uint32Array, each: (run: Run, place: number, row: number) => void): void {
    const count = hashes.length
    this.#reserve(count)
    for (const run of this.#alone)
      run.index.findAll(hashes, this.#all.subarray(0, count), (place, row) => each(run, place, row))
    for (const { bits, words, runs } of this.#groups) {
      this.#look(hashes, words, bits)
      for (const [bit, run] of runs.entries()) {
        if (run === undefined) continue
        const from = bit * this.#all.length
        const places = this.#places.subarray(from, from + this.#found[bit])
        run.index.findAll(hashes, places, (place, row) => each(run, place, row))
      }
    }
  }

  #reserve(count: number): void {
    if (this.#all.length < count)
      this.#all = Uint32Array.from({ length: count * 2 }, (_, place) => place)
    const places = this.#groups.length === 0 ? 0 : RUNS * this.#all.length
    if (this.#places.length < places) this.#places = new Uint32Array(places)
  }

  /** Lists for each run of a group the places of hashes that it may have. */
  #look(hashes: Uint32Array, words: Uint32Array, bits: number): void {
    const places = this.#places
    const found = this.#found.fill(0)
    const row = this.#all.length
    const shift = 32 - bits
    for (let place = 0; place < hashes.length; place++) {
      const hash = hashes[place]
      const word = hash >>> shift
      let mask = words[word] & words[word ^ otherWord((hash << bits) >>> (32 - LINE_BITS))]
      while (mask !== 0) {
        const bit = 31 - Math.clz32(mask)
        places[bit * row + found[bit]++] = place
        mask ^= 1 << bit
      }
    }
  }
}

/** A table is a line of the cache at least. */
function groupFor<Run>(rows: number): Group<Run> {
  const bits = Math.max(LINE_BITS, Math.ceil(Math.log2(WORDS * rows)))
  return { bits, words: new Uint32Array(2 ** bits), runs: [] }
}
