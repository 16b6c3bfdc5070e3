// What the functions of a set give for a batch of events.
import { PRESENT, type Column } from '../../contracts/columns.ts'
import type { Events, Evaluator, Failure } from '../../schema/evaluate.ts'
import type { SetInputs } from '../row-fields.ts'

/** Columns of `inputs.fields`: each function is called once a row, however many features share it. */
export function inputColumns(
  { fields, selectors, lengths }: SetInputs,
  evaluator: Evaluator,
  of: { readonly events: Events; readonly failures: Failure[] },
): Column[] {
  return selectors.map((select, i) => {
    const column = evaluator.column(select, fields[i].kind, of.events, of.failures)
    const length = lengths[i]
    if (length !== undefined) checkLengths(column, length, of)
    return column
  })
}

function checkLengths(
  column: Column,
  length: number,
  { events, failures }: { readonly events: Events; readonly failures: Failure[] },
): void {
  if (column.kind !== 'vector') return
  const { ends, marks } = column
  for (let row = 0; row < events.rows; row++) {
    const found = ends[row + 1] - ends[row]
    if (found === length || (marks !== undefined && marks[row] !== PRESENT)) continue
    failures.push({
      row,
      reason: `a vector of the feature must have ${length} numbers; found ${found}`,
    })
  }
}
