// Whether a value is what a test expects, field by field: only what the expectation names is compared.
import { inspect } from 'node:util'

/**
 * What a value is expected to be: the value itself, a function that says whether it is right, a regular expression for a text, a Date for a time in ms; of
 * an object the fields that matter.
 */
export type Expected<Value> =
  | Value
  | ((value: Value) => boolean)
  | (Value extends string ? RegExp : never)
  | (Value extends number ? Date : never)
  | (Value extends object ? { readonly [Name in keyof Value]?: Expected<Value[Name]> } : never)

export interface Difference {
  /** `output.score`; empty for the whole value. */
  readonly path: string
  readonly expected: string
  readonly found: string
}

const SHOWN_MAX = 200

/** All differences; none where it matches. */
export function differences(expected: unknown, found: unknown, path: string = ''): Difference[] {
  if (typeof expected === 'function') {
    return expected(found) === true ? [] : [differ(path, 'what the function says', found)]
  }
  if (expected instanceof RegExp)
    return typeof found === 'string' && expected.test(found)
      ? []
      : [differ(path, `a text like ${String(expected)}`, found)]
  if (expected instanceof Date) return differences(expected.getTime(), found, path)
  if (Array.isArray(expected)) return listDifferences(expected, found, path)
  if (typeof expected !== 'object' || expected === null)
    return Object.is(expected, found) ? [] : [differ(path, show(expected), found)]
  if (typeof found !== 'object' || found === null) return [differ(path, show(expected), found)]
  return Object.entries(expected).flatMap(([name, value]) =>
    differences(value, (found as Readonly<Record<string, unknown>>)[name], join(path, name)),
  )
}

function listDifferences(expected: readonly unknown[], found: unknown, path: string): Difference[] {
  if (!Array.isArray(found) || found.length !== expected.length)
    return [differ(path, show(expected), found)]
  return expected.flatMap((value, i) => differences(value, found[i], join(path, String(i))))
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function differ(path: string, expected: string, found: unknown): Difference {
  return { path, expected, found: show(found) }
}

/** A value on one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = inspect(value, { depth: 6, breakLength: Infinity, compact: true, sorted: false })
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}
