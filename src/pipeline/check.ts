// The checks every part of a definition shares: each throws a DefinitionError that says what was expected, found and to do.
// They repeat at run time what the types forbid, because a definition may be written in JavaScript.
import { milliseconds, type Duration } from '../base/duration.ts'
import { DefinitionError, type ErrorDetails } from '../base/errors.ts'

/** A part of a definition, as its errors name it: `stream 'payments'`, and the same as details. */
export interface Part {
  readonly title: string
  readonly details: ErrorDetails
}

export type PartKind =
  | 'stream'
  | 'feature set'
  | 'feature'
  | 'model'
  | 'pipeline'
  | 'topic'
  | 'file'
  | 'kafka'
  | 'runtime'
  | 'drift'

const DETAIL: Readonly<Record<PartKind, string>> = {
  stream: 'stream',
  'feature set': 'set',
  feature: 'feature',
  model: 'model',
  pipeline: 'pipeline',
  topic: 'topic',
  file: 'file',
  kafka: 'topic',
  runtime: 'runtime',
  drift: 'drift',
}

/** A part, within the parts around it. */
export function part(kind: PartKind, name: string, within?: Part): Part {
  const own = `${kind} '${name}'`
  return {
    title: within === undefined ? own : `${own} of ${within.title}`,
    details: { ...within?.details, [DETAIL[kind]]: name },
  }
}

/** Throws a DefinitionError of that part. */
export function refuse(of: Part, expectedFoundDo: string): never {
  throw new DefinitionError(`${of.title}: ${expectedFoundDo}`, { details: of.details })
}

/** What was found, as an error may say it. */
export function found(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (value === null || value === undefined || typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return value instanceof Promise
    ? 'a promise'
    : typeof value === 'object'
      ? 'an object'
      : `a ${typeof value}`
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/
const NAME_MAX = 100

/** @throws DefinitionError when it is no name: a letter, then letters, digits, `_` and `-`, at most 100. */
export function checkName(kind: PartKind, name: unknown, within?: Part): asserts name is string {
  if (typeof name === 'string' && name.length <= NAME_MAX && NAME.test(name)) return
  const owner = within === undefined ? '' : `${within.title}: `
  throw new DefinitionError(
    `${owner}the name of a ${kind} must be a letter, then letters, digits, '_' and '-', at most ${NAME_MAX}; ` +
      `found ${found(name)}; state is found by name, so choose one that lasts`,
    { details: within?.details ?? {} },
  )
}

/** Checks that it is an object with no other fields than those, so that a mistyped option cannot be overlooked. */
export function checkOptions(of: Part, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(of, `options must be an object; found ${found(options)}; write { ${known[0]}: ... }`)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    refuse(
      of,
      `an option must be one of ${known.join(', ')}; found '${name}'; correct or remove it`,
    )
  }
}

const NOT_PLAIN = /^(?:async\b|function\s*\*|\*)/

/** Checks a function of the user: there, at once (neither async nor a generator), and with a source text to know it by. */
export function checkFunction(of: Part, option: string, value: unknown): void {
  if (typeof value !== 'function') {
    refuse(
      of,
      `${option} must be a function; found ${found(value)}; write ${option}: (event) => ...`,
    )
  }
  const text = Function.prototype.toString.call(value)
  if (NOT_PLAIN.test(text)) {
    refuse(
      of,
      `${option} must give its value at once; found an async function or a generator; make it a plain function`,
    )
  }
  if (text.includes('[native code]')) {
    refuse(
      of,
      `${option} must have a source text, because the plan is known by it; found a bound or built-in function; ` +
        'wrap it: (event) => ...',
    )
  }
}

/** Milliseconds of a duration. */
export function checkDuration(of: Part, option: string, value: unknown): number {
  if (typeof value !== 'string') {
    refuse(
      of,
      `${option} must be a text with a number and a unit, such as '10m'; found ${found(value)}; units are ms, s, m, h, d`,
    )
  }
  return milliseconds(value as Duration, `${of.title}: ${option}`)
}

/** Milliseconds of a duration that is longer than nothing. */
export function checkLength(of: Part, option: string, value: unknown): number {
  const ms = checkDuration(of, option, value)
  if (ms > 0) return ms
  refuse(
    of,
    `${option} must be longer than nothing; found ${found(value)}; give it a length, such as '10m'`,
  )
}

/** Milliseconds a key is kept; Infinity for `'forever'`. */
export function checkKeep(of: Part, value: unknown): number {
  return value === 'forever' ? Infinity : checkDuration(of, "keep, unless 'forever',", value)
}

/** A finite number, or undefined. */
export function checkNumber(of: Part, option: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    refuse(of, `${option} must be a finite number; found ${found(value)}; leave it out for none`)
  }
  return value
}

/** A whole number of at least 1, or undefined. */
export function checkCount(of: Part, option: string, value: unknown): number | undefined {
  const number = checkNumber(of, option, value)
  if (number === undefined || (Number.isSafeInteger(number) && number >= 1)) return number
  refuse(
    of,
    `${option} must be a whole number of at least 1; found ${number}; leave it out for no bound`,
  )
}

const done = new WeakSet<object>()

/** Freezes a value that holds only data, with everything in it. Functions, schemas and instances are left as they are. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || done.has(value)) return value
  if (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value)) return value
  if ('~standard' in value) return value
  done.add(value)
  for (const each of Object.values(value)) frozen(each)
  return Object.freeze(value)
}
