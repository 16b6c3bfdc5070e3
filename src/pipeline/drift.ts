// What of a model is watched for change, in the definition: a number, and the detector that watches it.
import { createHash } from 'node:crypto'
import type { Detector } from '../contracts/detector.ts'
import { checkCount, checkOptions, found, frozen, part, refuse } from './check.ts'
import type { DriftPlan } from './plan.ts'
import type { WindowDriftDefinition } from './window-drift-definition.ts'

/**
 * `'error'`: of each example whether its prediction was wrong (a probability from 1/2 on says 1). `'loss'`: log loss of the probability of its label, or the
 * absolute error of a number. `'prediction'`: the number that was predicted. `{ feature }`: a feature of each row.
 */
export type DriftOf<Feature extends string> =
  | 'error'
  | 'loss'
  | 'prediction'
  | { readonly feature: Feature }

/** What `drift(detector, options)` takes. */
export interface DriftOptions<Feature extends string> {
  /** The number that is watched. Default `'error'`. */
  of?: DriftOf<Feature>
  /** Numbers after a drift in which further ones are not told: one change is one event. Default 1000; 0 tells all. */
  cooldown?: number
  /** Which way a drift must go to be told. Default: `'up'` of errors and losses, so that getting better is no drift; else `'both'`. */
  direction?: 'up' | 'down' | 'both'
}

/** What is watched, as `drift(detector)` and `windowDrift(test, options)` make it. */
export interface Drift<Feature extends string = string> {
  readonly '~feature'?: Feature
  readonly '~drift': DriftDefinition | WindowDriftDefinition
}

export interface DriftDefinition {
  readonly of: DriftOf<string>
  readonly kind: string
  readonly input: Detector['input']
  readonly make: () => Detector
  readonly settings: string
  readonly cooldown: number
  readonly direction: DriftPlan['direction'] | undefined
  readonly rowsBetweenFalseAlarms: number | undefined
}

/** Names of features that are numbers, or booleans, which count as 0 and 1. */
export type NumberFeature<Features> = {
  [Name in keyof Features]-?: Features[Name] extends number | boolean | undefined ? Name : never
}[keyof Features] &
  string

const OPTIONS = ['of', 'cooldown', 'direction']
const COOLDOWN = 1000
const DIRECTIONS: ReadonlySet<unknown> = new Set(['up', 'down', 'both'])

/**
 * Watches a number of a model by a detector of `millrace/learning`. A drift is an event in the topic `<pipeline>.drifts`.
 * @example
 * // In `drift: [...]` of a model:
 * drift(adwin())
 * drift(kswin({ alpha: 0.0001 }), { of: { feature: 'amount' }, cooldown: 5000 })
 * @throws DefinitionError that names the detector and the option.
 */
export function drift<const Feature extends string = never>(
  detector: Detector,
  options: DriftOptions<Feature> = {},
): Drift<Feature> {
  const own = part('drift', isDetector(detector) ? detector.kind : 'none')
  if (!isDetector(detector))
    refuse(
      own,
      `what watches must be a detector of millrace/learning; found ${found(detector)}; write drift(adwin())`,
    )
  checkOptions(own, options, OPTIONS)
  const { of = 'error', direction } = options
  if (!isQuantity(of))
    refuse(
      own,
      `of must be 'error', 'loss', 'prediction' or { feature: ... }; found ${found(of)}; correct it`,
    )
  if (direction !== undefined && !DIRECTIONS.has(direction))
    refuse(own, `direction must be 'up', 'down' or 'both'; found ${found(direction)}; correct it`)
  if (detector.input === 'bits' && of !== 'error')
    refuse(
      own,
      `'${detector.kind}' takes error bits alone; found of: ${typeof of === 'object' ? `{ feature: '${of.feature}' }` : `'${of}'`}; take adwin(), kswin() or pageHinkley()`,
    )
  const fresh = detector.fresh()
  const definition: DriftDefinition = {
    of: typeof of === 'string' ? of : { feature: of.feature },
    kind: fresh.kind,
    input: fresh.input,
    make: () => detector.fresh(),
    settings: createHash('sha256').update(fresh.encode()).digest('hex'),
    cooldown:
      options.cooldown === 0 ? 0 : (checkCount(own, 'cooldown', options.cooldown) ?? COOLDOWN),
    direction,
    rowsBetweenFalseAlarms: fresh.rowsBetweenFalseAlarms,
  }
  return Object.freeze({ '~drift': frozen(definition) })
}

function isDetector(value: unknown): value is Detector {
  return (
    typeof value === 'object' &&
    value !== null &&
    'update' in value &&
    'fresh' in value &&
    typeof value.fresh === 'function'
  )
}

function isQuantity(value: unknown): value is DriftOf<string> {
  if (value === 'error' || value === 'loss' || value === 'prediction') return true
  return (
    typeof value === 'object' &&
    value !== null &&
    'feature' in value &&
    typeof value.feature === 'string' &&
    Object.keys(value).length === 1
  )
}
