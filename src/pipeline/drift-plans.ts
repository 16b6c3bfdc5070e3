// What a model has watched for drift, as its plan says it: checked against its features, its outputs and its labels.
import { found, refuse, type Part } from './check.ts'
import type { RuntimeDefinition, SetDefinition } from './definitions.ts'
import type { DriftDefinition } from './drift.ts'
import type { DriftPlan, LabelPlan, WindowDriftPlan } from './plan.ts'
import type { WindowDriftDefinition } from './window-drift-definition.ts'

export interface DriftsOf {
  readonly runtime: RuntimeDefinition
  readonly input: readonly SetDefinition[]
  readonly labels: LabelPlan | undefined
}

export interface DriftPlans {
  readonly drift: readonly DriftPlan[]
  readonly windowDrift: readonly WindowDriftPlan[]
}

/** @throws DefinitionError that names the model and what it cannot watch. */
export function driftPlans(own: Part, drifts: unknown, of: DriftsOf): DriftPlans {
  if (drifts === undefined) return { drift: [], windowDrift: [] }
  if (!Array.isArray(drifts))
    refuse(own, `drift must be a list; found ${found(drifts)}; write drift: [drift(adwin())]`)
  const [drift, windowDrift]: [DriftPlan[], WindowDriftPlan[]] = [[], []]
  for (const each of drifts as readonly unknown[]) {
    if (typeof each !== 'object' || each === null || !('~drift' in each))
      refuse(
        own,
        `drift must list what drift(...) and windowDrift(...) make; found ${found(each)}; write drift: [drift(adwin())]`,
      )
    const definition = each['~drift'] as DriftDefinition | WindowDriftDefinition
    if ('test' in definition) windowDrift.push(windowDriftPlan(own, definition, of))
    else drift.push(driftPlan(own, definition, of))
  }
  checkOnce(own, drift, 'a number by each kind of detector')
  checkOnce(own, windowDrift, 'numbers by each kind of test over windows of one length')
  return { drift, windowDrift }
}

function checkOnce(own: Part, plans: readonly { readonly name: string }[], what: string): void {
  const names = plans.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    refuse(own, `drift must watch ${what} once; found '${twice}' twice; remove one`)
}

function driftPlan(own: Part, definition: DriftDefinition, of: DriftsOf): DriftPlan {
  const { kind, make, settings, cooldown, rowsBetweenFalseAlarms } = definition
  const feature = typeof definition.of === 'string' ? undefined : definition.of.feature
  const quantity = typeof definition.of === 'string' ? definition.of : 'feature'
  const judged = quantity === 'error' || quantity === 'loss'
  if (judged) checkJudged(own, quantity, of.labels)
  if (feature !== undefined) checkFeature(own, feature, of)
  return {
    name: `${feature ?? quantity}/${kind}`,
    of: quantity,
    feature,
    output: quantity === 'prediction' ? outputOf(own, of) : undefined,
    detector: kind,
    make,
    settings,
    cooldown,
    direction: definition.direction ?? (judged ? 'up' : 'both'),
    rowsBetweenFalseAlarms,
  }
}

function windowDriftPlan(
  own: Part,
  { of: watched, test, settings, windowMs, reference, rows }: WindowDriftDefinition,
  of: DriftsOf,
): WindowDriftPlan {
  const numbers = watched.map((each) => {
    if (each === 'prediction')
      return { of: 'prediction' as const, feature: undefined, output: outputOf(own, of) }
    checkFeature(own, each.feature, of)
    return { of: 'feature' as const, feature: each.feature, output: undefined }
  })
  const names = numbers.map((each) => each.feature ?? each.of)
  const name = `${names.join('+')}/${test.kind}/${windowMs}`
  return { name, numbers, test, settings, windowMs, reference, rows }
}

function checkFeature(own: Part, feature: string, { input }: DriftsOf): void {
  const features = input.flatMap(({ names }) => names)
  if (!features.includes(feature))
    refuse(own, `drift must watch its features; found '${feature}'; it has ${features.join(', ')}`)
}

/** Errors are of classes, losses of probabilities and of numbers. */
function checkJudged(own: Part, of: 'error' | 'loss', labels: LabelPlan | undefined): void {
  if (labels?.judges === undefined)
    refuse(
      own,
      `drift must have labels that judge an output to watch its ${of}; found none; give the model labels, or watch 'prediction' or { feature: ... }`,
    )
  const { measure = { kind: 'probability' } } = labels
  if (of === 'error' && (measure.kind === 'numbers' || measure.kind === 'rewards'))
    refuse(
      own,
      "drift must watch the loss of a model of numbers or rewards, which is not right or wrong; found of: 'error'; write drift(pageHinkley(), { of: 'loss' })",
    )
  if (of === 'loss' && measure.kind === 'classes' && !measure.chances)
    refuse(
      own,
      "drift must watch the error of a class alone, which has no loss; found of: 'loss'; leave it out, or judge the probabilities",
    )
}

function outputOf(own: Part, { runtime, labels }: DriftsOf): string {
  const numbers = (runtime.columns.fields ?? [])
    .filter(({ kind, path }) => kind === 'number' && path.length === 1)
    .map(({ path }) => path[0])
  const judges = labels?.judges
  if (judges !== undefined && numbers.includes(judges)) return judges
  if (numbers.length === 1) return numbers[0]
  refuse(
    own,
    `drift must know which output is watched: the one number, or the number that labels judge; found ${numbers.length === 0 ? 'no number' : numbers.join(', ')}; name it in labels.judges`,
  )
}
