// Where the splits of trees are asked: of the columns as they were given, where each comes from one of them, else as they are prepared.
import type { GraphRows, GraphSource, GraphValue } from '../../contracts/graph-writer.ts'
import { givenThreshold } from './threshold.ts'

export interface SplitPlace {
  readonly feature: number
  readonly threshold: number
}

export interface Splits {
  /** What the trees are to read. */
  readonly rows: GraphValue
  /** The test `value <= threshold` of a column, or `value < threshold` where `below` says so, as one of at most. */
  at(feature: number, threshold: number, below?: boolean): SplitPlace
}

/** Trees over the given columns need no node before them, so that the kernel of trees can take the graph. */
export function splitsOf(rows: GraphRows, columns: number): Splits {
  const sources = Array.from({ length: columns }, (_, i) => rows.source(i))
  if (!sources.every((source) => source !== undefined)) return preparedSplits(rows)
  return {
    rows: rows.given,
    at: (feature, threshold, below) => ({
      feature: sources[feature].column,
      threshold: givenThreshold(sources[feature], threshold, below),
    }),
  }
}

export function preparedSplits(rows: GraphRows): Splits {
  const same: GraphSource = { column: 0, at: (value) => value }
  return {
    rows: rows.value(),
    at: (feature, threshold, below = false) => ({
      feature,
      threshold: below ? givenThreshold(same, threshold, below) : threshold,
    }),
  }
}
