// What becomes of one event of a source in the streams that are made of it: one call after the other, over plain objects.
import type { DerivedPlan, Plan } from '../pipeline/plan.ts'
import { throughOf } from '../pipeline/plan-streams.ts'
import { attempt, parsed, validated } from './oracle-calls.ts'

/**
 * The event in each stream it comes into, the source itself first; `undefined` when a function fails on it, or gives what does not fit:
 * then it comes into none.
 */
export function inStreams(
  plan: Plan,
  source: string,
  event: unknown,
): ReadonlyMap<string, unknown> | undefined {
  const events = new Map([[source, event]])
  for (const derived of plan.derived) {
    const through = throughOf(plan, derived, source)
    if (through === undefined || !events.has(through)) continue
    const made = derive(derived, events.get(through))
    if (made === undefined) return undefined
    if (made.passes) events.set(derived.name, made.event)
  }
  return events
}

function derive(
  { step, schema }: DerivedPlan,
  event: unknown,
): { readonly passes: boolean; readonly event: unknown } | undefined {
  if (step.kind === 'union') return { passes: true, event }
  if (step.kind === 'filter') {
    const { value } = attempt(step.test, event)
    return typeof value === 'boolean' ? { passes: value, event } : undefined
  }
  const { value, failed } = attempt(step.to, event)
  const text = failed ? undefined : JSON.stringify(value)
  const fits = text === undefined ? undefined : validated(schema, parsed(text))
  return fits === undefined ? undefined : { passes: true, event: fits }
}
