// What the native decoder can read: a closed set of shapes and rules. A schema that says anything else falls back as a whole.
import type { Field } from '../contracts/columns.ts'

/** What a text must be. */
export interface TextRules {
  /** In UTF-16 units. */
  readonly min: number
  readonly max: number
  /** One of these; undefined: any. */
  readonly values: ReadonlySet<string> | undefined
  /** The vendor's own patterns, all of which must match. */
  readonly patterns: readonly RegExp[]
  /** The only pattern is the vendor's for ISO times in UTC with any precision: common times are judged without it. */
  readonly utcTime: boolean
}

/** What a number must be. All are finite, as all of JSON are. */
export interface NumberRules {
  readonly min: number
  readonly minExclusive: boolean
  readonly max: number
  readonly maxExclusive: boolean
  /** A whole number of at most 2^53 - 1 in size. */
  readonly safeInteger: boolean
}

export type LeafRules =
  | { readonly kind: 'string'; readonly text: TextRules }
  | { readonly kind: 'number'; readonly number: NumberRules }
  | { readonly kind: 'boolean' }

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
  safeInteger: false,
}

export function isLeaf(field: NativeLeaf | NativeObject): field is NativeLeaf {
  return 'rules' in field
}

/** Leaves in the order of their columns. */
export function leavesOf(object: NativeObject): NativeLeaf[] {
  return object.fields.flatMap((field) => (isLeaf(field) ? [field] : leavesOf(field)))
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
