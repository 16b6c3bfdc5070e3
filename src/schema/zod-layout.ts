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
import {
  bound,
  isPlainPattern,
  layoutOf,
  listOf,
  objectLayout,
  oneOf,
  property,
  ROOT,
  takesUtcTimes,
  under,
  unknown,
  type Where,
} from './schema-walk.ts'

/** The layout of a Zod schema, or why there is none. */
export function zodLayout(schema: unknown): NativeLayout {
  return layoutOf(() => {
    const { inner, def } = unwrapped(ROOT, schema)
    if (def.type !== 'object') unknown(ROOT, `a ${def.type}`)
    return objectOf(ROOT, inner)
  })
}

interface Def {
  readonly type: string
  readonly [name: string]: unknown
}

function defOf(where: Where, schema: unknown): Def {
  const inner = property(schema, '_zod')
  const def = property(inner, 'def')
  const type = property(def, 'type')
  if (typeof def !== 'object' || def === null || typeof type !== 'string')
    unknown(where, 'no schema of Zod 4')
  return Object.assign(Object.create(null), def)
}

/** Ends the walk where a definition says more than is known. An error message changes no verdict. */
function allow(where: Where, def: Def, known: readonly string[]): void {
  for (const name of Object.keys(def)) {
    if (!known.includes(name) && name !== 'type' && name !== 'error' && def[name] !== undefined)
      unknown(where, `a ${def.type} with '${name}'`)
  }
}

interface Unwrapped {
  readonly inner: unknown
  readonly def: Def
  readonly optional: boolean
  readonly nullable: boolean
}

/** Of JSON, where nothing is undefined, an exact optional is an optional; a readonly value is frozen and else the same. */
function unwrapped(where: Where, schema: unknown): Unwrapped {
  let inner = schema
  let def = defOf(where, inner)
  let optional = false
  let nullable = false
  while (def.type === 'optional' || def.type === 'nullable' || def.type === 'readonly') {
    allow(where, def, ['innerType', 'checks'])
    if (listOf(def.checks).length > 0) unknown(where, `a ${def.type} with a check`)
    if (def.type === 'optional') optional = true
    if (def.type === 'nullable') nullable = true
    inner = def.innerType
    def = defOf(where, inner)
  }
  return { inner, def, optional, nullable }
}

function objectOf(where: Where, schema: unknown): NativeObject {
  const def = defOf(where, schema)
  allow(where, def, ['shape', 'catchall', 'checks'])
  if (listOf(def.checks).length > 0) unknown(where, 'an object with a check')
  const catchall = def.catchall === undefined ? undefined : defOf(where, def.catchall).type
  if (catchall !== undefined && catchall !== 'never')
    unknown(where, 'an object that keeps unknown keys')
  const fields = Object.entries(def.shape ?? {}).map(([name, child]) =>
    fieldOf(under(where, name), name, child),
  )
  return objectLayout(where, fields, catchall === 'never')
}

function fieldOf(where: Where, name: string, schema: unknown): NativeLeaf | NativeObject {
  const { inner, def, optional, nullable } = unwrapped(where, schema)
  if (def.type !== 'object') return { name, rules: rulesOf(where, def), optional, nullable }
  if (optional || nullable) unknown(where, 'an object that may be missing')
  return objectOf(where, inner)
}

function rulesOf(where: Where, def: Def): LeafRules {
  if (def.coerce === true) unknown(where, `a coerced ${def.type}`)
  switch (def.type) {
    case 'string':
      return { kind: 'string', text: textRules(where, def) }
    case 'number':
      return { kind: 'number', number: numberRules(where, def) }
    case 'boolean':
      allow(where, def, ['checks', 'coerce'])
      if (listOf(def.checks).length > 0) unknown(where, 'a boolean with a check')
      return { kind: 'boolean', only: undefined }
    case 'literal':
      allow(where, def, ['values', 'checks'])
      if (listOf(def.checks).length > 0) unknown(where, 'a literal with a check')
      return oneOf(where, listOf(def.values))
    case 'enum':
      allow(where, def, ['entries', 'checks'])
      if (listOf(def.checks).length > 0) unknown(where, 'an enum with a check')
      return textsOf(where, Object.values(def.entries ?? {}))
    case 'array':
      return vectorRules(where, def)
    default:
      return unknown(where, `a ${def.type}`)
  }
}

/** Entries of an enum of numbers go both ways in TypeScript; which of them count is left to Zod. */
function textsOf(where: Where, values: readonly unknown[]): LeafRules {
  if (!values.every((value) => typeof value === 'string'))
    unknown(where, 'an enum that is not all texts')
  return oneOf(where, values)
}

/** A format is a check on the schema itself, further checks are in a list. */
function checksOf(where: Where, def: Def): readonly Def[] {
  const own = def.check === undefined ? [] : [def]
  const listed = listOf(def.checks).map((check): Def => {
    const inner = property(property(check, '_zod'), 'def')
    if (typeof inner !== 'object' || inner === null) unknown(where, 'checked by what is unknown')
    return Object.assign(Object.create(null), inner)
  })
  return [...own, ...listed]
}

