// The fields of a stream's events by the names a file's columns have: what a cell is to become.
import type { CellField, CellType } from '../../connectors/file/file-options.ts'
import type { Field } from '../../contracts/columns.ts'
import { jsonFields } from '../../pipeline/json-fields.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { compileSchema } from '../../schema/compile-schema.ts'

/** Empty where the schema does not say: cells are then read by what they look like. */
export function streamFields({ name, schema }: StreamPlan): ReadonlyMap<string, CellField> {
  const compiled = compileSchema(schema, name)
  const fields = compiled.mode === 'native' ? compiled.fields : (jsonFields(schema) ?? [])
  const own = new Map<string, CellField>()
  for (const field of fields) {
    const [first] = field.path
    // Of an object of fields, the column has the JSON.
    if (field.path.length > 1) own.set(first, { type: 'json', missing: 'absent' })
    else if (field.role === 'value') own.set(first, cellOf(field))
  }
  return own
}

function cellOf({ kind, optional, nullable }: Field): CellField {
  const type: CellType = kind === 'vector' ? 'json' : kind
  return { type, missing: nullable && !optional ? 'null' : 'absent' }
}
