// What the functions of a set give for a batch of events.
import type { Column } from '../../contracts/columns.ts'
import type { Events, Evaluator, Failure } from '../../schema/evaluate.ts'
import type { SetInputs } from '../row-fields.ts'

/** Columns of `inputs.fields`: each function is called once a row, however many features share it. */
export function inputColumns(
  { fields, selectors }: SetInputs,
  evaluator: Evaluator,
  of: { readonly events: Events; readonly failures: Failure[] },
): Column[] {
  return selectors.map((select, i) =>
    evaluator.column(select, fields[i].kind, of.events, of.failures),
  )
}
