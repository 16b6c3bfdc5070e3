// The tests of batches as a pipeline takes them: one of them, for all numbers of a window at once.
import type { WindowTest, WindowVerdict } from '../../../contracts/window-test.ts'
import { settingsText } from '../../state-codec.ts'
import { BatchDrift, type BatchDriftReport, type BatchTest } from './batch-drift.ts'

/** What a test of two windows takes. */
export interface WindowTestOptions {
  /** The least effect that is a drift, however sure it is, in the unit of the test. Default 0.1. */
  readonly floor?: number
  /** Of the numbers said to have drifted, the share that may be false, as a mean (Benjamini and Hochberg). Default 0.05. */
  readonly falseDiscoveryRate?: number
  /** Fewest values of a number, in the reference and in a window, that are judged: at least 10. Default 30. */
  readonly leastRows?: number
}

/** What a test over cells takes. */
export interface CellTestOptions extends WindowTestOptions {
  /** Values are codes of categories, each a cell of its own. Default false: numbers, in ten quantiles of the reference. */
  readonly categories?: boolean
}

/** What `wasserstein(...)` takes. */
export interface WassersteinOptions extends WindowTestOptions {
  /** Random partings of the rows: no chance is said below one in so many. Default 999; at least 99. */
  readonly permutations?: number
}

/** @throws DefinitionError ML_DEFINITION for a setting out of its bounds. */
export class BatchWindowTest implements WindowTest {
  readonly kind: BatchTest
  readonly settings: string
  readonly leastRows: number
  readonly categories: boolean
  readonly #floor: number
  readonly #others: { falseDiscoveryRate: number; leastRows: number; permutations: number }

  constructor(kind: BatchTest, options: CellTestOptions & WassersteinOptions = {}) {
    const { floor = 0.1, falseDiscoveryRate = 0.05, leastRows = 30 } = options
    const { permutations = 999, categories = false } = options
    this.kind = kind
    this.leastRows = leastRows
    this.categories = categories
    this.#floor = floor
    this.#others = { falseDiscoveryRate, leastRows, permutations }
    this.settings = settingsText({ kind, floor, categories, ...this.#others })
    // What is wrong is said when it is made, not when the first window is over.
    const none = [new Float64Array(0)]
    this.#report(none, none)
  }

  judge(
    reference: readonly Float64Array[],
    window: readonly Float64Array[],
  ): readonly WindowVerdict[] {
    return this.#report(reference, window).features.map(
      ({ effect, adjusted, drifted }): WindowVerdict => ({ effect, chance: adjusted, drifted }),
    )
  }

  #report(reference: readonly Float64Array[], window: readonly Float64Array[]): BatchDriftReport {
    const kind = this.categories ? 'category' : 'number'
    const features = reference.map(
      (_, i) =>
        ({
          name: `number ${i + 1}`,
          kind,
          test: this.kind,
          floor: this.#floor,
        }) as const,
    )
    return new BatchDrift({ features, reference, ...this.#others }).judge(window)
  }
}
