// A model that is a plain function of the features: for rules, baselines and tests.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Field } from '../contracts/columns.ts'
import type { Duration } from '../base/duration.ts'
import {
  checkFunction,
  checkLength,
  checkOptions,
  frozen,
  part,
  refuse,
  type Part,
} from './check.ts'
import { eventColumns } from './event-columns.ts'
import type { ModelRuntime } from './model-runtime.ts'
import { checkFallback } from './output-schema.ts'

/** What `functionModel(call, options)` takes. */
export interface FunctionModelOptions<Schema extends StandardSchemaV1> {
  /** The schema of the output, with plain fields: numbers, booleans, texts, lists of numbers. */
  output: Schema
  /** What is predicted where the function throws. Default: such a row goes to the dead letters. */
  fallback?: StandardSchemaV1.InferOutput<Schema>
  /** How long one call may take before the worker is ended and the rows that hang are found; one call scores about 256 rows. Default: the runner's. */
  deadline?: Duration
}

/**
 * Scores each row with a pure function: no clock, no randomness, nothing kept between calls.
 * Its text stands for it as the model's version.
 * @example
 * functionModel((features: { amount: number }) => ({ score: features.amount > 900 ? 1 : 0 }), {
 *   output: z.object({ score: z.number() }),
 * })
 * @throws DefinitionError that names the function's option.
 */
export function functionModel<Features, Schema extends StandardSchemaV1>(
  call: (features: Features) => StandardSchemaV1.InferInput<Schema>,
  options: FunctionModelOptions<Schema>,
): ModelRuntime<Features, StandardSchemaV1.InferOutput<Schema>> {
  const of = part('runtime', 'function')
  checkFunction(of, 'the model', call)
  checkOptions(of, options, ['output', 'fallback', 'deadline'])
  const { output, fallback, deadline } = options
  const columns = eventColumns(of, output, 'output')
  checkFallback(of, output, fallback)
  if (columns.fields === undefined) {
    refuse(
      of,
      `output must be a schema of plain fields; found one that only its own validate can read (${columns.reason}); simplify it`,
    )
  }
  if (columns.fields.length === 0) {
    refuse(
      of,
      'output must have at least one field; found none; write z.object({ score: z.number() })',
    )
  }
  const outputs = Object.fromEntries(
    columns.fields.map((field) => [outputName(of, field), field.kind]),
  )
  const kept = fallback === undefined ? {} : { fallback: structuredClone(fallback) }
  const spec = { kind: 'function', path: undefined, options: { outputs, ...kept }, call }
  return Object.freeze({
    kind: 'function',
    '~runtime': frozen({
      spec,
      output,
      columns,
      deadlineMs: deadline === undefined ? undefined : checkLength(of, 'deadline', deadline),
    }),
  })
}

function outputName(of: Part, { path, kind }: Field): string {
  if (path.length === 1 && kind !== 'json') return path[0]
  refuse(
    of,
    `an output must be a number, boolean, text or list of numbers; found ${path.join('.')}; flatten it`,
  )
}
