// A model in an ONNX file, as the definition knows it. The file is neither read nor looked for here.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Duration } from '../base/duration.ts'
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
import type { FeatureValue } from './feature.ts'
import type { ModelRuntime } from './model-runtime.ts'
import { checkFallback } from './output-schema.ts'

/** What takes the place of a value that is missing, NaN or infinite: a number, NaN for the graph to handle, or no prediction. */
export type MissingPolicy = number | 'nan' | 'refuse'

/** What `onnx(path, options)` takes. */
export interface OnnxOptions<Schema extends StandardSchemaV1> {
  /** The schema of the output: its fields are what `prediction` has. */
  output: Schema
  /** Which tensor takes which features, in this order. Default: `millrace.features` in the model's metadata. */
  inputs?: Readonly<Record<string, readonly string[]>>
  /** Which tensor, or column of one, a field comes from: `'probabilities[1]'`; of a ZipMap columns are its labels in its order. Default: the tensor of that name. */
  outputs?: Readonly<Record<string, string>>
  /** By feature; `'*'` is for those not named. Default `'refuse'`. */
  missing?: Readonly<Record<string, MissingPolicy>>
  /** What is predicted where the model gives nothing. Default: such a row goes to the dead letters. */
  fallback?: StandardSchemaV1.InferOutput<Schema>
  /** How long one call may take before the worker is ended and the rows that hang are found; one call scores about 256 rows. Default: the runner's. */
  deadline?: Duration
  /** What runs the graph. `'auto'`, the default: a graph that is one tree ensemble by a kernel of Millrace's own, every other one by ONNX Runtime. */
  kernel?: 'auto' | 'onnxruntime'
  /** Rows scored in one run; ONNX Runtime's runs are padded, so that bits never depend on the batch. Default 64, of the tree kernel 256. */
  bucket?: number
  /** Operators the graph may use beyond the usual ones: a model file is untrusted input. */
  allow?: readonly string[]
  /** Greatest size of the file. Default 256 MB. */
  maxBytes?: number
}

const OPTIONS = [
  'output',
  'inputs',
  'outputs',
  'missing',
  'fallback',
  'deadline',
  'bucket',
  'allow',
  'maxBytes',
  'kernel',
]

/** Features of its sets: those it takes must be numbers, booleans, texts or vectors; lists of texts may stand beside them. */
type OnnxFeatures = Readonly<Record<string, FeatureValue | readonly string[]>>

/**
 * Scores with ONNX Runtime.
 * @param path the file, relative to the file of the definition.
 * @example
 * onnx('fraud.onnx', {
 *   output: z.object({ score: z.number() }),
 *   inputs: { features: ['amount', 'payments1h', 'mean24h'] },
 *   outputs: { score: 'probabilities[1]' },
 *   missing: { '*': 'nan' },
 * })
 * @throws DefinitionError that names the file and the option.
 */
export function onnx<Schema extends StandardSchemaV1>(
  path: string,
  options: OnnxOptions<Schema>,
): ModelRuntime<OnnxFeatures, StandardSchemaV1.InferOutput<Schema>> {
  if (typeof path !== 'string' || path === '') {
    refuse(
      part('runtime', 'onnx'),
      `the path must be that of a model file; found ${found(path)}; write onnx('model.onnx', ...)`,
    )
  }
  const of = part('runtime', `onnx ${path}`)
  checkOptions(of, options, OPTIONS)
  const { output, inputs, outputs, missing, fallback, deadline, bucket, allow, maxBytes, kernel } =
    options
  const columns = eventColumns(of, output, 'output')
  checkTexts(of, 'outputs', outputs)
  for (const [tensor, names] of entriesOf(of, 'inputs', inputs)) {
    if (!isTexts(names))
      refuse(
        of,
        `inputs.${tensor} must list features; found ${found(names)}; write ['amount', ...]`,
      )
  }
  for (const [feature, policy] of entriesOf(of, 'missing', missing)) {
    if (
      policy === 'nan' ||
      policy === 'refuse' ||
      (typeof policy === 'number' && Number.isFinite(policy))
    )
      continue
    refuse(
      of,
      `missing.${feature} must be a finite number, 'nan' or 'refuse'; found ${found(policy)}; correct it`,
    )
  }
  if (kernel !== undefined && kernel !== 'auto' && kernel !== 'onnxruntime')
    refuse(of, `kernel must be 'auto' or 'onnxruntime'; found ${found(kernel)}; leave it out`)
  checkFallback(of, output, fallback)
  if (allow !== undefined && !isTexts(allow))
    refuse(of, `allow must list operators; found ${found(allow)}; write ['Erf']`)
  const given = {
    inputs,
    outputs,
    missing,
    fallback,
    allow,
    kernel,
    bucket: checkCount(of, 'bucket', bucket),
    maxBytes: checkCount(of, 'maxBytes', maxBytes),
  }
  const definition = frozen({
    spec: { kind: 'onnx', path, options: copied(given) },
    output,
    columns,
    deadlineMs: deadline === undefined ? undefined : checkLength(of, 'deadline', deadline),
  })
  return Object.freeze({ kind: 'onnx', '~runtime': definition })
}

const EXAMPLES = {
  inputs: "{ features: ['amount', ...] }",
  outputs: "{ score: 'probabilities[1]' }",
  missing: "{ '*': 'nan' }",
}

/** A copy of what was given, so that freezing it does not freeze the user's own objects. */
function copied(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return structuredClone(
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  )
}

function entriesOf(of: Part, option: keyof typeof EXAMPLES, value: unknown): [string, unknown][] {
  if (value === undefined) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value)
  refuse(
    of,
    `${option} must be an object; found ${found(value)}; write ${option}: ${EXAMPLES[option]}`,
  )
}

function checkTexts(of: Part, option: keyof typeof EXAMPLES, value: unknown): void {
  for (const [name, text] of entriesOf(of, option, value)) {
    if (typeof text === 'string' && text !== '') continue
    refuse(
      of,
      `${option}.${name} must be a text; found ${found(text)}; write ${option}: ${EXAMPLES[option]}`,
    )
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
}
