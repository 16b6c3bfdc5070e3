// A model: which stream it predicts on, from which features, with what, and where its labels come from.
import { checkName, checkOptions, found, frozen, part, refuse, type Part } from './check.ts'
import type { ModelDefinition, RuntimeDefinition, SetDefinition } from './definitions.ts'
import { driftPlans } from './drift-plans.ts'
import type { Drift, NumberFeature } from './drift.ts'
import type { AnyFeatureSet, NameOf, ValuesOf } from './feature-set.ts'
import { labelDefinition, type AnyLabels, type Labels, type LabelValue } from './labels.ts'
import { isRuntime, type Fits, type ModelRuntime } from './model-runtime.ts'
import { isStream, type Stream } from './stream.ts'
import type { Merge } from './type-error.ts'

/** A model of a definition, as `model(name, options)` makes it. */
export interface Model<Name extends string, Of extends string, Sets extends string, Output> {
  /** What its metrics, examples and versions are found by. */
  readonly name: Name
  readonly '~of'?: Of
  readonly '~sets'?: Sets
  readonly '~output'?: Output
  readonly '~model': ModelDefinition
}

/** What a model gives: `prediction` in a row. */
export type OutputOf<M> = M extends Model<string, string, string, infer Output> ? Output : never

/** What `model(name, options)` takes. */
export interface ModelOptions<
  Of extends string,
  Event,
  Input,
  Runtime,
  LabelsOption,
  DriftOption = Drift,
> {
  /** The stream whose events it predicts on. */
  of: Stream<Of, Event>
  /** The feature sets it reads, under the names the pipeline uses them. */
  input: Input
  /** What scores its rows: `onnx(...)`, `functionModel(...)`, or `learner(...)` and `bandit(...)`, which learn from the labels. */
  runtime: Runtime
  /** Where the truth comes from. Default: none, and nothing is judged. */
  labels?: LabelsOption
  /** What is watched for change, row by row or window by window: `[drift(adwin()), windowDrift(ks(), ...)]`. Default: nothing. */
  drift?: readonly DriftOption[]
}

const OPTIONS = ['of', 'input', 'runtime', 'labels', 'drift']

/**
 * A model by its name, which lasts over its versions.
 * @example
 * const fraud = model('fraud', {
 *   of: payments,
 *   input: [card],
 *   runtime: onnx('fraud.onnx', { output: z.object({ score: z.number() }) }),
 *   labels: {
 *     from: chargebacks,
 *     by: (chargeback) => chargeback.payment,
 *     of: (payment) => payment.id,
 *     within: '7d',
 *     label: () => true,
 *     otherwise: false,
 *   },
 * })
 * @throws DefinitionError that names the model, what was expected and what to do.
 */
export function model<
  const Name extends string,
  Of extends string,
  Event,
  const Input extends readonly [AnyFeatureSet, ...AnyFeatureSet[]],
  Features,
  Output,
  LabelEvent,
  Label extends LabelValue,
>(
  name: Name,
  options: ModelOptions<
    Of,
    Event,
    Input,
    ModelRuntime<Features, Output> &
      Fits<NoInfer<Merge<ValuesOf<Input[number]>>>, NoInfer<Features>>,
    Labels<NoInfer<Event>, LabelEvent, Label, NoInfer<Output>>,
    Drift<NumberFeature<NoInfer<Merge<ValuesOf<Input[number]>>>>>
  >,
): Model<Name, Of, NameOf<Input[number]>, Output> {
  return Object.freeze({ name, '~model': modelDefinition(name, options) })
}

function modelDefinition(
  name: string,
  options: {
    readonly of: unknown
    readonly input: unknown
    readonly runtime: unknown
    readonly labels?: AnyLabels
    readonly drift?: unknown
  },
): ModelDefinition {
  checkName('model', name)
  const own = part('model', name)
  checkOptions(own, options, OPTIONS)
  if (!isStream(options.of))
    refuse(own, `of must be the stream it predicts on; found ${found(options.of)}; give a stream`)
  if (!isRuntime(options.runtime)) {
    refuse(
      own,
      `runtime must be made by onnx, functionModel, learner or bandit; found ${found(options.runtime)}; write onnx('model.onnx', ...)`,
    )
  }
  const of = options.of['~stream']
  const runtime = options.runtime['~runtime']
  const input = inputOf(own, options.input)
  checkNames(own, runtime, input)
  const labels =
    options.labels === undefined ? undefined : labelDefinition(own, options.labels, { of, runtime })
  if (runtime.learning?.from === 'labels' && labels === undefined)
    refuse(
      own,
      'a model that learns classes, numbers or rewards must have labels to learn from; found none; write labels: { from: ..., by: ..., of: ..., within: ..., label: ... }',
    )
  const drifts = driftPlans(own, options.drift, { runtime, input, labels: labels?.plan })
  return frozen({ part: own, name, of, input, runtime, labels, ...drifts })
}

function inputOf(own: Part, input: unknown): readonly SetDefinition[] {
  if (!Array.isArray(input) || input.length === 0) {
    refuse(
      own,
      `input must list at least one feature set; found ${found(input)}; write input: [card]`,
    )
  }
  const owners = new Map<string, string>()
  return input.map((set: unknown) => {
    if (typeof set !== 'object' || set === null || !('~set' in set)) {
      refuse(
        own,
        `input must list feature sets; found ${found(set)} in it; make one with stream.features(...)`,
      )
    }
    const definition = set['~set'] as SetDefinition
    for (const feature of definition.names) {
      const other = owners.get(feature)
      if (other !== undefined) {
        refuse(
          own,
          `names of its features must differ; found '${feature}' in '${other}' and '${definition.as}'; ` +
            'give one of the sets another name with .as(...)',
        )
      }
      owners.set(feature, definition.as)
    }
    return definition
  })
}

/** Features named in the runtime's options must be the model's; outputs named there must be of the output's schema. */
function checkNames(
  own: Part,
  { spec, columns }: RuntimeDefinition,
  input: readonly SetDefinition[],
): void {
  const features = new Set(input.flatMap(({ names }) => names))
  const { inputs, missing, outputs } = spec.options
  const named = [
    ...Object.values(inputs ?? {}).flatMap((names: readonly string[]) =>
      names.map((each) => ['inputs', each] as const),
    ),
    ...Object.keys(missing ?? {}).map((each) => ['missing', each] as const),
  ]
  for (const [option, text] of named) {
    // `profile[8]` states the width of a vector.
    const feature = text.replace(/\[\d+\]$/, '')
    if (features.has(feature) || (option === 'missing' && text === '*')) continue
    refuse(
      own,
      `${option} of its runtime must name its features; found '${text}'; it has ${[...features].join(', ')}`,
    )
  }
  if (columns.fields === undefined || spec.kind !== 'onnx') return
  for (const output of Object.keys(outputs ?? {})) {
    if (columns.fields.some(({ path }) => path.length === 1 && path[0] === output)) continue
    const known = columns.fields.map(({ path }) => path.join('.')).join(', ')
    refuse(
      own,
      `outputs of its runtime must name fields of the output's schema (${known}); found '${output}'; correct it`,
    )
  }
}

/** Checks that it was made by `model`. */
export function isModel(value: unknown): value is Model<string, string, string, unknown> {
  return typeof value === 'object' && value !== null && '~model' in value
}
