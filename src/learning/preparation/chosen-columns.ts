// Which columns a preparation is about; the others pass through in front.
import { DefinitionError } from '../../base/errors.ts'
import type { GraphSource } from '../../contracts/graph-writer.ts'
import { checkSetting } from '../settings.ts'

export interface ChosenColumns {
  readonly chosen: readonly number[]
  /** The others, in their order. */
  readonly kept: readonly number[]
}

/** @throws DefinitionError where a column is none of the features, or is named twice. */
export function chooseColumns(
  kind: string,
  features: number,
  columns: readonly number[] | undefined,
): ChosenColumns {
  checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
  const all = Array.from({ length: features }, (_, i) => i)
  const chosen = columns ?? all
  for (const each of chosen) {
    checkSetting(kind, 'columns', each, { atLeast: 0, below: features, whole: true })
  }
  const set = new Set(chosen)
  if (set.size !== chosen.length || set.size === 0) {
    throw new DefinitionError(
      `${kind}: expected 'columns' to name at least one column, each once, found [${chosen.join(', ')}]; name the columns that hold codes`,
    )
  }
  return { chosen, kept: all.filter((each) => !set.has(each)) }
}

/** Where a column behind the preparation comes from: one of the kept ones, as it is, or none alone. */
export function keptSource(kept: readonly number[], column: number): GraphSource | undefined {
  if (column >= kept.length) return undefined
  return { column: kept[column], at: (value) => value, missing: Number.NaN }
}
