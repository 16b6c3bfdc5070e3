// What the schema of an event says about its fields: which path gives a column of which kind.
// It lets a definition fail when it is built, where a kind is unknown or wrong, instead of at the first event.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Field } from '../contracts/columns.ts'
import type { Selector } from '../contracts/selector.ts'
import { compileSchema } from '../schema/compile-schema.ts'
import { found, frozen, refuse, type Part } from './check.ts'
import { FEATURE_KINDS, type FeatureKind } from './feature.ts'
import { jsonFields } from './json-fields.ts'

export interface EventColumns {
  /** Fields and their kinds; undefined where the schema does not tell. */
  readonly fields: readonly Field[] | undefined
  /** Whether there is no other field: so it is when events are read natively, and not when by the schema's own validate. */
  readonly complete: boolean
  /** Why they are read by the schema's own validate. */
  readonly reason: string | undefined
}

/** @throws DefinitionError when it is no Standard Schema, or one that cannot be used. */
export function eventColumns(of: Part, schema: StandardSchemaV1, option = 'schema'): EventColumns {
  checkSchema(of, option, schema)
  const compiled = compileSchema(schema, of.title)
  const complete = compiled.mode === 'native'
  const fields = complete
    ? compiled.fields.filter(({ role }) => role === 'value')
    : jsonFields(schema)
  // A copy, because what a definition holds is frozen and a compiled schema is not the definition's.
  const own = fields?.map((field) => ({ ...field, path: [...field.path] }))
  return frozen({ fields: own, complete, reason: compiled.reason })
}

/** Checks that it is a Standard Schema. */
export function checkSchema(of: Part, option: string, schema: unknown): void {
  const holder = typeof schema === 'object' || typeof schema === 'function' ? schema : null
  const standard: unknown = holder === null ? undefined : Reflect.get(holder, '~standard')
  const validate: unknown =
    typeof standard === 'object' && standard !== null
      ? Reflect.get(standard, 'validate')
      : undefined
  if (typeof validate === 'function') return
  refuse(
    of,
    `${option} must be a Standard Schema (Zod, Valibot, ArkType ...); found ${found(schema)}; write ${option}: z.object({ ... })`,
  )
}

/**
 * The kind of a feature's column. A plain path takes it from the schema; any other function must say it,
 * because a column has one kind before the first event is seen.
 */
export function kindOf(
  of: Part,
  select: Selector,
  { stated, columns }: { readonly stated: unknown; readonly columns: EventColumns },
): FeatureKind {
  const known = FEATURE_KINDS.find((kind) => kind === stated)
  if (stated !== undefined && known === undefined) {
    refuse(
      of,
      `kind must be one of ${FEATURE_KINDS.join(', ')}; found ${found(stated)}; correct it`,
    )
  }
  const field = fieldAt(of, select.path, columns)
  if (field === undefined) {
    if (known !== undefined) return known
    refuse(
      of,
      `${whyUnknown(select, columns)}; say it: { kind: 'number' } (${FEATURE_KINDS.join(', ')})`,
    )
  }
  if (field.kind === 'json') {
    refuse(
      of,
      `a feature must be a number, boolean, text or list of numbers; found the field ${field.path.join('.')}, which is ` +
        'other JSON; take one value of it by a function, with { kind }',
    )
  }
  if (known !== undefined && field.kind !== known) {
    refuse(
      of,
      `kind must be that of the field ${field.path.join('.')}, ${field.kind}; found '${known}'; leave kind out`,
    )
  }
  return field.kind
}

function whyUnknown(select: Selector, columns: EventColumns): string {
  if (select.path === undefined) {
    return 'the kind of its column must be known; found a function that is no plain path (event) => event.field'
  }
  const why = columns.reason === undefined ? 'the schema does not name that field' : columns.reason
  return `the kind of its column must be known; found events that the schema's own validate reads (${why})`
}

/** Checks that a plain path leads to a column of one of those kinds, where the schema tells. */
export function checkKind(
  of: Part,
  path: readonly string[] | undefined,
  rule: {
    readonly option: string
    readonly kinds: readonly string[]
    readonly columns: EventColumns
  },
): void {
  const field = fieldAt(of, path, rule.columns)
  if (field === undefined || rule.kinds.includes(field.kind)) return
  refuse(
    of,
    `${rule.option} must be a ${rule.kinds.join(' or ')}; found the field ${field.path.join('.')}, a ${field.kind}; take another`,
  )
}

/** The field at a path; undefined where nothing is known of it. @throws DefinitionError where the schema has no such field. */
function fieldAt(
  of: Part,
  path: readonly string[] | undefined,
  { fields, complete }: EventColumns,
): Field | undefined {
  if (path === undefined || fields === undefined) return undefined
  const field = fields.find(
    (each) => each.path.length === path.length && startsWith(path, each.path),
  )
  if (field !== undefined) return field
  // Inside other JSON the schema promises nothing that a column could rely on.
  if (fields.some((each) => each.kind === 'json' && startsWith(path, each.path))) return undefined
  if (fields.some((each) => startsWith(each.path, path))) {
    refuse(
      of,
      `expected one value of the event; found the object ${path.join('.')}; take one of its fields`,
    )
  }
  if (!complete) return undefined
  refuse(
    of,
    `expected a field of the event; found ${path.join('.')}, which the schema does not have; correct the name`,
  )
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((each, i) => each === path[i])
}
