// Walks a Zod 4 schema itself, without importing Zod: everything it finds must be known, or the event falls back.
// JSON Schema is not asked: a refinement, coercion or trim leaves no trace in it.
import {
  ANY_NUMBER,
  ANY_TEXT,
  type LeafRules,
  type NativeLayout,
  type NativeLeaf,
  type NativeObject,
  type NumberRules,
  type TextRules,
} from './native-layout.ts'

class Unknown extends Error {}

/** The layout of a Zod schema, or why there is none. */
export function zodLayout(schema: unknown): NativeLayout {
  try {
    return { native: objectOf('', schema, 'the event') }
  } catch (error) {
    if (error instanceof Unknown) return { reason: error.message }
    throw error
  }
}

function unknown(where: string, what: string): never {
  throw new Unknown(`${where} is ${what}, which only the schema's own validate reads`)
}

interface Def {
  readonly type: string
  readonly [name: string]: unknown
}

/** The definition of a schema, whose every property must be one of `known`. */
function defOf(schema: unknown, where: string): Def {
  const inner = property(schema, '_zod')
  const def = property(inner, 'def')
  const type = property(def, 'type')
  if (typeof def !== 'object' || def === null || typeof type !== 'string')
    unknown(where, 'no schema of Zod 4')
  return Object.assign(Object.create(null), def)
}

function allow(def: Def, where: string, known: readonly string[]): void {
  for (const name of Object.keys(def)) {
    // An error message changes no verdict.
    if (!known.includes(name) && name !== 'type' && name !== 'error' && def[name] !== undefined)
      unknown(where, `a ${def.type} with '${name}'`)
  }
}

function property(of: unknown, name: string): unknown {
  return (typeof of === 'object' || typeof of === 'function') && of !== null
    ? Reflect.get(of, name)
    : undefined
}

function objectOf(name: string, schema: unknown, where: string): NativeObject {
  const def = defOf(schema, where)
  if (def.type !== 'object') unknown(where, `a ${def.type}`)
  allow(def, where, ['shape', 'catchall', 'checks'])
  if (listOf(def.checks).length > 0) unknown(where, 'an object with a check')
  const catchall = def.catchall === undefined ? undefined : defOf(def.catchall, where).type
  if (catchall !== undefined && catchall !== 'never')
    unknown(where, 'an object that keeps unknown keys')
  const fields = Object.entries(def.shape ?? {}).map(([key, child]) =>
    fieldOf(key, child, name === '' ? `'${key}'` : `'${name}.${key}'`),
  )
  if (fields.length === 0 || fields.length > 30)
    unknown(where, `an object of ${fields.length} fields`)
  if (Object.hasOwn(def.shape ?? {}, '__proto__'))
    unknown(where, 'an object with a field __proto__')
  return { name, fields, strict: catchall === 'never' }
}

function fieldOf(name: string, schema: unknown, where: string): NativeLeaf | NativeObject {
  let optional = false
  let nullable = false
  let inner = schema
  let def = defOf(inner, where)
  while (def.type === 'optional' || def.type === 'nullable') {
    allow(def, where, ['innerType'])
    if (property(property(inner, 'constructor'), 'name') === 'ZodExactOptional')
      unknown(where, 'exactly optional')
    if (def.type === 'optional') optional = true
    else nullable = true
    inner = def.innerType
    def = defOf(inner, where)
  }
  if (def.type === 'object') {
    if (optional || nullable) unknown(where, 'an object that may be missing')
    return objectOf(name, inner, where)
  }
  return { name, rules: rulesOf(def, where), optional, nullable }
}

