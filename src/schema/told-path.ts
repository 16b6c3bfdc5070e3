// Where a schema refuses an event, in words that may be logged: names that the schema itself declares. Any other part of a path is
// the event's own (a key of a record, of a map, one that is not declared, an index) and is told as `*`.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { property } from './schema-walk.ts'

/** A schema of more parts than that tells less. */
const PARTS_MAX = 20_000

const known = new WeakMap<object, ReadonlySet<string>>()

/** The path of an issue, such as `items.*.price`; empty for the root. */
export function toldPath(
  schema: StandardSchemaV1,
  issue: StandardSchemaV1.Issue | undefined,
): string {
  const path = issue?.path ?? []
  if (path.length === 0) return ''
  let names = known.get(schema)
  if (names === undefined) {
    names = declaredNames(schema)
    known.set(schema, names)
  }
  return path
    .map((part) => (typeof part === 'object' ? part.key : part))
    .map((key) => (typeof key === 'string' && names.has(key) ? key : '*'))
    .join('.')
}

/** Names of fields anywhere in a schema. */
function declaredNames(schema: StandardSchemaV1): ReadonlySet<string> {
  const names = new Set<string>()
  const seen = new Set<object>()
  const left: unknown[] = [rootOf(schema)]
  while (left.length > 0 && seen.size < PARTS_MAX) {
    const part = left.pop()
    // Nodes of ArkType are functions.
    if ((typeof part !== 'object' && typeof part !== 'function') || part === null) continue
    if (seen.has(part)) continue
    seen.add(part)
    if (Array.isArray(part)) left.push(...part)
    else left.push(...insideOf(part, names))
  }
  return names
}

/** Where the walk begins: ArkType lists all nodes of a type, and a vendor that is not known may say what it is as JSON Schema. */
function rootOf(schema: StandardSchemaV1): unknown {
  const { vendor } = schema['~standard']
  if (vendor === 'arktype') return property(property(schema, 'internal'), 'references')
  if (vendor === 'zod' || vendor === 'valibot') return schema
  const input = property(property(schema['~standard'], 'jsonSchema'), 'input')
  if (typeof input !== 'function') return undefined
  try {
    return Reflect.apply(input, undefined, [{ target: 'draft-2020-12' }])
  } catch {
    // The standard lets a vendor throw for what JSON Schema cannot say.
    return undefined
  }
}

/** Properties that hold fields by name: of Zod, Valibot and JSON Schema. */
const FIELDS: ReadonlySet<string> = new Set(['shape', 'entries', 'properties'])

/** What a part of a schema holds; adds the names it declares. */
function insideOf(part: object, names: Set<string>): unknown[] {
  const def = property(property(part, '_zod'), 'def')
  if (def !== undefined) return [def]
  const kind = property(part, 'kind')
  if (kind === 'required' || kind === 'optional') {
    const key = property(property(part, 'inner'), 'key')
    if (typeof key === 'string') names.add(key)
    return []
  }
  // Other nodes of ArkType: the fields below them are in the list of all nodes.
  if (property(part, 'inner') !== undefined) return []
  return Object.keys(part).flatMap((name): unknown[] => {
    const value = property(part, name)
    if (name === 'getter') return [givenBy(value)]
    if (!FIELDS.has(name) || typeof value !== 'object' || value === null) return [value]
    for (const field of Object.keys(value)) names.add(field)
    return Object.values(value)
  })
}

/** The schema that stands behind a lazy one. */
function givenBy(getter: unknown): unknown {
  if (typeof getter !== 'function') return undefined
  try {
    return Reflect.apply(getter, undefined, [])
  } catch {
    return undefined
  }
}
