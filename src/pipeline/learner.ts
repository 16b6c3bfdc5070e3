// A model that learns in the stream, as the definition knows it.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Field } from '../contracts/columns.ts'
import type { LearnerFactory } from '../contracts/learner.ts'
import {
  checkCount,
  checkLength,
  checkOptions,
  found,
  frozen,
  part,
  refuse,
  type Part,
} from './check.ts'
import { eventColumns } from './event-columns.ts'
import {
  checkInputs,
  learningTimes,
  probe,
  type LearnerFeatures,
  type LearningOptions,
} from './learning-options.ts'
import type { ModelRuntime } from './model-runtime.ts'
import type { LearningPlan } from './plan.ts'
import { checkFallback } from './output-schema.ts'

/** What `learner(factory, options)` takes. */
export interface LearnerOptions<Schema extends StandardSchemaV1> extends LearningOptions {
  /** The schema of the output, with plain fields: its fields are what `prediction` has. */
  output: Schema
  /**
   * What each field is: `'probabilities[1]'`, `'probabilities'` or `'label'` (the likeliest class) where labels are classes, `'value'`
   * where they are numbers, `'score'` of a learner of anomalies,
   * `'cluster'` of one that finds clusters. Default: of a single number, the probability of class 1 of two, the
   * value, the score or the cluster; else what is named so.
   */
  outputs?: Readonly<Record<string, string>>
  /** How many classes there are: labels are 0, 1, 2 ... or false and true. Default 2. */
  classes?: number
  /** What is predicted before its first snapshot. Default: what it says when it knows nothing, equal probabilities where that is nothing. */
  fallback?: StandardSchemaV1.InferOutput<Schema>
}

const OPTIONS = [
  'output',
  'outputs',
  'inputs',
  'classes',
  'snapshot',
  'wait',
  'fallback',
  'deadline',
]

const TAUGHT_BY: Readonly<Record<LearnerFactory['task'], LearningPlan['from']>> = {
  classes: 'labels',
  number: 'labels',
  none: 'rows',
  clusters: 'rows',
}

/**
 * A model that learns in the stream and predicts with what it has learnt: from its own examples as their labels come, or, where it finds
 * anomalies or clusters, from each row once it is predicted, without labels.
 * @param factory one of `millrace/learning`, or a `pipe` of preparations and one.
 * @example
 * learner(pipe(standardScaler(), logisticRegression()), {
 *   output: z.object({ score: z.number() }),
 *   inputs: ['amount', 'payments1h'],
 *   snapshot: '1h',
 *   wait: 'forever',
 * })
 * @throws DefinitionError that names the learner and the option.
 */
export function learner<Schema extends StandardSchemaV1>(
  factory: LearnerFactory,
  options: LearnerOptions<Schema>,
): ModelRuntime<LearnerFeatures, StandardSchemaV1.InferOutput<Schema>> {
  if (!isFactory(factory))
    refuse(
      part('runtime', 'learner'),
      `what learns must be made by millrace/learning, a preparation only within pipe(...); found ${found(factory)}; write learner(logisticRegression(), ...)`,
    )
  const of = part('runtime', `learner ${factory.kind}`)
  if (!(factory.task in TAUGHT_BY))
    refuse(
      of,
      `what learns must give classes, numbers, scores or clusters; found one that chooses (${factory.kind}); write bandit(...), with the actions it chooses from`,
    )
  checkOptions(of, options, OPTIONS)
  const { output, inputs, fallback, deadline } = options
  const columns = eventColumns(of, output, 'output')
  if (columns.fields === undefined)
    refuse(
      of,
      `output must be a schema of plain fields; found one that only its own validate can read (${columns.reason}); simplify it`,
    )
  checkFallback(of, output, fallback)
  checkInputs(of, inputs)
  const classes = checkCount(of, 'classes', options.classes) ?? 2
  if (classes < 2) refuse(of, `classes must be at least 2; found ${classes}; leave it out for 2`)
  if (options.classes !== undefined && factory.task !== 'classes')
    refuse(of, `classes must be left out where labels are no classes; found ${classes}; remove it`)
  const { fresh, settings } = probe(factory, inputs, classes)
  if (factory.task === 'classes' && fresh.outputs !== classes)
    refuse(
      of,
      `classes must be ${fresh.outputs} for this learner; found ${classes}; take one for more classes, such as softmaxRegression()`,
    )
  const outputs = outputsOf(of, columns.fields, {
    stated: options.outputs,
    task: factory.task,
    classes,
  })
  const given = {
    learner: factory.kind,
    settings,
    classes,
    outputs,
    ...(inputs === undefined ? {} : { inputs: { features: [...inputs] } }),
    ...(fallback === undefined ? {} : { fallback: structuredClone(fallback) }),
  }
  const definition = frozen({
    spec: { kind: 'learner', path: undefined, options: given, learner: factory },
    output,
    columns,
    deadlineMs: deadline === undefined ? undefined : checkLength(of, 'deadline', deadline),
    learning: {
      from: TAUGHT_BY[factory.task],
      features: inputs && [...inputs],
      classes,
      ...learningTimes(of, options),
    },
  })
  return Object.freeze({ kind: 'learner', '~runtime': definition })
}

function isFactory(value: unknown): value is LearnerFactory {
  return (
    typeof value === 'object' &&
    value !== null &&
    'task' in value &&
    'make' in value &&
    typeof value.make === 'function'
  )
}

/** What each field of the output is made from. */
export type LearnerOutputs = Readonly<Record<string, string>>

const SINGLE: Readonly<Record<LearnerFactory['task'], string>> = {
  classes: 'probabilities[1]',
  number: 'value',
  none: 'score',
  clusters: 'cluster',
}

function outputsOf(
  of: Part,
  fields: readonly Field[],
  {
    stated = {},
    task,
    classes,
  }: { stated: unknown; task: LearnerFactory['task']; classes: number },
): LearnerOutputs {
  const given = new Map(typeof stated === 'object' && stated !== null ? Object.entries(stated) : [])
  const single = fields.length === 1 && fields[0].kind === 'number' && classes === 2
  const outputs: Record<string, string> = {}
  for (const { path, kind } of fields) {
    const name = path.join('.')
    if (path.length > 1 || (kind !== 'number' && kind !== 'vector'))
      refuse(
        of,
        `an output must be a number or a list of numbers; found '${name}'; keep the output to those`,
      )
    const from: unknown = given.get(name) ?? (single ? SINGLE[task] : name)
    given.delete(name)
    const known = knownOutputs(task, classes, kind)
    if (typeof from !== 'string' || !known.includes(from))
      refuse(
        of,
        `outputs.${name} must say what of the learner it is, ${known.slice(0, 4).join(', ') || 'which gives no such thing'}; found ${found(from)}; write outputs: { ${name}: '${known[0] ?? SINGLE[task]}' }`,
      )
    outputs[name] = from
  }
  if (fields.length === 0)
    refuse(
      of,
      'output must have at least one field; found none; write z.object({ score: z.number() })',
    )
  for (const name of given.keys())
    refuse(
      of,
      `outputs must name fields of the output's schema (${Object.keys(outputs).join(', ')}); found '${name}'; correct it`,
    )
  return outputs
}

function knownOutputs(task: LearnerFactory['task'], classes: number, kind: string): string[] {
  if (kind === 'vector') return task === 'classes' ? ['probabilities'] : []
  if (task !== 'classes') return [SINGLE[task]]
  const each = Array.from({ length: classes }, (_, i) => `probabilities[${i}]`)
  return ['label', ...each]
}
