// Compiles a schema: natively where an adapter knows all of it, else by its own validate (ENGINE 7).
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { DefinitionError } from '../base/errors.ts'
import { arktypeLayout } from './arktype-layout.ts'
import { CHOICE_VENDOR, choiceLayout } from './choice-schema.ts'
import type { EventSchema, FieldReport } from './event-schema.ts'
import { fallbackDecoder } from './fallback-decoder.ts'
import { nativeDecoder } from './native-decoder.ts'
import { fieldsOf, type NativeLayout } from './native-layout.ts'
import { valibotLayout } from './valibot-layout.ts'
import { zodLayout } from './zod-layout.ts'

/** @throws DefinitionError ML_SCHEMA when it can be seen that the schema validates asynchronously. */
export function compileSchema(schema: StandardSchemaV1, name: string): EventSchema {
  const layout = nativeLayoutOf(schema)
  if ('reason' in layout) {
    checkAtOnce(schema, name)
    const { reason } = layout
    return {
      name,
      schema,
      mode: 'fallback',
      fields: [],
      reason,
      report: [{ path: '(the event)', native: false, note: reason }],
      decoder: () => fallbackDecoder(schema, name),
    }
  }
  const { native } = layout
  const fields = fieldsOf(native)
  const report = fields.map(({ path, kind, role, optional, nullable }): FieldReport => ({
    path: path.join('.'),
    native: true,
    note: `${role === 'presence' ? 'object' : kind}${optional ? ', may be missing' : ''}${nullable ? ', may be null' : ''}`,
  }))
  return {
    name,
    schema,
    mode: 'native',
    fields,
    reason: undefined,
    report,
    decoder: () => nativeDecoder(schema, name, native),
  }
}

/** All that an adapter knows of a schema, or why it does not know all of it. */
export function nativeLayoutOf(schema: StandardSchemaV1): NativeLayout {
  const { vendor } = schema['~standard']
  if (vendor === 'zod') return zodLayout(schema)
  if (vendor === 'valibot') return valibotLayout(schema)
  if (vendor === 'arktype') return arktypeLayout(schema)
  if (vendor === CHOICE_VENDOR) return choiceLayout()
  return { reason: `a schema of ${vendor}, for which there is no native reader yet` }
}

/** A probe that most schemas refuse at once tells whether they answer with a promise. */
function checkAtOnce(schema: StandardSchemaV1, name: string): void {
  let result: unknown
  try {
    result = schema['~standard'].validate(undefined)
  } catch {
    // It throws on the probe: its answers to events will tell.
    return
  }
  if (!(result instanceof Promise)) return
  result.catch(() => undefined)
  throw new DefinitionError(
    `the schema of '${name}' must validate at once; found one that answers with a promise; remove what is asynchronous`,
    { code: 'ML_SCHEMA' },
  )
}