function rulesOf(def: Def, where: string): LeafRules {
  if (def.coerce === true) unknown(where, `a coerced ${def.type}`)
  switch (def.type) {
    case 'string':
      return { kind: 'string', text: textRules(def, where) }
    case 'number':
      return { kind: 'number', number: numberRules(def, where) }
    case 'boolean':
      allow(def, where, ['checks'])
      if (listOf(def.checks).length > 0) unknown(where, 'a boolean with a check')
      return { kind: 'boolean' }
    case 'literal':
      allow(def, where, ['values'])
      return oneOf(listOf(def.values), where)
    case 'enum':
      allow(def, where, ['entries'])
      return oneOf(Object.values(def.entries ?? {}), where)
    default:
      return unknown(where, `a ${def.type}`)
  }
}

function oneOf(values: readonly unknown[], where: string): LeafRules {
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length !== values.length || texts.length === 0)
    unknown(where, 'a literal that is no text')
  return { kind: 'string', text: { ...ANY_TEXT, values: new Set(texts) } }
}

/** A format is a check on the schema itself, further checks are in a list. */
function checksOf(def: Def, where: string): readonly Def[] {
  const own = def.check === undefined ? [] : [def]
  const listed = listOf(def.checks).map((check): Def => {
    const inner = property(property(check, '_zod'), 'def')
    if (typeof inner !== 'object' || inner === null) unknown(where, 'a check that is unknown')
    return Object.assign(Object.create(null), inner)
  })
  return [...own, ...listed]
}

const PATTERNED: ReadonlySet<unknown> = new Set([
  'datetime',
  'date',
  'time',
  'duration',
  'uuid',
  'email',
  'guid',
  'ulid',
  'cuid2',
  'nanoid',
  'xid',
  'ksuid',
  'ipv4',
  'cidrv4',
  'e164',
])

function textRules(def: Def, where: string): TextRules {
  let { min, max } = ANY_TEXT
  const patterns: RegExp[] = []
  let utcTime = false
  for (const check of checksOf(def, where)) {
    if (!always(check.when)) unknown(where, 'a text with a conditional check')
    if (check.check === 'min_length') min = Math.max(min, Number(check.minimum))
    else if (check.check === 'max_length') max = Math.min(max, Number(check.maximum))
    else if (check.check === 'length_equals') {
      min = Math.max(min, Number(check.length))
      max = Math.min(max, Number(check.length))
    } else if (
      check.check === 'string_format' &&
      PATTERNED.has(check.format) &&
      check.pattern instanceof RegExp &&
      !check.pattern.global &&
      !check.pattern.sticky
    ) {
      patterns.push(check.pattern)
      utcTime = check.format === 'datetime' && check.precision === null && check.local === false
    } else unknown(where, `a text with the check '${String(check.format ?? check.check)}'`)
  }
  return { min, max, values: undefined, patterns, utcTime: utcTime && patterns.length === 1 }
}

/** Zod's own checks of length ask whether there is a length, which every text has; any other condition is not known. */
function always(when: unknown): boolean {
  if (when === undefined) return true
  return (
    typeof when === 'function' &&
    /^\(payload\) => \{\s*const val = payload\.value;\s*return !util\.nullish\(val\) && val\.length !== undefined;\s*\}$/.test(
      String(when),
    )
  )
}

function numberRules(def: Def, where: string): NumberRules {
  const rules = { ...ANY_NUMBER }
  for (const check of checksOf(def, where)) {
    if (check.when !== undefined) unknown(where, 'a number with a conditional check')
    const value = Number(check.value)
    if (check.check === 'greater_than' && Number.isFinite(value)) {
      if (value > rules.min || (value === rules.min && check.inclusive !== true))
        Object.assign(rules, { min: value, minExclusive: check.inclusive !== true })
    } else if (check.check === 'less_than' && Number.isFinite(value)) {
      if (value < rules.max || (value === rules.max && check.inclusive !== true))
        Object.assign(rules, { max: value, maxExclusive: check.inclusive !== true })
    } else if (check.check === 'number_format' && check.format === 'safeint')
      Object.assign(rules, { safeInteger: true })
    else unknown(where, `a number with the check '${String(check.format ?? check.check)}'`)
  }
  return rules
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
