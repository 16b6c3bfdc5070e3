// Streams made from a seed, whose truth is known: what learners and detectors are tried on before they meet data.
import { checkSetting } from '../settings.ts'

/** A feature of a generator. */
export interface GeneratedFeature {
  /** Differs within a generator. */
  readonly name: string
  /** How many values, 0 .. values - 1, where it is nominal. */
  readonly values?: number
}

/** Rows without end. The same settings and seed give the same rows on every machine. */
export interface Generator {
  /** `sea`, `agrawal` ... */
  readonly kind: string
  /** What labels are. */
  readonly task: 'classes' | 'number'
  /** Classes, 0 .. classes - 1; 1 where labels are numbers. */
  readonly classes: number
  /** In the order of `next`. */
  readonly features: readonly GeneratedFeature[]
  /** Writes the features of the next row to the front of `x`. @returns its label. */
  next(x: Float64Array): number
}

/** Rows in columns, as a learner takes them. */
export interface GeneratedRows {
  /** One a feature. */
  readonly columns: Float64Array[]
  /** One a row. */
  readonly labels: Float64Array
}

/**
 * The next rows of a generator.
 * @example
 * const { columns, labels } = generate(sea(), 1000)
 */
export function generate(generator: Generator, rows: number): GeneratedRows {
  checkSetting('generate', 'rows', rows, { atLeast: 0, whole: true })
  const width = generator.features.length
  const columns = Array.from({ length: width }, () => new Float64Array(rows))
  const labels = new Float64Array(rows)
  const x = new Float64Array(width)
  for (let row = 0; row < rows; row++) {
    labels[row] = generator.next(x)
    for (let i = 0; i < width; i++) columns[i][row] = x[i]
  }
  return { columns, labels }
}

/** `x1`, `x2` ... */
export function numbered(count: number, prefix = 'x'): GeneratedFeature[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i + 1}` }))
}
