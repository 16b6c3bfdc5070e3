// Compares the newest numbers of a window with as many drawn from the rest of it, by the Kolmogorov-Smirnov test.
import { Prng } from '../../base/prng.ts'
import { DRIFT, STABLE, type DriftParts, type Signal } from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { BaseDetector, OWN } from './base-detector.ts'

/** What `kswin` takes. */
export interface KswinOptions {
  /** Chance that a drift is none, for one test. Default 0.005. */
  readonly alpha?: number
  /** Numbers of the window. Default 100. */
  readonly window?: number
  /** Newest numbers that are compared; at most half of the window. Default 30. */
  readonly newest?: number
  /** Default 1. */
  readonly seed?: number
}

const COUNT = OWN
const RANDOM = OWN + 1
const WINDOW = OWN + 5

/** Distance below which nothing is a drift, as in River. */
const LEAST_DISTANCE = 0.1

/**
 * KSWIN (Raab, Heusinger and Schleif, "Reactive Soft Prototype Computing for Concept Drift Streams", Neurocomputing 2020). The p-value
 * is exact for two samples of that size (Gnedenko and Korolyuk, 1951). After a drift the newest numbers stay, as in the paper (River
 * 0.26 gives up all of them at the next number). Sees a change of the distribution, not of the mean alone; cost a sort of `newest`
 * numbers for each number; memory 8 bytes a number of the window.
 *
 * False alarms with the defaults, Gaussian numbers: one in 300 or fewer, because it tests at every number. For fewer take a smaller
 * alpha.
 */
export class Kswin extends BaseDetector {
  readonly #window: number
  readonly #newest: number
  readonly #least: number
  readonly #random: Prng
  readonly #words = new Int32Array(4)
  readonly #older: Float64Array
  readonly #newer: Float64Array
  readonly #places: Int32Array
  parts: DriftParts | undefined

  constructor(options: KswinOptions = {}) {
    const { alpha = 0.005, window = 100, newest = 30, seed = 1 } = options
    checkSetting('kswin', 'alpha', alpha, { above: 0, below: 1 })
    checkSetting('kswin', 'window', window, { atLeast: 4, whole: true })
    checkSetting('kswin', 'newest', newest, { atLeast: 2, atMost: window / 2, whole: true })
    checkSetting('kswin', 'seed', seed, { whole: true })
    super({
      kind: 'kswin',
      input: 'numbers',
      version: 1,
      settings: { alpha, window, newest, seed },
      rowsBetweenFalseAlarms: alpha <= 0.005 && newest >= 30 ? 300 : undefined,
      doubles: WINDOW - OWN + window,
    })
    this.#window = window
    this.#newest = newest
    this.#least = leastSteps(newest, alpha)
    this.#random = new Prng(seed)
    this.#older = new Float64Array(newest)
    this.#newer = new Float64Array(newest)
    this.#places = new Int32Array(window - newest)
    this.#keep()
  }

  protected next(value: number): Signal {
    const { state } = this
    if (state[COUNT] === this.#window) {
      state.copyWithin(WINDOW, WINDOW + 1, WINDOW + this.#window)
      state[COUNT]--
    }
    state[WINDOW + state[COUNT]] = value
    state[COUNT]++
    if (state[COUNT] < this.#window) return STABLE
    this.#draw()
    const start = WINDOW + this.#window - this.#newest
    for (let i = 0; i < this.#newest; i++) this.#newer[i] = state[start + i]
    this.#older.sort()
    this.#newer.sort()
    if (steps(this.#older, this.#newer) < this.#least) return STABLE
    this.direction = direction(this.#older, this.#newer)
    this.parts = { before: meanOf(this.#older), after: meanOf(this.#newer) }
    state.copyWithin(WINDOW, start, start + this.#newest)
    state[COUNT] = this.#newest
    return DRIFT
  }

  /** Draws `newest` of the older numbers, none twice. */
  #draw(): void {
    this.#words.set(this.state.subarray(RANDOM, RANDOM + 4))
    this.#random.load(this.#words)
    const places = this.#places
    for (let i = 0; i < places.length; i++) places[i] = i
    for (let i = 0; i < this.#newest; i++) {
      const other = i + this.#random.below(places.length - i)
      const place = places[other]
      places[other] = places[i]
      this.#older[i] = this.state[WINDOW + place]
    }
    this.#keep()
  }

  #keep(): void {
    this.#random.save(this.#words)
    this.state.set(this.#words, RANDOM)
  }
}

/** The Kolmogorov-Smirnov distance of two sorted samples of one size, times that size. */
function steps(a: Float64Array, b: Float64Array): number {
  let i = 0
  let j = 0
  let greatest = 0
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j])
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    greatest = Math.max(greatest, Math.abs(i - j))
  }
  return greatest
}

function meanOf(sample: Float64Array): number {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length
}

function direction(older: Float64Array, newer: Float64Array): 1 | -1 | 0 {
  let apart = 0
  for (let i = 0; i < older.length; i++) apart += newer[i] - older[i]
  if (apart === 0) return 0
  return apart > 0 ? 1 : -1
}

/**
 * The smallest whole number h for which two samples of n from one distribution are h / n apart or farther with a chance of at most
 * alpha: 2 (C(2n, n-h) - C(2n, n-2h) + C(2n, n-3h) - ...) / C(2n, n).
 */
export function leastSteps(n: number, alpha: number): number {
  for (let h = 1; h <= n; h++) {
    if (h / n > LEAST_DISTANCE && distanceChance(n, h) <= alpha) return h
  }
  return n + 1
}

export function distanceChance(n: number, h: number): number {
  let chance = 0
  for (let k = 1, sign = 1; k * h <= n; k++, sign = -sign) {
    // C(2n, n - kh) / C(2n, n), as a product of kh factors below 1.
    let ratio = 1
    for (let i = 0; i < k * h; i++) ratio *= (n - i) / (n + k * h - i)
    chance += sign * ratio
  }
  return Math.min(1, 2 * chance)
}
