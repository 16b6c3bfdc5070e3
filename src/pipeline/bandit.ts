// A model that chooses an action, and learns what the chosen one earned, as the definition knows it.
import type { BanditFactory } from '../contracts/learner.ts'
import { choiceSchema, type Choice } from '../schema/choice-schema.ts'
import { checkLength, checkOptions, found, frozen, part, refuse, type Part } from './check.ts'
import { eventColumns } from './event-columns.ts'
import {
  checkInputs,
  learningTimes,
  probe,
  type LearnerFeatures,
  type LearningOptions,
} from './learning-options.ts'
import type { ModelRuntime } from './model-runtime.ts'

/** What `bandit(factory, options)` takes. */
export interface BanditModelOptions<Action extends string> extends LearningOptions {
  /** What it chooses from, each by its name: at least 2, at most 10,000. With others it begins anew. */
  actions: readonly Action[]
  /** Another seed chooses otherwise where it is a matter of chance. A whole number from 0 to 2^32 - 1. Default 1. */
  seed?: number
  /** What is chosen before its first snapshot, with a propensity of 1. Default: what it chooses when it knows nothing. */
  fallback?: NoInfer<Action>
}

const OPTIONS = ['actions', 'inputs', 'snapshot', 'wait', 'seed', 'fallback', 'deadline']

/**
 * A model that chooses one of some actions for each row, and learns from what the chosen one earned: the label, a number, when it comes.
 * `prediction` is `{ action, propensity }`, both are in the receipt. What is a matter of chance follows from the seed and the row's place in
 * its source, so that a replay chooses the same, and the propensity is exact: other policies can be judged by it.
 * @param factory one of `millrace/learning`, or a `pipe` of preparations and one.
 * @example
 * bandit(pipe(standardScaler(), linUcb({ epsilon: 0.1 })), {
 *   actions: ['none', 'mail', 'call'],
 *   inputs: ['visits7d', 'spent30d'],
 *   snapshot: '10m',
 *   wait: 'forever',
 * })
 * @throws DefinitionError that names the bandit and the option.
 */
export function bandit<const Action extends string>(
  factory: BanditFactory,
  options: BanditModelOptions<Action>,
): ModelRuntime<LearnerFeatures, Choice<Action>> {
  if (!isBandit(factory))
    refuse(
      part('runtime', 'bandit'),
      `what chooses must be a bandit of millrace/learning, a preparation only within pipe(...); found ${found(factory)}; write bandit(thompson(), { actions: ['a', 'b'] })`,
    )
  const of = part('runtime', `bandit ${factory.kind}`)
  checkOptions(of, options, OPTIONS)
  const { inputs, fallback, deadline, seed = 1 } = options
  const actions = actionsOf(of, options.actions)
  checkInputs(of, inputs)
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    refuse(of, `seed must be a whole number from 0 to 2^32 - 1; found ${found(seed)}; correct it`)
  if (fallback !== undefined && !actions.includes(fallback))
    refuse(
      of,
      `fallback must be one of the actions (${actions.join(', ')}); found ${found(fallback)}; correct it or leave it out`,
    )
  const { settings } = probe(factory, inputs, actions.length)
  const output = choiceSchema<Action>(actions)
  const given = {
    learner: factory.kind,
    settings,
    actions,
    seed,
    ...(inputs === undefined ? {} : { inputs: { features: [...inputs] } }),
    ...(fallback === undefined ? {} : { fallback: { action: fallback, propensity: 1 } }),
  }
  const definition = frozen({
    spec: { kind: 'bandit', path: undefined, options: given, learner: factory },
    output,
    columns: eventColumns(of, output, 'output'),
    deadlineMs: deadline === undefined ? undefined : checkLength(of, 'deadline', deadline),
    learning: {
      from: 'labels',
      features: inputs && [...inputs],
      classes: actions.length,
      actions,
      ...learningTimes(of, options),
    },
  } as const)
  return Object.freeze({ kind: 'bandit', '~runtime': definition })
}

function isBandit(value: unknown): value is BanditFactory {
  return (
    typeof value === 'object' &&
    value !== null &&
    'task' in value &&
    value.task === 'rewards' &&
    'make' in value &&
    typeof value.make === 'function'
  )
}

/** Receipts name actions, and rewards are learnt by those names. */
function actionsOf<Action extends string>(of: Part, actions: readonly Action[]): Action[] {
  const given: unknown = actions
  if (!Array.isArray(given) || given.length < 2)
    refuse(
      of,
      `actions must list at least two; found ${found(given)}; write actions: ['mail', 'call']`,
    )
  const seen = new Set<unknown>()
  for (const action of given) {
    const isName = typeof action === 'string' && action !== '' && action.isWellFormed()
    if (!isName || seen.has(action))
      refuse(
        of,
        `actions must be texts, none empty and each once; found ${found(action)}${isName ? ' twice' : ''}; give each a name of its own`,
      )
    seen.add(action)
  }
  return [...actions]
}
