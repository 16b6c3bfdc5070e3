// A sum that does not depend on the order of its terms, and from which a term can be taken back
// without a trace: metrics are then equal, bit for bit, for any batches, partitions and revisions.
// A running sum of doubles is neither.
import type { MetricMemory } from './metric-memory.ts'

/**
 * Doubles of one sum: whole units, multiples of 2^-48, multiples of 2^-96; the last two are in [0,
 * 2^48).
 */
export const SUM_DOUBLES = 3

const LIMB = 2 ** 48

/**
 * A sum over `memory.f64[at .. at + 3)`. Each term is cut off below 2^-96. The sum is exact while
 * it
 * is less than 2^53, and rounded as any double is beyond.
 */
export class ExactSum {
  readonly #memory: MetricMemory
  readonly #at: number

  constructor(memory: MetricMemory, at: number) {
    this.#memory = memory
    this.#at = at
  }

  add(value: number): void {
    this.#addTerm(value, 1)
  }

  /** Takes back a term that was added. */
  subtract(value: number): void {
    this.#addTerm(value, -1)
  }

  /** Adds a term so many times; weights of 1 and -1 undo each other without a trace. */
  addWeighted(value: number, weight: number): void {
    if (weight === 1 || weight === -1) this.#addTerm(value, weight)
    else this.#addTerm(value * weight, 1)
  }

  /** Makes the sum so many times what it is, rounded as a double. */
  scale(factor: number): void {
    const scaled = this.value() * factor
    this.#memory.f64.fill(0, this.#at, this.#at + SUM_DOUBLES)
    this.#addTerm(scaled, 1)
  }

  merge(from: ExactSum): void {
    const limbs = from.#memory.f64
    this.#addLimbs(limbs[from.#at], limbs[from.#at + 1], limbs[from.#at + 2])
  }

  value(): number {
    const limbs = this.#memory.f64
    const at = this.#at
    return limbs[at] + (limbs[at + 1] + limbs[at + 2] / LIMB) / LIMB
  }

  #addTerm(value: number, sign: 1 | -1): void {
    const whole = Math.floor(value)
    const rest = (value - whole) * LIMB
    const middle = Math.floor(rest)
    this.#addLimbs(sign * whole, sign * middle, sign * Math.floor((rest - middle) * LIMB))
  }

  #addLimbs(whole: number, middle: number, low: number): void {
    const limbs = this.#memory.f64
    const at = this.#at
    const lowSum = limbs[at + 2] + low
    const lowCarry = Math.floor(lowSum / LIMB)
    const middleSum = limbs[at + 1] + middle + lowCarry
    const middleCarry = Math.floor(middleSum / LIMB)
    limbs[at] += whole + middleCarry
    limbs[at + 1] = middleSum - middleCarry * LIMB
    limbs[at + 2] = lowSum - lowCarry * LIMB
    this.#memory.touch(at * 8, SUM_DOUBLES * 8)
  }
}
