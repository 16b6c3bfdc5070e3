// What the native decoder can read: a closed set of shapes and rules. A schema that says anything else falls back as a whole.
// A rule only has to be right when it says yes: what it refuses is judged again by the schema's own validate.
import type { Field } from '../contracts/columns.ts'

/** What a text must be. */
export interface TextRules {
  /** Both in UTF-16 units and in code points: vendors, and versions of them, count one or the other. */
  readonly min: number
  readonly max: number
  /** One of these; undefined: any. */
  readonly values: ReadonlySet<string> | undefined
  /** The vendor's own patterns, all of which must match. */
  readonly patterns: readonly RegExp[]
  /** All patterns accept every `YYYY-MM-DDTHH:MM:SS[.d{1,9}]Z` of days 1 to 28: common times are judged without them. */
  readonly utcTime: boolean
}

/** What a number must be. All are finite: what JSON writes beyond a double is left to the schema. */
export interface NumberRules {
  readonly min: number
  readonly minExclusive: boolean
  readonly max: number
  readonly maxExclusive: boolean
  readonly integer: boolean
  /** A whole number of at most 2^53 - 1 in size. */
  readonly safeInteger: boolean
  /** A multiple of this safe integer above 0; undefined: any. */
  readonly step: number | undefined
  /** One of these; undefined: any. */
  readonly values: readonly number[] | undefined
}

export type LeafRules =
  | { readonly kind: 'string'; readonly text: TextRules }
  | { readonly kind: 'number'; readonly number: NumberRules }
  /** `only`: the one value it may have; undefined: both. */
  | { readonly kind: 'boolean'; readonly only: boolean | undefined }
  /** An array of numbers, of `min` to `max` items. */
  | {
      readonly kind: 'vector'
      readonly item: NumberRules
      readonly min: number
      readonly max: number
    }

/** A field that is one column. */
export interface NativeLeaf {
  readonly name: string
  readonly rules: LeafRules
  readonly optional: boolean
  readonly nullable: boolean
}

/** An object: all its fields, and whether others are an error (else they are dropped). */
export interface NativeObject {
  readonly name: string
  readonly fields: readonly (NativeLeaf | NativeObject)[]
  readonly strict: boolean
}

export type NativeLayout = { readonly native: NativeObject } | { readonly reason: string }

export const ANY_TEXT: TextRules = {
  min: 0,
  max: Infinity,
  values: undefined,
  patterns: [],
  utcTime: false,
}
export const ANY_NUMBER: NumberRules = {
  min: -Infinity,
  minExclusive: false,
  max: Infinity,
  maxExclusive: false,
  integer: false,
  safeInteger: false,
  step: undefined,
  values: undefined,
}

/** Whether a finite number fits for sure. */
export function numberFits(rules: NumberRules, value: number): boolean {
  if (!(rules.minExclusive ? value > rules.min : value >= rules.min)) return false
  if (!(rules.maxExclusive ? value < rules.max : value <= rules.max)) return false
  if (rules.integer && !Number.isInteger(value)) return false
  if (rules.safeInteger && !Number.isSafeInteger(value)) return false
  if (rules.step !== undefined && (!Number.isSafeInteger(value) || value % rules.step !== 0))
    return false
  return rules.values === undefined || rules.values.includes(value)
}

export function isLeaf(field: NativeLeaf | NativeObject): field is NativeLeaf {
  return 'rules' in field
}

/** Fields of the columns. */
export function fieldsOf(object: NativeObject, path: readonly string[] = []): Field[] {
  return object.fields.flatMap((field): Field[] => {
    const own = [...path, field.name]
    if (!isLeaf(field)) return fieldsOf(field, own)
    return [
      {
        name: own.join('.'),
        path: own,
        kind: field.rules.kind,
        optional: field.optional,
        nullable: field.nullable,
      },
    ]
  })
}
