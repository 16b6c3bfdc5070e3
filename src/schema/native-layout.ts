// The columns that events of a shape are read into: what is plain lies in typed columns, the rest as its JSON.
import type { Field } from '../contracts/columns.ts'
import type {
  BooleanShape,
  Gone,
  NumberRules,
  NumberShape,
  ObjectShape,
  Shape,
  TextShape,
  Value,
} from './native-shape.ts'
import { ROOT, unknown, Unknown, type Where } from './schema-walk.ts'

export type LeafRules =
  | TextShape
  | NumberShape
  | BooleanShape
  /** An array of numbers, of `min` to `max` items. */
  | {
      readonly kind: 'vector'
      readonly item: NumberRules
      readonly min: number
      readonly max: number
    }
  | { readonly kind: 'json'; readonly shape: Shape }
  /** Whether an object is there, which is told by the marks alone. */
  | { readonly kind: 'presence' }

/** A field that is one column. */
export interface NativeLeaf {
  readonly name: string
  readonly rules: LeafRules
  readonly missing: Gone
  readonly null: Gone
}

/** An object: all its fields, and whether others are an error (else they are dropped). */
export interface NativeObject {
  readonly name: string
  readonly fields: readonly (NativeLeaf | NativeObject)[]
  readonly strict: boolean
  readonly optional: boolean
  readonly nullable: boolean
}

export type NativeLayout = { readonly native: NativeObject } | { readonly reason: string }

const FIELDS_MAX = 256

export function isLeaf(field: NativeLeaf | NativeObject): field is NativeLeaf {
  return 'rules' in field
}

/** The layout of what a walk finds; the first thing it does not know is the reason why there is none. */
export function layoutOf(walk: () => Value): NativeLayout {
  try {
    return { native: eventLayout(walk()) }
  } catch (error) {
    if (error instanceof Unknown) return { reason: error.message }
    throw error
  }
}

function eventLayout({ shape, null: nil }: Value): NativeObject {
  if (shape.kind !== 'object') unknown(ROOT, 'no object')
  if (nil !== 'refused') unknown(ROOT, 'an object that may be null')
  if (typeof shape.others !== 'string') unknown(ROOT, 'an object that keeps unknown keys')
  return objectLayout(ROOT, '', { shape, missing: 'refused', null: 'refused' }, shape)
}

function objectLayout(where: Where, name: string, of: Value, shape: ObjectShape): NativeObject {
  const { fields, others } = shape
  if (fields.length === 0 || fields.length > FIELDS_MAX)
    unknown(where, `an object of ${fields.length} fields`)
  return {
    name,
    fields: fields.map((field) => fieldLayout(inside(where, field.name), field.name, field)),
    strict: others === 'refuse',
    optional: of.missing === 'kept',
    nullable: of.null === 'kept',
  }
}

function inside(where: Where, name: string): Where {
  const path = [...where.path, name]
  return { name: `'${path.join('.')}'`, path }
}

function fieldLayout(where: Where, name: string, value: Value): NativeLeaf | NativeObject {
  const { shape, missing, null: nil } = value
  const plain = typeof missing === 'string' && typeof nil === 'string'
  if (shape.kind === 'object' && shape.fields.length > 0 && plain) {
    if (typeof shape.others === 'string') return objectLayout(where, name, value, shape)
  }
  const leaf = { name, rules: rulesOf(shape), missing, null: nil }
  for (const gone of [missing, nil]) {
    if (typeof gone === 'object' && !isOfKind(leaf.rules, gone.value))
      unknown(where, 'a field whose default is of another kind')
  }
  return leaf
}

function rulesOf(shape: Shape): LeafRules {
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return shape
    case 'list': {
      const { first, rest, min, max } = shape
      if (first.length > 0 || rest?.shape.kind !== 'number' || rest.null !== 'refused')
        return { kind: 'json', shape }
      return { kind: 'vector', item: rest.shape.number, min, max }
    }
    default:
      return { kind: 'json', shape }
  }
}

/** Whether a constant can lie in a column. It need not fit the rules: Zod does not validate its defaults. */
function isOfKind({ kind }: LeafRules, value: unknown): boolean {
  if (value === null || kind === 'json') return true
  if (kind === 'vector')
    return Array.isArray(value) && value.every((each) => typeof each === 'number')
  return typeof value === kind
}

/** Fields of the columns, in their order: that an object is there comes before its fields. */
export function fieldsOf(
  object: NativeObject,
  path: readonly string[] = [],
  mayMiss = false,
): Field[] {
  return object.fields.flatMap((field): Field[] => {
    const own = [...path, field.name]
    const base = { name: own.join('.'), path: own }
    if (isLeaf(field)) {
      const { rules, missing, null: nil } = field
      const kind = rules.kind === 'presence' ? 'boolean' : rules.kind
      const optional = missing === 'kept' || mayMiss
      return [{ ...base, kind, role: 'value', optional, nullable: mayBeNull(missing, nil) }]
    }
    const { optional, nullable } = field
    const fields = fieldsOf(field, own, mayMiss || optional || nullable)
    if (!optional && !nullable) return fields
    const presence: Field = {
      ...base,
      kind: 'boolean',
      role: 'presence',
      optional: optional || mayMiss,
      nullable,
    }
    return [presence, ...fields]
  })
}

/** Whether what is read may be null: as it is, or by a constant. */
export function mayBeNull(missing: Gone, nil: Gone): boolean {
  return nil === 'kept' || isNull(nil) || isNull(missing)
}

function isNull(gone: Gone): boolean {
  return typeof gone === 'object' && gone.value === null
}
