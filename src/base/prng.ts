// Seeded randomness. The engine and the simulator take all randomness from here.

/**
 * A 32-bit generator with 128 bits of state (sfc32 of PractRand, Chris Doty-Humphrey), period at least 2^32 per seed.
 * The same seed gives the same numbers on every machine.
 */
export class Prng {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    this.#c = stream | 0
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** Writes its state as four words; `load` goes on from there. */
  save(words: Int32Array, at = 0): void {
    words[at] = this.#a
    words[at + 1] = this.#b
    words[at + 2] = this.#c
    words[at + 3] = this.#counter
  }

  load(words: Int32Array, at = 0): void {
    this.#a = words[at]
    this.#b = words[at + 1]
    this.#c = words[at + 2]
    this.#counter = words[at + 3]
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]
  }
}
