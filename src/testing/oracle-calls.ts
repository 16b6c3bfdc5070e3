// What the oracle asks of users' functions and schemas: each call alone, what it throws kept apart from what it gives.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { DefinitionError } from '../base/errors.ts'
import type { KeySelector, Selector } from '../contracts/selector.ts'
import type { FeaturePlan, ModelPlan, SetPlan } from '../pipeline/plan.ts'
import { keyText } from '../schema/event-keys.ts'

interface Attempt {
  readonly value: unknown
  readonly failed: boolean
}

export function attempt({ call }: Selector, row: unknown): Attempt {
  try {
    return { value: call(row), failed: false }
  } catch {
    return { value: undefined, failed: true }
  }
}

export function keyOf({ call }: KeySelector, row: unknown): string | undefined {
  const { value, failed } = attempt({ call, text: '', path: undefined, chained: [] }, row)
  const made = keyText(value)
  return failed || 'reason' in made ? undefined : made.text
}

/** Whether the functions of a set's features give what they must for an event; nothing at all is allowed. */
export function inputsFit({ features }: SetPlan, event: unknown): boolean {
  return features.every((feature: FeaturePlan) => {
    if (feature.kind === 'since' || feature.of === undefined) return true
    const given = attempt(feature.of, event)
    if (feature.kind !== 'window') return !given.failed
    if (feature.length !== undefined) return isVector(given, feature.length)
    return feature.takes === 'number' ? isNumber(given) : isOf(given, feature.takes)
  })
}

function isOf({ value, failed }: Attempt, kind: string): boolean {
  return !failed && (value === undefined || value === null || typeof value === kind)
}

function isVector({ value, failed }: Attempt, length: number): boolean {
  if (value === undefined || value === null) return !failed
  return !failed && Array.isArray(value) && value.length === length
}

export function isNumber({ value, failed }: Attempt): boolean {
  return (
    !failed &&
    (value === undefined || value === null || ['number', 'boolean'].includes(typeof value))
  )
}

export function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** What the schema makes of a value; undefined when it does not fit. */
export function validated(schema: StandardSchemaV1, of: { value: unknown } | undefined): unknown {
  if (of === undefined) return undefined
  const result = schema['~standard'].validate(of.value)
  if (result instanceof Promise) throw new RangeError('a schema must validate at once')
  return result.issues === undefined ? result.value : undefined
}

/** What a model says of one row: of `own`, or else of its own function; undefined where it fails, or what it says does not fit. */
export function predicted(
  { name, features, runtime, output }: ModelPlan,
  of: {
    readonly features: ReadonlyMap<string, unknown>
    readonly event: unknown
    readonly own: ((features: Readonly<Record<string, unknown>>) => unknown) | undefined
  },
): object | undefined {
  const call = of.own ?? (runtime.call as ((features: object) => unknown) | undefined)
  if (call === undefined)
    throw new DefinitionError(`the oracle needs a function for the model '${name}'; found none`, {
      code: 'ML_USAGE',
    })
  const input = Object.fromEntries(features.map((each) => [each, of.features.get(each)]))
  const given = attempt(
    { call: () => call(input), text: '', path: undefined, chained: [] },
    of.event,
  )
  const value = given.failed ? undefined : validated(output, { value: given.value })
  return typeof value === 'object' && value !== null ? value : undefined
}

/** What its labels judge: a number, or the place of the greatest. */
export function scoreOf({ labels }: ModelPlan, output: object): number {
  const score: unknown = Reflect.get(output, labels?.judges ?? '')
  if (Array.isArray(score)) return score.indexOf(Math.max(...score.map(Number)))
  return typeof score === 'number' ? score : 0
}
