// Whether a window of rows is of the same law as a reference, feature by feature.
import { DefinitionError } from '../../../base/errors.ts'
import { checkSetting } from '../../settings.ts'
import { countBins, joinBins, joinCategories, quantileEdges, type Cells } from './cells.ts'
import { chiSquareTest, jensenShannonTest, stabilityTest } from './divergences.ts'
import { adjustedPValues } from './false-discovery.ts'
import { kolmogorovTail } from './laws.ts'
import { kolmogorovDistance, wassersteinTest, type Comparison } from './samples.ts'

/**
 * `ks`: Kolmogorov-Smirnov. `wasserstein`: by permutation. `psi`, `jensen-shannon`, `chi-square`: over cells, by the law of chi-square; for
 * numbers the cells are ten quantiles of the reference, fixed with it.
 */
export type BatchTest = 'ks' | 'wasserstein' | 'psi' | 'jensen-shannon' | 'chi-square'

/** A feature that is compared. */
export interface BatchFeature {
  /** How it is called in reports. */
  readonly name: string
  /** `category`: values are codes, whose order says nothing. Default 'number'. */
  readonly kind?: 'number' | 'category'
  /** Default 'ks' for numbers, 'chi-square' for categories; 'ks' and 'wasserstein' are of numbers alone. */
  readonly test?: BatchTest
  /** The least effect that is a drift, however sure it is. Default 0.1, for every test in its own unit. */
  readonly floor?: number
}

/** What `BatchDrift` takes. */
export interface BatchDriftOptions {
  /** In the order of the columns. */
  readonly features: readonly BatchFeature[]
  /** Rows of the reference, a column a feature. */
  readonly reference: readonly Float64Array[]
  /** Of the features said to have drifted, the share that may be false, as a mean. Default 0.05. */
  readonly falseDiscoveryRate?: number
  /** Fewest values of a feature, in the reference and in a window, that are judged. Default 30. */
  readonly leastRows?: number
  /** Partings for 'wasserstein'. Default 999: no p-value is below 0.001. */
  readonly permutations?: number
  /** Of the permutations. Default 1. */
  readonly seed?: number
}

/** What is said of one feature of a window. */
export interface FeatureDrift {
  /** Of the feature. */
  readonly name: string
  /** By which it was judged. */
  readonly test: BatchTest
  /** Values there were, in the reference and in the window. */
  readonly rows: readonly [reference: number, window: number]
  /** Shares of values that were missing or not finite: not judged here, and perhaps a drift of another kind. */
  readonly missing: readonly [reference: number, window: number]
  /**
   * `ks`: the greatest distance of the distribution functions. `wasserstein`: the area between them in deviations of the reference. `psi`: the
   * index. `jensen-shannon`: the distance. `chi-square`: Cramer's V. undefined where there were fewer than the least rows.
   */
  readonly effect: number | undefined
  /** Chance of at least this effect, had nothing changed. */
  readonly pValue: number | undefined
  /** By Benjamini and Hochberg, over the features that were judged. */
  readonly adjusted: number | undefined
  /** Whether the adjusted p-value is at most the rate and the effect at least the floor. */
  readonly drifted: boolean
}

/** What a window is said to be. */
export interface BatchDriftReport {
  /** In the order of the columns. */
  readonly features: readonly FeatureDrift[]
  /** How many drifted. */
  readonly drifted: number
}

interface Prepared {
  readonly name: string
  readonly category: boolean
  readonly test: BatchTest
  readonly floor: number
  readonly values: Float64Array
  readonly missing: number
  readonly edges: Float64Array
  readonly deviation: number
}

const BINS = 10
/**
 * Fewest rows that chance would put into a cell of the smaller sample: 5 for chi-square itself (Cochran, 1954); the others are nearer to it the
 * fuller the cells. With these each keeps its rate of false alarms from 30 rows on, as the tests show.
 */
const LEAST_EXPECTED = { 'chi-square': 5, 'jensen-shannon': 10, psi: 20 }

/**
 * Judges windows against one reference. Thresholds come from the law of each statistic at the sizes at hand, an effect below the floor is no drift
 * however sure it is, and the false-discovery rate is kept over the features. Cost of a window: a sort of each feature, and for
 * 'wasserstein' the permutations. Memory: the reference, sorted.
 */
export class BatchDrift {
  readonly #features: readonly Prepared[]
  readonly #rate: number
  readonly #least: number
  readonly #permutations: number
  readonly #seed: number

