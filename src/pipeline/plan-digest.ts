// The digest of a plan: equal for equal definitions, wherever and whenever they are built.
// Functions of a definition stand in it by their text; what they close over stands in the files that the runner names as its origin. Millrace's own stand in
// it by its version: their text is another one in the package than in its sources.
import { createHash } from 'node:crypto'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Origin } from '../contracts/origin.ts'
import { jsonSchemaOf } from './json-fields.ts'
import type { EdgePlans, Plan } from './plan.ts'

/** Changes when what a definition means changes though the definition does not. */
const VERSION = 1

/** SHA-256, hex, of the plan, of the fields its schemas are read as, and of its origin, in canonical JSON. */
export function planDigest(
  plan: Omit<Plan, 'digest' | 'replayMs' | 'receiptsMs' | EdgePlans>,
  fields: unknown,
  origin: Origin,
): string {
  return createHash('sha256')
    .update(canonical({ version: VERSION, plan, fields, origin }))
    .digest('hex')
}

/** JSON with sorted names and nothing that is undefined: functions by text, schemas by what they say of themselves. */
export function canonical(value: unknown): string {
  if (value === undefined) return 'null'
  if (typeof value === 'number')
    return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`
  if (isSchema(value)) return canonical(schemaText(value))
  if (typeof value === 'function') return JSON.stringify(value.toString())
  if (typeof value === 'bigint') return `"${value}n"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).toSorted()
  const entries = names.flatMap((name) => {
    const each = partOf(value, name)
    return each === undefined ? [] : [`${JSON.stringify(name)}:${canonical(each)}`]
  })
  return `{${entries.join(',')}}`
}

function partOf(value: object, name: string): unknown {
  const part: unknown = Reflect.get(value, name)
  // What calls a function whose text stands beside it.
  if (name === 'call' && typeof Reflect.get(value, 'text') === 'string') return undefined
  const isOwn = name === 'aggregate' && Reflect.get(value, 'userMade') !== true
  return isOwn ? withoutFunctions(part) : part
}

function withoutFunctions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.entries(value).filter(([, part]) => typeof part !== 'function')
  return Object.fromEntries(parts.map(([name, part]) => [name, withoutFunctions(part)]))
}

function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  return (
    typeof standard === 'object' &&
    standard !== null &&
    typeof Reflect.get(standard, 'validate') === 'function'
  )
}

/** The vendor, and the JSON Schema where the schema can say it; a refinement leaves no trace in that. */
function schemaText(schema: StandardSchemaV1): unknown {
  return { vendor: schema['~standard'].vendor, schema: jsonSchemaOf(schema, 'input') }
}