/** Formats that are their pattern and nothing else. */
const PATTERNED: ReadonlySet<unknown> = new Set([
  'cidrv4',
  'cuid',
  'cuid2',
  'date',
  'datetime',
  'duration',
  'e164',
  'email',
  'emoji',
  'guid',
  'ipv4',
  'ksuid',
  'lowercase',
  'mac',
  'nanoid',
  'regex',
  'time',
  'ulid',
  'uppercase',
  'uuid',
  'xid',
])

function textRules(where: Where, def: Def): TextRules {
  let { min, max } = ANY_TEXT
  const patterns: RegExp[] = []
  let utcTime = false
  for (const check of checksOf(where, def)) {
    const length = lengthOf(where, check)
    if (length !== undefined) {
      min = Math.max(min, length.min)
      max = Math.min(max, length.max)
    } else if (
      check.check === 'string_format' &&
      check.when === undefined &&
      check.fn === undefined &&
      PATTERNED.has(check.format) &&
      isPlainPattern(check.pattern)
    ) {
      patterns.push(check.pattern)
      utcTime = check.format === 'datetime' && check.precision === null && check.local === false
    } else unknown(where, `a text with the check '${String(check.format ?? check.check)}'`)
  }
  return { min, max, values: undefined, patterns, utcTime: takesUtcTimes(patterns, utcTime) }
}

/** The lengths that a check of length allows; undefined for any other check. */
function lengthOf(where: Where, check: Def): { min: number; max: number } | undefined {
  const exact = check.check === 'length_equals'
  if (!exact && check.check !== 'min_length' && check.check !== 'max_length') return undefined
  if (!always(check.when)) unknown(where, 'under a conditional check')
  if (exact) return { min: bound(where, check.length), max: bound(where, check.length) }
  return check.check === 'min_length'
    ? { min: bound(where, check.minimum), max: Infinity }
    : { min: 0, max: bound(where, check.maximum) }
}

/** Zod's own checks of length ask whether there is a length, which every text and array has; any other condition is not known. */
function always(when: unknown): boolean {
  if (when === undefined) return true
  return (
    typeof when === 'function' &&
    /^\(payload\) => \{\s*const val = payload\.value;\s*return !util\.nullish\(val\) && val\.length !== undefined;\s*\}$/.test(
      String(when),
    )
  )
}

/** Formats of numbers and the range they have, bounds included. */
const FORMATS: Readonly<Record<string, Pick<NumberRules, 'min' | 'max'> & Partial<NumberRules>>> = {
  safeint: { safeInteger: true, min: -Infinity, max: Infinity },
  int32: { integer: true, min: -2_147_483_648, max: 2_147_483_647 },
  uint32: { integer: true, min: 0, max: 4_294_967_295 },
}

function numberRules(where: Where, def: Def): NumberRules {
  let rules = ANY_NUMBER
  for (const check of checksOf(where, def)) rules = withCheck(where, rules, check)
  return rules
}

function withCheck(where: Where, rules: NumberRules, check: Def): NumberRules {
  if (check.when !== undefined) unknown(where, 'a number with a conditional check')
  const format = check.check === 'number_format' ? FORMATS[String(check.format)] : undefined
  if (format !== undefined) {
    const { min, max, ...rest } = format
    const above = bounded({ ...rules, ...rest }, 'greater_than', { value: min, inclusive: true })
    return bounded(above, 'less_than', { value: max, inclusive: true })
  }
  if (check.check === 'greater_than' || check.check === 'less_than')
    return bounded(rules, check.check, {
      value: bound(where, check.value),
      inclusive: check.inclusive === true,
    })
  if (check.check === 'multiple_of' && rules.step === undefined && isStep(check.value))
    return { ...rules, step: check.value }
  return unknown(where, `a number with the check '${String(check.format ?? check.check)}'`)
}

function bounded(
  rules: NumberRules,
  side: 'greater_than' | 'less_than',
  { value, inclusive }: { value: number; inclusive: boolean },
): NumberRules {
  if (side === 'greater_than') {
    if (value < rules.min || (value === rules.min && inclusive)) return rules
    return { ...rules, min: value, minExclusive: !inclusive }
  }
  if (value > rules.max || (value === rules.max && inclusive)) return rules
  return { ...rules, max: value, maxExclusive: !inclusive }
}

function isStep(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function vectorRules(where: Where, def: Def): LeafRules {
  allow(where, def, ['element', 'checks'])
  const item = defOf(where, def.element)
  if (item.type !== 'number' || item.coerce === true) unknown(where, `an array of ${item.type}`)
  let { min, max } = { min: 0, max: Infinity }
  for (const check of checksOf(where, def)) {
    const length = lengthOf(where, check)
    if (length === undefined) unknown(where, `an array with the check '${String(check.check)}'`)
    min = Math.max(min, length.min)
    max = Math.min(max, length.max)
  }
  return { kind: 'vector', item: numberRules(where, item), min, max }
}
