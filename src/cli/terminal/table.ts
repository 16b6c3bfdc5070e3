// Columns of text that stand in line.
import { padded, widthOf } from './style.ts'

export type Side = 'left' | 'right'

/** Lines of a table; every column is as wide as its widest cell. Columns without a side are left. */
export function table(
  rows: readonly (readonly string[])[],
  sides: readonly Side[] = [],
  gap: string = '  ',
): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, i) => padded(cell, widths[i], sides[i]))
      .join(gap)
      .trimEnd(),
  )
}
