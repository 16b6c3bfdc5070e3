// Random numbers from a seed: the same payments on every machine.

export class Prng {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.next()
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** Box and Muller, 1958. */
  normal(mean: number, deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.next())
  }

  /** Knuth's method, for small means. */
  poisson(mean: number): number {
    const end = Math.exp(-mean)
    let count = 0
    for (let product = this.next(); product > end; product *= this.next()) count++
    return count
  }

  /** That many of 0 to below - 1, each at most once; a part of one is one with that probability. */
  some(wanted: number, below: number): Set<number> {
    const count = Math.min(Math.floor(wanted) + (this.next() < wanted % 1 ? 1 : 0), below)
    const drawn = new Set<number>()
    while (drawn.size < count) drawn.add(this.below(below))
    return drawn
  }
}
