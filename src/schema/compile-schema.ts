// Compiles a schema: natively where that is exact, else by its own validate.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { EventSchema } from './event-schema.ts'
import { fallbackDecoder } from './fallback-decoder.ts'

export function compileSchema(schema: StandardSchemaV1, name: string): EventSchema {
  const reason = `no native layout for vendor '${schema['~standard'].vendor}'`
  return { name, schema, mode: 'fallback', fields: [], reason, report: [], decoder: () => fallbackDecoder(schema, name) }
}
