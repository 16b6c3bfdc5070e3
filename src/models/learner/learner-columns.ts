// Features of rows as a learner reads them.
import type { Column } from '../../contracts/columns.ts'
import { PRESENT } from '../../contracts/columns.ts'

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
