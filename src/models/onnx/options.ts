// The options of `onnx(file, { ... })`, checked: they come from a definition as JSON and are part
// of the plan digest.
import { ModelError } from '../../base/errors.ts'
import { parseFallback, type Fallback } from '../fallback.ts'

/**
 * In the place of a value that is absent, null, NaN or infinite: a number, NaN for the model to
 * handle, or no prediction.
 */
export type MissingPolicy = number | 'refuse' | 'nan'

export interface OnnxOptions {
  /** Features of each input tensor, in order; `name[8]` states the width of a vector feature. */
  readonly inputs: ReadonlyMap<string, readonly string[]> | undefined
  /**
   * Output name to `tensor` or `tensor[column]`; undefined: every output tensor under its own name.
   */
  readonly outputs: ReadonlyMap<string, string> | undefined
  /** Policy by feature; `*` is for those not named. Default `'refuse'`. */
  readonly missing: ReadonlyMap<string, MissingPolicy>
  readonly fallback: Fallback | undefined
  /** Rows of one run: 1 to 4,096, default 64, or what the graph fixes. */
  readonly bucket: number | undefined
  /** Further operators the graph may use. */
  readonly allow: readonly string[]
  /** Greatest size of the file, default 256 MB. */
  readonly maxBytes: number
  /** Default `'auto'`: the tree kernel for the graphs it can take. */
  readonly kernel: 'auto' | 'onnxruntime'
}

const KNOWN = new Set([
  'inputs',
  'outputs',
  'missing',
  'fallback',
  'bucket',
  'allow',
  'maxBytes',
  'kernel',
])
const MAX_BYTES = 256 * 1024 * 1024
const MAX_BUCKET = 4_096

/** @throws ModelError ML_MODEL that names the option. */
export function onnxOptions(options: Readonly<Record<string, unknown>>): OnnxOptions {
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) wrong(name, `one of ${[...KNOWN].join(', ')}`)
  }
  return {
    inputs: mapOf(options.inputs, 'inputs', '{ tensor: [feature, ...] }', isTexts),
    outputs: mapOf(options.outputs, 'outputs', "{ name: 'tensor[column]' }", isText),
    missing:
      mapOf(options.missing, 'missing', "{ feature: number | 'refuse' | 'nan' }", isPolicy) ??
      new Map(),
    fallback: parseFallback(options.fallback),
    bucket: wholeNumber(options.bucket, 'bucket', MAX_BUCKET),
    allow:
      options.allow === undefined
        ? []
        : isTexts(options.allow)
          ? options.allow
          : wrong('allow', '[operator, ...]'),
    maxBytes: modelBytesMax(options),
    kernel: kernelOf(options.kernel),
  }
}

/** Greatest size of a model's file: known before it is read. */
export function modelBytesMax({ maxBytes }: Readonly<Record<string, unknown>>): number {
  return wholeNumber(maxBytes, 'maxBytes', Number.MAX_SAFE_INTEGER) ?? MAX_BYTES
}

function mapOf<T>(
  value: unknown,
  name: string,
  expected: string,
  is: (value: unknown) => value is T,
): ReadonlyMap<string, T> | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(name, expected)
  const entries: [string, T][] = []
  for (const [key, entry] of Object.entries(value)) {
    if (!is(entry)) wrong(`${name}.${key}`, expected)
    entries.push([key, entry])
  }
  return new Map(entries)
}

function kernelOf(value: unknown): OnnxOptions['kernel'] {
  if (value === undefined || value === 'auto') return 'auto'
  return value === 'onnxruntime' ? value : wrong('kernel', "'auto' or 'onnxruntime'")
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

function isPolicy(value: unknown): value is MissingPolicy {
  return (
    value === 'refuse' || value === 'nan' || (typeof value === 'number' && Number.isFinite(value))
  )
}

function wholeNumber(value: unknown, name: string, greatest: number): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > greatest) {
    wrong(name, `a whole number from 1 to ${greatest}`)
  }
  return value
}

function wrong(option: string, expected: string): never {
  throw new ModelError(
    'ML_MODEL',
    `the option ${option} of onnx(file, { ... }) is wrong: expected ${expected}`,
  )
}
