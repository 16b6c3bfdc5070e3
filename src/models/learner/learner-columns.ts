// Features of rows as a learner reads them.
import { ModelError } from '../../base/errors.ts'
import { PRESENT, type Column } from '../../contracts/columns.ts'
import type { FeatureInfo } from '../../contracts/runtime.ts'

/** Numbers and booleans as doubles; NaN where a value is missing. A column of plain numbers is given as it is. */
export function learnerColumns(columns: readonly Column[], rows: number): Float64Array[] {
  return columns.map((column) => {
    const { kind, marks } = column
    if (kind === 'number' && marks === undefined) return column.values
    const out = new Float64Array(rows).fill(Number.NaN)
    if (kind !== 'number' && kind !== 'boolean') return out
    for (let row = 0; row < rows; row++)
      if (marks === undefined || marks[row] === PRESENT) out[row] = column.values[row]
    return out
  })
}

/** The features that it learns from, in its order. @throws ModelError ML_MODEL that names one that is no number or boolean. */
export function takenFeatures(
  features: readonly FeatureInfo[],
  options: Readonly<Record<string, unknown>>,
): readonly FeatureInfo[] {
  const inputs: unknown = options.inputs
  const named: unknown =
    typeof inputs === 'object' && inputs !== null ? Reflect.get(inputs, 'features') : undefined
  const names: readonly unknown[] = Array.isArray(named) ? named : features.map(({ name }) => name)
  return names.map((name) => {
    const feature = features.find((each) => each.name === name)
    if (feature?.kind === 'number' || feature?.kind === 'boolean') return feature
    throw new ModelError(
      'ML_MODEL',
      `a learner takes features that are numbers or booleans; found '${String(name)}', ${feature === undefined ? 'which the model has not' : `a ${feature.kind}`}; name those it takes in inputs, or make numbers of it`,
    )
  })
}
