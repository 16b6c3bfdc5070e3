// Walks a Valibot 1 schema itself, without importing Valibot: everything it finds must be known, or the event falls back.
import { layoutOf, type NativeLayout } from './native-layout.ts'
import {
  ANY_NUMBER,
  ANY_TEXT,
  ANYTHING,
  constantFits,
  required,
  type Gone,
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

/** The layout of a Valibot schema, or why there is none. */
export function valibotLayout(schema: unknown): NativeLayout {
  return layoutOf(() => valueOf(ROOT, partOf(ROOT, schema)))
}

/** A schema or an action of a pipe. */
interface Part {
  readonly kind: string
  readonly type: string
  readonly [name: string]: unknown
}

const COMMON: ReadonlySet<string> = new Set([
  'kind',
  'type',
  'reference',
  'expects',
  'async',
  'message',
  '~run',
  '~standard',
])

/** A schema, whose every property must be one of `COMMON`, `pipe`, or what its type has. */
function partOf(where: Where, schema: unknown): Part {
  const type = property(schema, 'type')
  const kind = property(schema, 'kind')
  if (typeof schema !== 'object' || typeof type !== 'string' || typeof kind !== 'string')
    unknown(where, 'no schema of Valibot 1')
  if (property(schema, 'async') === true) unknown(where, `an asynchronous ${type}`)
  return Object.assign(Object.create(null), schema)
}

/** Ends the walk where a schema has more than is known, such as a fallback or a cache. */
function allow(where: Where, part: Part, known: readonly string[]): void {
  for (const name of Object.keys(part)) {
    if (!COMMON.has(name) && !known.includes(name) && part[name] !== undefined)
      unknown(where, `a ${part.type} with '${name}'`)
  }
}

/** The schema a pipe begins with and its actions; brands, and notes for people, change nothing and are left out. */
function unpiped(where: Where, part: Part): { schema: Part; actions: readonly Part[] } {
  if (part.pipe === undefined) return { schema: part, actions: [] }
  const [first, ...rest] = listOf(part.pipe)
  const inner = unpiped(where, partOf(where, first))
  const actions = rest
    .filter((action) => property(action, 'kind') !== 'metadata')
    .map((action) => partOf(where, action))
    .filter(({ kind, type }) => kind !== 'transformation' || !SAME.has(type))
  return { schema: inner.schema, actions: [...inner.actions, ...actions] }
}

/** Transformations that give what they are given. */
const SAME: ReadonlySet<string> = new Set(['brand', 'flavor', 'readonly'])

/** Only the outermost wrapper of a field says whether its key may be missing. */
function valueOf(where: Where, part: Part): Value {
  if (part.fallback !== undefined) return caught(where, part)
  const inner = (): Value => valueOf(where, partOf(where, part.wrapped))
  const onDefault = (of: Value, otherwise: Gone): Gone => {
    if (part.default === undefined) return otherwise
    // Given the place in the event, it may look at it.
    if (typeof part.default === 'function') return unknown(where, 'a value with a default function')
    return judgedConstant(
      where,
      of,
      constantOf(where, () => part.default),
    )
  }
  if (WRAPPERS.has(part.type)) allow(where, part, ['wrapped', 'default'])
  switch (part.type) {
    case 'optional':
    case 'exact_optional': {
      const of = inner()
      return { ...of, missing: onDefault(of, 'kept') }
    }
    case 'nullable': {
      const of = { ...inner(), missing: 'refused' } as const
      return { ...of, null: onDefault({ ...of, null: 'kept' }, 'kept') }
    }
    case 'nullish': {
      const of = inner()
      const gone = onDefault({ ...of, null: 'kept' }, 'kept')
      return { ...of, missing: gone, null: gone }
    }
    case 'undefinedable':
    case 'non_optional':
      return { ...inner(), missing: 'refused' }
    case 'non_nullable':
    case 'non_nullish':
      return { ...inner(), missing: 'refused', null: 'refused' }
    default:
      return plainValue(where, part)
  }
}

const WRAPPERS: ReadonlySet<string> = new Set([
  'exact_optional',
  'non_nullable',
  'non_nullish',
  'non_optional',
  'nullable',
  'nullish',
  'optional',
  'undefinedable',
])

/** Whatever falls back to a constant is left to the schema: what is sure passes before that. */
function caught(where: Where, part: Part): Value {
  const { fallback } = part
  if (typeof fallback === 'function') unknown(where, 'a value with a fallback function')
  const { value } = constantOf(where, () => fallback)
  const inner = valueOf(where, { ...part, fallback: undefined })
  if (!constantFits(inner, value)) unknown(where, 'a fallback to what it may refuse')
  return { ...inner, missing: typeof inner.missing === 'object' ? inner.missing : 'refused' }
}

function plainValue(where: Where, part: Part): Value {
  const { schema, actions } = unpiped(where, part)
  const known = KNOWN[schema.type]
  if (known === undefined) unknown(where, `a ${schema.type}`)
  allow(where, part, [...known, 'pipe'])
  allow(where, schema, known)
  const shape = ruledShape(where, schema, actions)
  if (shape !== undefined) return required(shape)
  if (actions.length > 0) unknown(where, `a ${schema.type} with the action '${actions[0].type}'`)
  switch (schema.type) {
    case 'any':
    case 'unknown':
      return ANYTHING
    case 'boolean':
      return required({ kind: 'boolean', only: undefined })
    case 'literal':
      return oneOf(where, [schema.literal])
    case 'null':
      return oneOf(where, [null])
    case 'union':
      return unionOf(
        where,
        listOf(schema.options).map((option) => valueOf(where, partOf(where, option))),
      )
    case 'enum':
    case 'picklist':
      return oneOf(where, listOf(schema.options))
    default:
      return required(objectShape(where, schema))
  }
}

/** The shape of a schema whose actions are rules of it; undefined for one that knows no actions. */
function ruledShape(where: Where, schema: Part, actions: readonly Part[]): Shape | undefined {
  switch (schema.type) {
    case 'string':
      return { kind: 'string', text: textRules(where, actions) }
    case 'number':
      return { kind: 'number', number: numberRules(where, actions) }
    case 'array':
    case 'strict_tuple':
    case 'tuple':
    case 'tuple_with_rest':
      return listShape(where, schema, actions)
    default:
      return undefined
  }
}

function objectShape(where: Where, schema: Part): ObjectShape {
  if (schema.type === 'record') {
    const key = unpiped(where, partOf(where, schema.key))
    if (key.schema.type !== 'string' || key.actions.length > 0)
      unknown(where, 'a record whose keys are not any text')
    allow(where, key.schema, [])
    const others = valueOf(within(where), partOf(where, schema.value))
    return { kind: 'object', fields: [], others }
  }
  const { entries } = schema
  if (typeof entries !== 'object' || entries === null) unknown(where, 'an object without entries')
  const fields = Object.entries(entries).map(([name, child]) => {
    const inner = under(where, name)
    return { name, ...valueOf(inner, partOf(inner, child)) }
  })
  switch (schema.type) {
    case 'loose_object':
      return { kind: 'object', fields, others: ANYTHING }
    case 'object_with_rest':
      return {
        kind: 'object',
        fields,
        others: valueOf(within(where), partOf(where, schema.rest)),
      }
    default:
      return { kind: 'object', fields, others: schema.type === 'object' ? 'drop' : 'refuse' }
  }
}

/** What else a schema of a type has. */
const KNOWN: Readonly<Record<string, readonly string[] | undefined>> = {
  any: [],
  array: ['item'],
  boolean: [],
  enum: ['enum', 'options'],
  literal: ['literal'],
  loose_object: ['entries'],
  null: [],
  number: [],
  object: ['entries'],
  object_with_rest: ['entries', 'rest'],
  picklist: ['options'],
  record: ['key', 'value'],
  strict_object: ['entries'],
  strict_tuple: ['items'],
  string: [],
  tuple: ['items'],
  tuple_with_rest: ['items', 'rest'],
  union: ['options'],
  unknown: [],
}

function textRules(where: Where, actions: readonly Part[]): TextRules {
  let { min, max } = ANY_TEXT
  const patterns: RegExp[] = []
  let utcTime = false
  for (const action of actions) {
    const length = lengthOf(where, action)
    if (length !== undefined) {
      min = Math.max(min, length.min)
      max = Math.min(max, length.max)
    } else if (action.kind === 'validation' && isPatterned(action)) {
      patterns.push(action.requirement)
      utcTime = action.type === 'iso_timestamp'
    } else if (action.kind === 'validation' && searchOf(action) !== undefined) {
      patterns.push(searchOf(action) ?? /(?:)/)
    } else unknown(where, `a text with the action '${action.type}'`)
  }
  return { min, max, values: undefined, patterns, utcTime: takesUtcTimes(patterns, utcTime) }
}

/** Actions that are a pattern have it as what they require; those that search a text or call a function require something else. */
function isPatterned(action: Part): action is Part & { readonly requirement: RegExp } {
  return isPlainPattern(action.requirement)
}

/** The search that an action on a part of the text is. */
function searchOf({ type, requirement }: Part): RegExp | undefined {
  if (typeof requirement !== 'string') return undefined
  if (type === 'starts_with') return searchFor(requirement, 'start')
  if (type === 'ends_with') return searchFor(requirement, 'end')
  return type === 'includes' ? searchFor(requirement, 'anywhere') : undefined
}

/** The lengths that an action of length allows; undefined for any other action. */
function lengthOf(where: Where, action: Part): { min: number; max: number } | undefined {
  if (action.kind !== 'validation') return undefined
  switch (action.type) {
    case 'min_length':
      return { min: bound(where, action.requirement), max: Infinity }
    case 'max_length':
      return { min: 0, max: bound(where, action.requirement) }
    case 'length':
      return { min: bound(where, action.requirement), max: bound(where, action.requirement) }
    case 'non_empty':
      return { min: 1, max: Infinity }
    case 'empty':
      return { min: 0, max: 0 }
    default:
      return undefined
  }
}

function numberRules(where: Where, actions: readonly Part[]): NumberRules {
  let rules = ANY_NUMBER
  for (const action of actions) {
    const next = action.kind === 'validation' ? withAction(where, rules, action) : undefined
    if (next === undefined) unknown(where, `a number with the action '${action.type}'`)
    rules = next
  }
  return rules
}

function withAction(where: Where, rules: NumberRules, action: Part): NumberRules | undefined {
  const { requirement } = action
  switch (action.type) {
    case 'finite':
      return rules
    case 'integer':
      return { ...rules, integer: true }
    case 'safe_integer':
      return { ...rules, safeInteger: true }
    case 'min_value':
    case 'gt_value': {
      const min = bound(where, requirement)
      const exclusive = action.type === 'gt_value'
      if (min < rules.min || (min === rules.min && !exclusive)) return rules
      return { ...rules, min, minExclusive: exclusive }
    }
    case 'max_value':
    case 'lt_value': {
      const max = bound(where, requirement)
      const exclusive = action.type === 'lt_value'
      if (max > rules.max || (max === rules.max && !exclusive)) return rules
      return { ...rules, max, maxExclusive: exclusive }
    }
    case 'multiple_of': {
      const step = bound(where, requirement)
      return rules.step === undefined && step > 0 ? { ...rules, step } : undefined
    }
    case 'value':
    case 'values': {
      const values = action.type === 'value' ? [requirement] : listOf(requirement)
      const numbers = values.filter((value) => typeof value === 'number')
      const known = rules.values === undefined && numbers.length === values.length
      return known && !numbers.some(Number.isNaN) ? { ...rules, values: numbers } : undefined
    }
    default:
      return undefined
  }
}

function listShape(where: Where, schema: Part, actions: readonly Part[]): ListShape {
  const itemOf = (item: unknown): Value => valueOf(within(where), partOf(where, item))
  const isTuple = schema.type !== 'array'
  const first = isTuple ? listOf(schema.items).map(itemOf) : []
  const open = isTuple ? schema.type === 'tuple_with_rest' : true
  const rest = open ? itemOf(isTuple ? schema.rest : schema.item) : undefined
  // A plain tuple drops further items: what has them is not sure.
  let { min, max } = { min: first.length, max: open ? Infinity : first.length }
  for (const action of actions) {
    const length = lengthOf(where, action)
    if (length === undefined) unknown(where, `an array with the action '${action.type}'`)
    min = Math.max(min, length.min)
    max = Math.min(max, length.max)
  }
  return { kind: 'list', first, rest, min, max }
}
