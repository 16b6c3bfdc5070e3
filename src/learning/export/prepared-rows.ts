// Rows behind a preparation, whose nodes are written when the first asks for them.
import type { GraphRows, GraphSource, GraphValue } from '../../contracts/graph-writer.ts'

/** `source` is where each column comes from, in the columns before this preparation. */
export function preparedRows(
  before: GraphRows,
  build: () => GraphValue,
  source: (column: number) => GraphSource | undefined,
): GraphRows {
  let value: GraphValue | undefined
  return {
    given: before.given,
    value: () => (value ??= build()),
    source(column) {
      const own = source(column)
      const first = own === undefined ? undefined : before.source(own.column)
      if (own === undefined || first === undefined) return undefined
      const through = (number: number): number => (number === number ? own.at(number) : own.missing)
      return {
        column: first.column,
        at: (given) => through(first.at(given)),
        missing: through(first.missing),
      }
    },
  }
}
