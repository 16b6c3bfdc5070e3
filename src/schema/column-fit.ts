// Which rows of a table fit a schema, told column by column: no object is made a row, and the schema's own validate is not called.
// As everywhere in this folder a yes is sure, and what is not sure is left to validate.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Column, ColumnKind, TextColumn } from '../contracts/columns.ts'
import { nativeLayoutOf } from './compile-schema.ts'
import { textAt } from './event-view.ts'
import { isLeaf, type LeafRules, type NativeLeaf } from './native-layout.ts'
import { numberFits } from './native-shape.ts'

export interface ColumnFit {
  /** Index of the column of each field, in the order in which the schema has them. */
  readonly places: readonly number[]
  /** Sets `sure[row]` to 0 where a row may not fit; leaves the others. */
  check(columns: readonly Column[], rows: number, sure: Uint8Array): void
}

/**
 * @param columns those of the table, by name.
 * @returns undefined where not every column is one field of the schema, of its kind, and the other way round, or where the schema
 * says what only validate knows.
 */
export function columnFit(
  schema: StandardSchemaV1,
  columns: readonly { readonly name: string; readonly kind: ColumnKind }[],
): ColumnFit | undefined {
  const layout = nativeLayoutOf(schema)
  if ('reason' in layout) return undefined
  const { fields } = layout.native
  const leaves: NativeLeaf[] = fields.filter(isLeaf)
  const places = leaves.map(({ name, rules }) =>
    columns.findIndex((column) => column.name === name && column.kind === rules.kind),
  )
  if (
    leaves.length !== fields.length ||
    columns.length !== fields.length ||
    places.some((place) => place < 0)
  )
    return undefined
  return {
    places,
    check: (table, rows, sure) =>
      leaves.forEach(({ rules }, i) => checkColumn(table[places[i]], rules, { rows, sure })),
  }
}

function checkColumn(
  column: Column,
  rules: LeafRules,
  { rows, sure }: { readonly rows: number; readonly sure: Uint8Array },
): void {
  const { marks } = column
  if (marks !== undefined) for (let row = 0; row < rows; row++) if (marks[row] !== 0) sure[row] = 0
  if (column.kind === 'number' && rules.kind === 'number') {
    const { values } = column
    for (let row = 0; row < rows; row++)
      if (!Number.isFinite(values[row]) || !numberFits(rules.number, values[row])) sure[row] = 0
  } else if (column.kind === 'boolean' && rules.kind === 'boolean') {
    if (rules.only === undefined) return
    const wanted = rules.only ? 1 : 0
    for (let row = 0; row < rows; row++) if (column.values[row] !== wanted) sure[row] = 0
  } else if (column.kind === 'vector' && rules.kind === 'vector') {
    for (let row = 0; row < rows; row++) {
      const items = column.values.subarray(column.ends[row], column.ends[row + 1])
      const fits =
        items.length >= rules.min &&
        items.length <= rules.max &&
        items.every((item) => Number.isFinite(item) && numberFits(rules.item, item))
      if (!fits) sure[row] = 0
    }
  } else if (column.kind === 'string' && rules.kind === 'string') {
    for (let row = 0; row < rows; row++) if (!textFits(column, rules, row)) sure[row] = 0
  } else {
    sure.fill(0, 0, rows)
  }
}

function textFits(
  { bytes, ends }: TextColumn,
  { text: { min, max, values, patterns } }: LeafRules & { readonly kind: 'string' },
  row: number,
): boolean {
  if (patterns.length > 0) return false
  if (values === undefined && min <= 0 && max === Infinity) return true
  const text = textAt(bytes, ends[row], ends[row + 1])
  if (values?.has(text) === false) return false
  // In UTF-16 units and in code points: vendors, and versions of them, count one or the other.
  return text.length <= max && Array.from(text).length >= min
}
