// Walks a Zod 4 schema itself, without importing Zod: everything it finds must be known, or the event falls back.
// JSON Schema is not asked: a refinement, coercion or trim leaves no trace in it.
import { layoutOf, type NativeLayout } from './native-layout.ts'
import {
  ANY_NUMBER,
  ANY_TEXT,
  ANYTHING,
  constantFits,
  required,
  type ListShape,
  type NumberRules,
  type ObjectShape,
  type Shape,
  type TextRules,
  type Value,
} from './native-shape.ts'
import {
  bound,
  constantOf,
  isPlainPattern,
  judgedConstant,
  listOf,
  multipleOf,
  oneOf,
  property,
  ROOT,
  searchFor,
  takesUtcTimes,
  under,
  unionOf,
  unknown,
  within,
  type Where,
} from './schema-walk.ts'

/** The layout of a Zod schema, or why there is none. */
export function zodLayout(schema: unknown): NativeLayout {
  return layoutOf(() => valueOf(ROOT, schema))
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

/** Ends the walk where a schema has checks. */
function unchecked(where: Where, def: Def): void {
  if (listOf(def.checks).length > 0) unknown(where, `a ${def.type} with a check`)
}

/** Of JSON, where nothing is undefined, an exact optional is an optional; a readonly value is frozen and else the same. */
function valueOf(where: Where, schema: unknown): Value {
  const def = defOf(where, schema)
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'readonly':
    case 'nonoptional': {
      allow(where, def, ['innerType', 'checks'])
      unchecked(where, def)
      return wrapped(where, def.type, valueOf(where, def.innerType))
    }
    case 'default':
    case 'prefault': {
      allow(where, def, ['innerType', 'checks', 'defaultValue'])
      unchecked(where, def)
      const inner = valueOf(where, def.innerType)
      const constant = constantOf(where, () =>
        property(property(property(schema, '_zod'), 'def'), 'defaultValue'),
      )
      // What `default` gives is not validated, what `prefault` gives is.
      const missing = def.type === 'default' ? constant : judgedConstant(where, inner, constant)
      return { ...inner, missing }
    }
    case 'catch':
      return caught(where, def)
    default:
      return plainValue(where, def, schema)
  }
}

function wrapped(where: Where, type: string, inner: Value): Value {
  const { missing } = inner
  if (type === 'nullable') return { ...inner, null: 'kept' }
  // A default inside of it is given for a missing key all the same.
  if (type === 'optional') return { ...inner, missing: missing === 'refused' ? 'kept' : missing }
  if (type === 'readonly') return inner
  if (typeof missing === 'object') unknown(where, 'a nonoptional with a default')
  return { ...inner, missing: 'refused' }
}

/** Whatever would be caught is left to the schema: what is sure passes before that. */
function caught(where: Where, def: Def): Value {
  allow(where, def, ['innerType', 'checks', 'catchValue'])
  unchecked(where, def)
  const { catchValue } = def
  const inner = valueOf(where, def.innerType)
  // Zod makes this function of a constant.
  if (typeof catchValue !== 'function' || !/^\(\) => (catchV|v)alue$/.test(String(catchValue)))
    unknown(where, 'a catch with a function')
  const { value } = constantOf(where, () => Reflect.apply(catchValue, undefined, []))
  if (!constantFits(inner, value)) unknown(where, 'a catch that gives what it may refuse')
  return inner
}

function plainValue(where: Where, def: Def, schema: unknown): Value {
  if (def.coerce === true) unknown(where, `a coerced ${def.type}`)
  switch (def.type) {
    case 'any':
    case 'unknown':
      allow(where, def, ['checks'])
      unchecked(where, def)
      return ANYTHING
    case 'null':
      allow(where, def, ['checks'])
      unchecked(where, def)
      return oneOf(where, [null])
    case 'literal':
      allow(where, def, ['values', 'checks'])
      unchecked(where, def)
      return oneOf(where, listOf(def.values))
    case 'union':
      allow(where, def, ['options', 'checks', 'inclusive'])
      unchecked(where, def)
      if (def.inclusive === false) unknown(where, 'a union of exactly one')
      return unionOf(
        where,
        listOf(def.options).map((option) => valueOf(where, option)),
      )
    default:
      return required(shapeOf(where, def, schema))
  }
}

