// What the functions of a set's features give, on its way to the set's state.
import type { Column } from '../../contracts/columns.ts'
import type { SetPlan } from '../../pipeline/plan.ts'
import type { Events, Evaluator, Failure } from '../../schema/evaluate.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import { inputKind, inputOf } from '../row-fields.ts'

/** Values of a set's functions, one column a feature that has one, in feature order; a function used twice is called once. */
export function inputColumns(
  set: SetPlan,
  evaluator: Evaluator,
  of: { readonly events: Events; readonly failures: Failure[]; readonly fields: EventSchema },
): Column[] {
  const done = new Map<string, Column>()
  return set.features.flatMap((feature) => {
    const select = inputOf(feature)
    if (select === undefined) return []
    const kind = inputKind(feature, of.fields)
    const id = `${kind} ${select.text}`
    const column = done.get(id) ?? evaluator.column(select, kind, of.events, of.failures)
    done.set(id, column)
    return [column]
  })
}
