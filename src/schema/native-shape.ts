// What the native decoder knows how to judge: a closed set of shapes and rules, the same for the schemas of all vendors.
// A rule only has to be right when it says yes: what it refuses is judged again by the schema's own validate.

/** What a text must be. */
export interface TextRules {
  /** Both in UTF-16 units and in code points: vendors, and versions of them, count one or the other. */
  readonly min: number
  readonly max: number
  /** One of these; undefined: any. */
  readonly values: ReadonlySet<string> | undefined
  /** The vendor's own patterns, or equals of its tests, all of which must match. */
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
  /** Leaves no remainder by this number, as `%` has it; undefined: any. */
  readonly step: number | undefined
  /** A multiple of this decimal fraction; undefined: any. */
  readonly decimal: DecimalStep | undefined
  /** One of these; undefined: any. */
  readonly values: readonly number[] | undefined
}

/** `step` is `units` of 1 / `scale`, a power of ten: 0.05 is 5 of 1 / 100. */
export interface DecimalStep {
  readonly step: number
  readonly scale: number
  readonly units: number
}

export type TextShape = { readonly kind: 'string'; readonly text: TextRules }
export type NumberShape = { readonly kind: 'number'; readonly number: NumberRules }
/** `only`: the one value it may have; undefined: both. */
export type BooleanShape = { readonly kind: 'boolean'; readonly only: boolean | undefined }

/** A JSON value that passes a schema unchanged. */
export type Shape =
  | TextShape
  | NumberShape
  | BooleanShape
  | { readonly kind: 'any' }
  /** Nothing but null, where that is allowed beside it. */
  | { readonly kind: 'nothing' }
  | ListShape
  | ObjectShape
  /** One of several, no two of which begin with the same byte. */
  | { readonly kind: 'choice'; readonly of: readonly Shape[] }

/** The items of `first`, one each, then items of `rest`; `min` to `max` in all. */
export interface ListShape {
  readonly kind: 'list'
  readonly first: readonly Value[]
  readonly rest: Value | undefined
  readonly min: number
  readonly max: number
}

export interface ObjectShape {
  readonly kind: 'object'
  readonly fields: readonly NamedValue[]
  /** What becomes of other keys: dropped, an error, or kept where they are values of that kind. */
  readonly others: 'drop' | 'refuse' | Value
}

/** What is read where there is no value: an error, that there is none, or a constant. */
export type Gone = 'refused' | 'kept' | { readonly value: unknown }

export interface Value {
  readonly shape: Shape
  readonly missing: Gone
  readonly null: Gone
}
export interface NamedValue extends Value {
  readonly name: string
}

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
  decimal: undefined,
  values: undefined,
}
/** Any JSON, null included; the key must be there. */
export const ANYTHING: Value = { shape: { kind: 'any' }, missing: 'refused', null: 'kept' }

/** A value that must be there. */
export function required(shape: Shape): Value {
  return { shape, missing: 'refused', null: 'refused' }
}

/** Whether a finite number fits for sure. */
export function numberFits(rules: NumberRules, value: number): boolean {
  if (!(rules.minExclusive ? value > rules.min : value >= rules.min)) return false
  if (!(rules.maxExclusive ? value < rules.max : value <= rules.max)) return false
  if (rules.integer && !Number.isInteger(value)) return false
  if (rules.safeInteger && !Number.isSafeInteger(value)) return false
  if (rules.step !== undefined && value % rules.step !== 0) return false
  if (rules.decimal !== undefined && !isMultiple(rules.decimal, value)) return false
  return rules.values === undefined || rules.values.includes(value)
}

/**
 * Whether a value is a multiple of a decimal fraction by both tests that vendors have had: its shortest decimal text is one, and the
 * quotient is within an epsilon of a whole number.
 */
export function isMultiple({ step, scale, units }: DecimalStep, value: number): boolean {
  const whole = Math.round(value * scale)
  if (!Number.isSafeInteger(whole) || whole / scale !== value || whole % units !== 0) return false
  const ratio = value / step
  return Math.abs(ratio - Math.round(ratio)) < Number.EPSILON * Math.max(Math.abs(ratio), 1)
}

/** The fraction as a decimal; undefined where it is no short one. */
export function decimalStep(step: number): DecimalStep | undefined {
  for (let scale = 1; scale <= 1e9; scale *= 10) {
    const units = Math.round(step * scale)
    if (units > 0 && Number.isSafeInteger(units) && units / scale === step)
      return { step, scale, units }
  }
  return undefined
}

/** Whether a constant of a schema fits for sure. */
export function constantFits({ shape, null: nil }: Value, value: unknown): boolean {
  return value === null ? nil === 'kept' : shapeFits(shape, value)
}

function shapeFits(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case 'string':
      return typeof value === 'string' && textFits(shape.text, value)
    case 'number':
      return typeof value === 'number' && numberFits(shape.number, value)
    case 'boolean':
      return typeof value === 'boolean' && (shape.only ?? value) === value
    case 'any':
      return true
    case 'nothing':
      return false
    case 'choice':
      return shape.of.some((each) => shapeFits(each, value))
    case 'list': {
      const { first, rest, min, max } = shape
      if (!Array.isArray(value) || value.length < min || value.length > max) return false
      return value.every((item, i) => {
        const own = first[i] ?? rest
        return own !== undefined && constantFits(own, item)
      })
    }
    case 'object':
      return objectFits(shape, value)
  }
}

function objectFits({ fields, others }: ObjectShape, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const known = new Map(fields.map((field) => [field.name, field]))
  const all = Object.entries(value).every(([name, each]) => {
    const own = known.get(name) ?? (typeof others === 'string' ? undefined : others)
    return own !== undefined && constantFits(own, each)
  })
  return all && fields.every(({ name, missing }) => name in value || missing === 'kept')
}

function textFits({ min, max, values, patterns }: TextRules, text: string): boolean {
  return (
    Array.from(text).length >= min &&
    text.length <= max &&
    (values === undefined || values.has(text)) &&
    patterns.every((pattern) => pattern.test(text))
  )
}
