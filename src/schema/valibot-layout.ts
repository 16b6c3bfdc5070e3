// Walks a Valibot 1 schema itself, without importing Valibot: everything it finds must be known, or the event falls back.
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

/** The layout of a Valibot schema, or why there is none. */
export function valibotLayout(schema: unknown): NativeLayout {
  return layoutOf(() => objectOf(ROOT, partOf(ROOT, schema)))
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

function objectOf(where: Where, part: Part): NativeObject {
  const { schema, actions } = unpiped(where, part)
  if (schema.type !== 'object' && schema.type !== 'strict_object')
    unknown(where, `a ${schema.type}`)
  allow(where, part, ['entries', 'pipe'])
  allow(where, schema, ['entries'])
  if (actions.length > 0) unknown(where, `an object with the action '${actions[0].type}'`)
  const entries: unknown = schema.entries
  if (typeof entries !== 'object' || entries === null) unknown(where, 'an object without entries')
  const fields = Object.entries(entries).map(([name, child]) =>
    fieldOf(under(where, name), name, child),
  )
  return objectLayout(where, fields, schema.type === 'strict_object')
}

const WRAPPERS: ReadonlySet<string> = new Set(['optional', 'exact_optional', 'nullable', 'nullish'])

/** Of JSON, where nothing is undefined, an exact optional is an optional. Only the outermost wrapper lets a key be missing. */
function fieldOf(where: Where, name: string, schema: unknown): NativeLeaf | NativeObject {
  let part = partOf(where, schema)
  let optional = false
  let nullable = false
  for (let outer = true; WRAPPERS.has(part.type); outer = false) {
    allow(where, part, ['wrapped'])
    if (part.type !== 'nullable' && outer) optional = true
    if (part.type === 'nullable' || part.type === 'nullish') nullable = true
    part = partOf(where, part.wrapped)
  }
  const { schema: base } = unpiped(where, part)
  if (base.type !== 'object' && base.type !== 'strict_object')
    return { name, rules: rulesOf(where, part), optional, nullable }
  if (optional || nullable) unknown(where, 'an object that may be missing')
  return objectOf(where, part)
}

function rulesOf(where: Where, part: Part): LeafRules {
  const { schema, actions } = unpiped(where, part)
  const known = KNOWN[schema.type]
  if (known === undefined) unknown(where, `a ${schema.type}`)
  allow(where, part, [...known, 'pipe'])
  allow(where, schema, known)
  if (schema.type === 'string') return { kind: 'string', text: textRules(where, actions) }
  if (schema.type === 'number') return { kind: 'number', number: numberRules(where, actions) }
  if (schema.type === 'array') return vectorRules(where, schema, actions)
  if (actions.length > 0) unknown(where, `a ${schema.type} with the action '${actions[0].type}'`)
  if (schema.type === 'boolean') return { kind: 'boolean', only: undefined }
  return oneOf(where, schema.type === 'literal' ? [schema.literal] : listOf(schema.options))
}

/** What else a schema of a type has. */
const KNOWN: Readonly<Record<string, readonly string[] | undefined>> = {
  array: ['item'],
  boolean: [],
  enum: ['enum', 'options'],
  literal: ['literal'],
  number: [],
  picklist: ['options'],
  string: [],
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
    } else unknown(where, `a text with the action '${action.type}'`)
  }
  return { min, max, values: undefined, patterns, utcTime: takesUtcTimes(patterns, utcTime) }
}

/** Actions that are a pattern have it as what they require; those that search a text or call a function require something else. */
function isPatterned(action: Part): action is Part & { readonly requirement: RegExp } {
  return isPlainPattern(action.requirement)
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
      const known = rules.step === undefined && Number.isSafeInteger(step) && step > 0
      return known ? { ...rules, step } : undefined
    }
    default:
      return undefined
  }
}

function vectorRules(where: Where, schema: Part, actions: readonly Part[]): LeafRules {
  const item = partOf(where, schema.item)
  const base = unpiped(where, item)
  if (base.schema.type !== 'number') unknown(where, `an array of ${base.schema.type}`)
  allow(where, item, ['pipe'])
  allow(where, base.schema, [])
  let { min, max } = { min: 0, max: Infinity }
  for (const action of actions) {
    const length = lengthOf(where, action)
    if (length === undefined) unknown(where, `an array with the action '${action.type}'`)
    min = Math.max(min, length.min)
    max = Math.min(max, length.max)
  }
  return { kind: 'vector', item: numberRules(where, base.actions), min, max }
}
