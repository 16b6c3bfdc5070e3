// The fields of a schema by what it says of itself as JSON Schema: enough to know the kind of a column,
// never enough to read events by, because a refinement or a transform leaves no trace in it.
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import type { ColumnKind, Field } from '../contracts/columns.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** Fields of the output of a schema, nested objects flattened; undefined where it says nothing, or is no object. */
export function jsonFields(schema: StandardSchemaV1): readonly Field[] | undefined {
  const root = jsonSchemaOf(schema, 'output')
  if (!isObject(root) || root.type !== 'object') return undefined
  return fieldsUnder(root, [])
}

/** What a schema is as JSON Schema; undefined where its vendor has no such thing, or cannot say it. */
export function jsonSchemaOf(schema: StandardSchemaV1, side: 'input' | 'output'): unknown {
  const converter: unknown = Reflect.get(schema['~standard'], 'jsonSchema')
  if (!isConverter(converter)) return undefined
  try {
    // Some vendors hang their schema on the JSON itself: only what is JSON counts.
    return JSON.parse(JSON.stringify(converter[side]({ target: 'draft-2020-12' })))
  } catch {
    // The standard lets a vendor throw for what JSON Schema cannot say.
    return undefined
  }
}

function isConverter(value: unknown): value is StandardJSONSchemaV1.Converter {
  return isObject(value) && typeof value.input === 'function' && typeof value.output === 'function'
}

function fieldsUnder(object: JsonSchema, above: readonly string[]): readonly Field[] {
  const required: readonly unknown[] = Array.isArray(object.required) ? object.required : []
  const properties = isObject(object.properties) ? Object.entries(object.properties) : []
  return properties.flatMap(([name, property]) => {
    const path = [...above, name]
    const { schema, nullable } = withoutNull(isObject(property) ? property : {})
    const optional = !required.includes(name)
    if (schema.type === 'object' && isObject(schema.properties) && !nullable && !optional) {
      return fieldsUnder(schema, path)
    }
    return [
      { name: path.join('.'), path, kind: kindOfJson(schema), role: 'value', optional, nullable },
    ]
  })
}

/** A schema that is another or null, told by `anyOf` or by a list of types, is that other, or null. */
function withoutNull(schema: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : []
  if (types.length === 2 && types.includes('null')) {
    return { schema: { ...schema, type: types.find((type) => type !== 'null') }, nullable: true }
  }
  const choices = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject) : []
  const rest = choices.filter(({ type }) => type !== 'null')
  const nullable = rest.length < choices.length
  return rest.length === 1 ? { schema: rest[0], nullable } : { schema, nullable }
}

function kindOfJson({ type, items, enum: choices, const: only }: JsonSchema): ColumnKind {
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'boolean' || type === 'string') return type
  if (type === 'array' && isObject(items)) return kindOfJson(items) === 'number' ? 'vector' : 'json'
  const values: readonly unknown[] = Array.isArray(choices)
    ? choices
    : only === undefined
      ? []
      : [only]
  const kinds = new Set(values.map((value) => typeof value))
  const [kind] = kinds
  return kinds.size === 1 && (kind === 'number' || kind === 'boolean' || kind === 'string')
    ? kind
    : 'json'
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