  constructor(options: BatchDriftOptions) {
    const { falseDiscoveryRate = 0.05, leastRows = 30, permutations = 999, seed = 1 } = options
    const kind = 'batch drift'
    this.#rate = checkSetting(kind, 'falseDiscoveryRate', falseDiscoveryRate, {
      above: 0,
      below: 1,
    })
    this.#least = checkSetting(kind, 'leastRows', leastRows, { atLeast: 10, whole: true })
    this.#permutations = checkSetting(kind, 'permutations', permutations, {
      atLeast: 99,
      whole: true,
    })
    this.#seed = seed
    checkColumns(options.features, options.reference)
    this.#features = options.features.map((feature, i) => prepared(feature, options.reference[i]))
  }

  /** @throws DefinitionError ML_USAGE where the columns are not one a feature. */
  judge(window: readonly Float64Array[]): BatchDriftReport {
    checkColumns(this.#features, window)
    const judged = this.#features.map((feature, i) => this.#feature(feature, window[i]))
    const known = judged.flatMap(({ pValue }) => pValue ?? [])
    const adjusted = adjustedPValues(known)
    let place = 0
    const features = judged.map((each, i): FeatureDrift => {
      if (each.pValue === undefined || each.effect === undefined) return each
      const sure = adjusted[place++]
      const drifted = sure <= this.#rate && each.effect >= this.#features[i].floor
      return { ...each, adjusted: sure, drifted }
    })
    return { features, drifted: features.filter(({ drifted }) => drifted).length }
  }

  #feature(feature: Prepared, column: Float64Array): FeatureDrift {
    const window = finite(column)
    const { name, test, values } = feature
    const enough = Math.min(values.length, window.length) >= this.#least
    const found = enough ? this.#compare(feature, window) : undefined
    return {
      name,
      test,
      rows: [values.length, window.length],
      missing: [feature.missing, missingShare(column, window)],
      effect: found?.effect,
      pValue: found?.pValue,
      adjusted: undefined,
      drifted: false,
    }
  }

  #compare(feature: Prepared, window: Float64Array): Comparison {
    const { test, values, deviation } = feature
    switch (test) {
      case 'ks': {
        const effect = kolmogorovDistance(values, window)
        return { effect, pValue: kolmogorovTail(effect, values.length, window.length) }
      }
      case 'wasserstein': {
        const { permutations, seed } = { permutations: this.#permutations, seed: this.#seed }
        return wassersteinTest(values, window, { deviation, permutations, seed })
      }
      case 'psi':
        return stabilityTest(cellsOf(feature, window, LEAST_EXPECTED[test]))
      case 'jensen-shannon':
        return jensenShannonTest(cellsOf(feature, window, LEAST_EXPECTED[test]))
      case 'chi-square':
        return chiSquareTest(cellsOf(feature, window, LEAST_EXPECTED[test]))
    }
  }
}

function prepared(feature: BatchFeature, column: Float64Array): Prepared {
  const { name, kind = 'number', floor = 0.1 } = feature
  const category = kind === 'category'
  const { test = category ? 'chi-square' : 'ks' } = feature
  if (category && (test === 'ks' || test === 'wasserstein')) {
    throw new DefinitionError(
      `batch drift: '${name}' is a category, and '${test}' compares numbers; expected 'chi-square', 'psi' or 'jensen-shannon', found '${test}'`,
    )
  }
  checkSetting('batch drift', `floor of ${name}`, floor, { atLeast: 0, below: Infinity })
  const values = finite(column)
  const missing = missingShare(column, values)
  const edges = quantileEdges(values, BINS)
  return { name, category, test, floor, values, missing, edges, deviation: deviationOf(values) }
}

function cellsOf(
  { category, values, edges }: Prepared,
  window: Float64Array,
  expected: number,
): Cells {
  if (!category) {
    const counts = { reference: countBins(values, edges), window: countBins(window, edges) }
    return joinBins(counts, expected)
  }
  const codes = Float64Array.from(new Set([...values, ...window])).sort()
  const count = (sorted: Float64Array): Float64Array => countBins(sorted, codes.subarray(1))
  return joinCategories({ reference: count(values), window: count(window) }, expected)
}

/** Sorted, without what is missing or infinite. */
function finite(column: Float64Array): Float64Array {
  return column.filter((value) => Number.isFinite(value)).sort()
}

function missingShare(column: Float64Array, values: Float64Array): number {
  return column.length === 0 ? 0 : 1 - values.length / column.length
}

function deviationOf(values: Float64Array): number {
  if (values.length === 0) return 0
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0))
}

function checkColumns(
  features: readonly { readonly name: string }[],
  columns: readonly Float64Array[],
): void {
  if (features.length === columns.length && features.length > 0) return
  throw new DefinitionError(
    `batch drift: expected ${Math.max(1, features.length)} columns, one a feature, found ${columns.length}; give each feature its values`,
    { code: 'ML_USAGE' },
  )
}
