// Cuts a chain into stages: one for each key, in the order in which the keys first come, after the stream's own.
// A row passes them in order; a set stands where its key is, so no key costs more than one hop.
import { createHash } from 'node:crypto'
import type { KeySelector } from '../contracts/selector.ts'
import type { FeaturesStep, FlowDefinition } from './definitions.ts'
import type { EveryPlan, Lookup, SetUse } from './plan.ts'
import { sameKey } from './same-key.ts'

export interface Cut {
  readonly name: string
  readonly key: KeySelector
  readonly own: readonly SetUse[]
  readonly lookups: readonly Lookup[]
  readonly everies: readonly EveryPlan[]
}

/** The first has the stream's key, also when no set has. */
export function cutStages({ from, features, everies }: FlowDefinition): readonly Cut[] {
  const steps: { readonly key: KeySelector; readonly steps: FeaturesStep[] }[] = [
    { key: from.plan.key, steps: [] },
  ]
  for (const step of features) {
    const key = step.lookup?.by ?? step.use.set.key
    const stage = steps.find((each) => sameKey(each.key, key))
    if (stage === undefined) steps.push({ key, steps: [step] })
    else stage.steps.push(step)
  }
  return steps.map((stage) => cutOf(stage.key, stage.steps, everies))
}

function cutOf(
  key: KeySelector,
  steps: readonly FeaturesStep[],
  everies: readonly EveryPlan[],
): Cut {
  const own: SetUse[] = []
  const lookups: Lookup[] = []
  for (const { use, lookup } of steps) {
    const { set, as, names } = use
    if (lookup === undefined) own.push({ set, as, names })
    else lookups.push({ set, as, names, waitMs: lookup.waitMs })
  }
  return {
    name: stageName(
      key,
      steps.map(({ use }) => use.as),
    ),
    key,
    own,
    lookups,
    everies: everies.filter(({ set }) => steps.some(({ use }) => use.as === set)),
  }
}

const NAME_MAX = 120

/**
 * `by-<key>.<set>.<set>`: unique in its pipeline, because a set is used under a name once, and no part of it holds a dot.
 * Together with the pipeline's name it is what state is found by, so it depends on nothing else.
 */
function stageName(key: KeySelector, sets: readonly string[]): string {
  const name = [`by-${keyText(key)}`, ...sets].join('.')
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 17)}-${digest(name, 16)}`
}

/** `origin`, `card_country` for a path, `origin-destination` for a tuple; of another function, the digest of its text. */
function keyText({ parts, text }: KeySelector): string {
  const plain = parts?.map((path) => path.join('_')).join('-')
  return plain !== undefined && /^[\w-]{1,60}$/.test(plain) ? plain : `function-${digest(text, 8)}`
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
