// Columns of text that stand in line.
import { padded, widthOf, wrapped } from './style.ts'

export type Side = 'left' | 'right'

/** Room for a last column that is broken into lines; with less, it is left whole. */
const LEAST_LAST = 12

/**
 * Lines of a table; every column is as wide as its widest cell. Columns without a side are left.
 * @param of.width columns of a line: the last cell of a row is broken between words to stay within. Default: no bound.
 */
export function table(
  rows: readonly (readonly string[])[],
  sides: readonly Side[] = [],
  { gap = '  ', width = Infinity }: { readonly gap?: string; readonly width?: number } = {},
): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell))
  }
  const last = widths.length - 1
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0)
  const room = width - before
  return rows.flatMap((row) => {
    const cells = row.map((cell, i) => padded(cell, widths[i], sides[i]))
    if (row.length <= last || room < LEAST_LAST || widthOf(row[last]) <= room)
      return [cells.join(gap).trimEnd()]
    const head = [...cells.slice(0, last), ''].join(gap)
    return wrapped(row[last], room).map((part, i) => (i === 0 ? head : ' '.repeat(before)) + part)
  })
}
