// Which features of a row are values that their stream redacts: plain fields, and what functions make of them is not.
import type { FeaturePlan, Plan } from '../pipeline/plan.ts'
import { originsOf, streamNamed } from '../pipeline/plan-streams.ts'

/** Names of features, as rows have them. */
export function redactedFeatures(plan: Plan): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { own, lookups } of plan.stages) {
    for (const { set, names: given } of [...own, ...lookups]) {
      const paths = redactedPaths(plan, set.stream)
      set.features.forEach((feature, i) => {
        if (paths.some((path) => isWithin(feature, path))) names.add(given[i])
      })
    }
  }
  return names
}

/** Of a stream that is made of others those that it has from them: a map makes events of its own. */
function redactedPaths(plan: Plan, name: string): string[] {
  const stream = streamNamed(plan, name)
  if ('step' in stream && stream.step.kind === 'map') return []
  if ('step' in stream) return stream.of.flatMap((of) => redactedPaths(plan, of))
  return originsOf(plan, name).flatMap(({ redact = [] }) => redact)
}

/** Whether the feature is the field, a part of it, or has it as a part. */
function isWithin(feature: FeaturePlan, path: string): boolean {
  if (feature.kind !== 'value' && feature.kind !== 'last') return false
  const own = feature.of.path?.join('.')
  if (own === undefined) return false
  return own === path || own.startsWith(`${path}.`) || path.startsWith(`${own}.`)
}
