// Where the splits of trees are asked: of the columns as they were given, where each comes from one of them, else as they are prepared.
import type {
  GraphRows,
  GraphSource,
  GraphSplit,
  GraphValue,
} from '../../contracts/graph-writer.ts'
import { givenThreshold } from './threshold.ts'

export interface Split {
  readonly feature: number
  readonly threshold: number
  /** Whether a value that is at the threshold goes right. Default false. */
  readonly below?: boolean
  /** Of a nominal feature, where only what is the threshold goes left. */
  readonly values?: number | undefined
  readonly missingIsLeft: boolean
}

export interface Splits {
  /** What the trees are to read. */
  readonly rows: GraphValue
  at(split: Split): Pick<GraphSplit, 'feature' | 'threshold' | 'equal' | 'missingIsYes'>
}

/** Trees over the given columns need no node before them but the limit of values, so that the kernel of trees can take the graph. */
export function splitsOf(rows: GraphRows, columns: number): Splits {
  const sources = Array.from({ length: columns }, (_, i) => rows.source(i))
  if (!sources.every((source) => source !== undefined)) return preparedSplits(rows)
  return {
    rows: rows.given,
    at: (split) => moved(split, sources[split.feature]),
  }
}

export function preparedSplits(rows: GraphRows): Splits {
  return {
    rows: rows.value(),
    at: (split) =>
      moved(split, { column: split.feature, at: (value) => value, missing: Number.NaN }),
  }
}

function moved(
  { threshold, below = false, values, missingIsLeft }: Split,
  source: GraphSource,
): ReturnType<Splits['at']> {
  if (values !== undefined) {
    return { feature: source.column, threshold, equal: true, missingIsYes: missingIsLeft }
  }
  const { missing } = source
  const standsIn = below ? missing < threshold : missing <= threshold
  return {
    feature: source.column,
    threshold: givenThreshold(source, threshold, below),
    missingIsYes: Number.isNaN(missing) ? missingIsLeft : standsIn,
  }
}