function shapeOf(where: Where, def: Def, schema: unknown): Shape {
  switch (def.type) {
    case 'string':
      return { kind: 'string', text: textRules(where, def) }
    case 'template_literal': {
      const pattern = property(property(schema, '_zod'), 'pattern')
      allow(where, def, ['parts', 'checks'])
      unchecked(where, def)
      if (!isPlainPattern(pattern)) unknown(where, 'a template of no plain pattern')
      return { kind: 'string', text: { ...ANY_TEXT, patterns: [pattern] } }
    }
    case 'number':
      return { kind: 'number', number: numberRules(where, def) }
    case 'boolean':
      allow(where, def, ['checks', 'coerce'])
      unchecked(where, def)
      return { kind: 'boolean', only: undefined }
    case 'enum':
      allow(where, def, ['entries', 'checks'])
      unchecked(where, def)
      return textsOf(where, Object.values(def.entries ?? {}))
    case 'array':
    case 'tuple':
      return listShape(where, def)
    case 'object':
    case 'record':
      return objectShape(where, def)
    default:
      return unknown(where, `a ${def.type}`)
  }
}

function objectShape(where: Where, def: Def): ObjectShape {
  if (def.type === 'record') {
    allow(where, def, ['keyType', 'valueType', 'checks'])
    unchecked(where, def)
    const key = defOf(where, def.keyType)
    if (key.type !== 'string' || key.coerce === true || checksOf(where, key).length > 0)
      unknown(where, 'a record whose keys are not any text')
    return { kind: 'object', fields: [], others: valueOf(within(where), def.valueType) }
  }
  allow(where, def, ['shape', 'catchall', 'checks'])
  unchecked(where, def)
  const fields = Object.entries(def.shape ?? {}).map(([name, child]) => ({
    name,
    ...valueOf(under(where, name), child),
  }))
  if (def.catchall === undefined) return { kind: 'object', fields, others: 'drop' }
  if (defOf(where, def.catchall).type === 'never')
    return { kind: 'object', fields, others: 'refuse' }
  return { kind: 'object', fields, others: valueOf(within(where), def.catchall) }
}

/** Entries of an enum of numbers go both ways in TypeScript; which of them count is left to Zod. */
function textsOf(where: Where, values: readonly unknown[]): Shape {
  if (!values.every((value) => typeof value === 'string'))
    unknown(where, 'an enum that is not all texts')
  return oneOf(where, values).shape
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
      continue
    }
    const search = searchOf(check)
    if (search !== undefined) patterns.push(search)
    else if (
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

/** The search that a check of a part of the text is. */
function searchOf(check: Def): RegExp | undefined {
  const { format, prefix, suffix, includes, position, when, fn } = check
  if (check.check !== 'string_format' || when !== undefined || fn !== undefined) return undefined
  if (format === 'starts_with' && typeof prefix === 'string') return searchFor(prefix, 'start')
  if (format === 'ends_with' && typeof suffix === 'string') return searchFor(suffix, 'end')
  if (format === 'includes' && typeof includes === 'string' && position === undefined)
    return searchFor(includes, 'anywhere')
  return undefined
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
  float32: { min: -3.4028234663852886e38, max: 3.4028234663852886e38 },
  float64: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE },
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
  if (check.check === 'multiple_of' && typeof check.value === 'number' && check.value > 0) {
    const whole = Number.isSafeInteger(check.value) && rules.step === undefined
    return whole
      ? { ...rules, safeInteger: true, step: check.value }
      : multipleOf(where, rules, check.value)
  }
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

function listShape(where: Where, def: Def): ListShape {
  if (def.type === 'tuple') {
    allow(where, def, ['items', 'rest', 'checks'])
    unchecked(where, def)
    const first = listOf(def.items).map((item) => valueOf(within(where), item))
    const rest =
      def.rest === null || def.rest === undefined ? undefined : valueOf(within(where), def.rest)
    const max = rest === undefined ? first.length : Infinity
    return { kind: 'list', first, rest, min: first.length, max }
  }
  allow(where, def, ['element', 'checks'])
  const rest = valueOf(within(where), def.element)
  let { min, max } = { min: 0, max: Infinity }
  for (const check of checksOf(where, def)) {
    const length = lengthOf(where, check)
    if (length === undefined) unknown(where, `an array with the check '${String(check.check)}'`)
    min = Math.max(min, length.min)
    max = Math.min(max, length.max)
  }
  return { kind: 'list', first: [], rest, min, max }
}
