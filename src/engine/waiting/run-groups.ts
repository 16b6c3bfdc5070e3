// Which of many runs an id may be in. One by one that takes as long as there are runs, and most ids are in none; so 32 runs share a table, in which two words say
// of all of them at once, a bit a run, whether one may have an id: a Bloom filter for each run (B. Bloom, 1970), laid side by side, whose two places lie in one
// line of the cache (F. Putze and others, Cache-, hash- and space-efficient Bloom filters, 2007). A run that has not the id seems to have it in 2 to 8 of 100 times.
import { otherWord, type RunIndex } from './run-format.ts'

/** Bits of a word. */
const RUNS = 32
/** Runs that are looked into one by one before a table is made for them: it takes the memory of 32 from the first one on. */
const ALONE_MAX = 32
/** Words of a table for each row of a run, at least, and less than twice as many: 3/4 to 1.5 bytes a row. */
const WORDS = 6

/** A table is a line of the cache at least, of 16 words. */
const LINE_BITS = 4

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
  #masks = new Uint32Array(0)
  #places = new Uint32Array(0)

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
    if (this.#joins(this.#groups.at(-1)) || this.#alone.size < ALONE_MAX) return
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
    if (this.#places.length < count) {
      this.#places = new Uint32Array(count * 2)
      this.#masks = new Uint32Array(count * 2)
    }
    const places = this.#places
    for (let i = 0; i < count; i++) places[i] = i
    for (const run of this.#alone)
      run.index.findAll(hashes, { places, count }, (place, row) => each(run, place, row))
    for (const { bits, words, runs } of this.#groups) {
      this.#look(hashes, words, bits)
      for (const [bit, run] of runs.entries()) {
        if (run === undefined) continue
        const of = { places, count: this.#having(bit, count) }
        run.index.findAll(hashes, of, (place, row) => each(run, place, row))
      }
    }
  }

  #look(hashes: Uint32Array, words: Uint32Array, bits: number): void {
    const masks = this.#masks
    const shift = 32 - bits
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i]
      const word = hash >>> shift
      masks[i] = words[word] & words[word ^ otherWord((hash << bits) >>> 28)]
    }
  }

  /** Lists the places whose masks have a bit. @returns how many. */
  #having(bit: number, count: number): number {
    const masks = this.#masks
    const places = this.#places
    let found = 0
    for (let i = 0; i < count; i++) {
      places[found] = i
      found += (masks[i] >>> bit) & 1
    }
    return found
  }
}

function groupFor<Run>(rows: number): Group<Run> {
  const bits = Math.max(LINE_BITS, Math.ceil(Math.log2(WORDS * rows)))
  return { bits, words: new Uint32Array(2 ** bits), runs: [] }
}
