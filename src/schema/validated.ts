// Asks a schema's own validate about one value, and makes sure that an event can never stop a task: whatever validate throws
// makes the event bad. Only a schema that cannot answer at once is an error of the definition.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { DefinitionError } from '../base/errors.ts'
import { toldPath } from './told-path.ts'

export type Judged = { readonly value: unknown } | { readonly reason: string }

/** @throws DefinitionError ML_SCHEMA when it answers with a promise. */
export function validated(schema: StandardSchemaV1, name: string, value: unknown): Judged {
  let result: ReturnType<StandardSchemaV1['~standard']['validate']>
  try {
    result = schema['~standard'].validate(value)
  } catch (error) {
    return thrown(name, error)
  }
  if (result instanceof Promise) {
    result.catch(ignored)
    const error = thrownBehind(schema, value)
    if (error !== undefined) return thrown(name, error.thrown)
    throw new DefinitionError(
      `the schema of stream '${name}' must validate at once; found a promise; remove what is asynchronous`,
      { code: 'ML_SCHEMA' },
    )
  }
  if (result.issues === undefined) return { value: result.value }
  return { reason: refusal(schema, name, result.issues) }
}

function refusal(
  schema: StandardSchemaV1,
  name: string,
  [first]: readonly StandardSchemaV1.Issue[],
): string {
  const path = toldPath(schema, first)
  const place = path === '' ? 'the root' : `'${path}'`
  return `an event must fit the schema of '${name}'; found what it refuses at ${place}${ruleOf(first)}`
}

/** The vendor's own word for the rule, in brackets. Messages are never told: they may hold the value. */
function ruleOf(issue: object | undefined): string {
  for (const name of ['code', 'type']) {
    const word: unknown = issue === undefined ? undefined : Reflect.get(issue, name)
    if (typeof word === 'string' && /^\w{1,40}$/.test(word)) return ` (${word})`
  }
  return ''
}

function thrown(name: string, error: unknown): Judged {
  const what = error instanceof Error ? error.name : 'something that is no error'
  return {
    reason: `an event must fit the schema of '${name}'; found one on which the schema's validate threw ${what}`,
  }
}

/**
 * Zod answers with a promise both when it is asynchronous and when a function of the schema threw: what it runs by tells them apart.
 * @returns undefined where nothing was thrown but "I am asynchronous".
 */
function thrownBehind(schema: StandardSchemaV1, value: unknown): { thrown: unknown } | undefined {
  const inner: unknown = Reflect.get(schema, '_zod')
  const run: unknown = typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'run') : 0
  if (typeof run !== 'function') return undefined
  try {
    const again: unknown = run.call(inner, { value, issues: [] }, { async: false })
    if (again instanceof Promise) again.catch(ignored)
    return undefined
  } catch (error) {
    return error instanceof Error && error.constructor.name === '$ZodAsyncError'
      ? undefined
      : { thrown: error }
  }
}

function ignored(): void {
  // The answer was not taken.
}
