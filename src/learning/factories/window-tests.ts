// Tests of change between a reference and a window, as a user makes them.
import type { WindowTest } from '../../contracts/window-test.ts'
import {
  BatchWindowTest,
  type CellTestOptions,
  type WassersteinOptions,
  type WindowTestOptions,
} from '../drift/batch/window-test.ts'

/**
 * The greatest distance of the two distribution functions, 0 to 1, by its exact law or Kolmogorov's limit (Kolmogorov, 1933; Smirnov, 1939).
 * @example
 * ks({ floor: 0.2 })
 */
export function ks(options: WindowTestOptions = {}): WindowTest {
  return new BatchWindowTest('ks', options)
}

/**
 * The area between the two distribution functions, in deviations of the reference, by permutation (Vallender, 1974; Phipson and Smyth, 2010).
 * @example
 * wasserstein({ permutations: 499 })
 */
export function wasserstein(options: WassersteinOptions = {}): WindowTest {
  return new BatchWindowTest('wasserstein', options)
}

/**
 * The population stability index over cells, by its law at these sizes (Yurdakul and Naranjo, 2020).
 * @example
 * psi({ floor: 0.25 })
 */
export function psi(options: CellTestOptions = {}): WindowTest {
  return new BatchWindowTest('psi', options)
}

/**
 * The Jensen-Shannon distance over cells, 0 to 0.83, by its law at these sizes (Lin, 1991; Grosse and others, 2002).
 * @example
 * jensenShannon()
 */
export function jensenShannon(options: CellTestOptions = {}): WindowTest {
  return new BatchWindowTest('jensen-shannon', options)
}

/**
 * Pearson's chi-square over cells; the effect is Cramer's V, 0 to 1 (Pearson, 1900).
 * @example
 * chiSquare({ categories: true })
 */
export function chiSquare(options: CellTestOptions = {}): WindowTest {
  return new BatchWindowTest('chi-square', options)
}
