// Which features go into which input tensor, in which order. Taken from the definition, else from
// the model's metadata, else from the names of the inputs. It must never guess: an order that is
// wrong gives predictions that look right.
import { ModelError } from '../../base/errors.ts'
import type { TensorInfo } from './signature.ts'

export interface OrderSources {
  readonly inputs: readonly TensorInfo[]
  /** The option `inputs`. */
  readonly stated: ReadonlyMap<string, readonly string[]> | undefined
  /** `millrace.features` of the model's metadata. */
  readonly metadata: string | undefined
  readonly features: ReadonlySet<string>
}

/**
 * Names by input tensor, in the order of the graph's inputs. @throws ModelError ML_MODEL when an
 * input has no stated order.
 */
export function inputOrder(sources: OrderSources): ReadonlyMap<string, readonly string[]> {
  const { inputs, features } = sources
  const given = sources.stated ?? fromMetadata(sources) ?? new Map<string, readonly string[]>()
  for (const name of given.keys()) {
    if (!inputs.some((input) => input.name === name)) {
      refuse(
        `an input of the graph (${inputs.map((input) => input.name).join(', ')}); found ${name}; ` +
          'correct the name in onnx(file, { inputs })',
      )
    }
  }
  const order = new Map<string, readonly string[]>()
  for (const { name } of inputs) {
    const names = given.get(name) ?? (features.has(name) ? [name] : undefined)
    if (names === undefined) {
      refuse(
        `the features of the input tensor ${name} in order; found neither the option inputs, nor millrace.features in the ` +
          `model's metadata, nor a feature of that name; set onnx(file, { inputs: { ${name}: ['first', ...] } })`,
      )
    }
    order.set(name, names)
  }
  return order
}

/** A JSON list or comma list for a graph of one input, or a JSON object of lists by input. */
function fromMetadata({
  inputs,
  metadata,
}: OrderSources): ReadonlyMap<string, readonly string[]> | undefined {
  if (metadata === undefined) return undefined
  const text = metadata.trim()
  const value: unknown = /^[[{]/.test(text)
    ? parseJson(text)
    : text.split(',').map((name) => name.trim())
  if (isNames(value)) {
    if (inputs.length !== 1) {
      refuse(
        `one list of features for each of ${inputs.length} input tensors in millrace.features; found one list; ` +
          'write { "tensor": ["feature", ...] } there, or set onnx(file, { inputs })',
      )
    }
    return new Map([[inputs[0].name, value]])
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (
    entries.length === 0 ||
    !entries.every((entry): entry is [string, string[]] => isNames(entry[1]))
  )
    refuseMetadata()
  return new Map(entries)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    refuseMetadata()
  }
}

function refuseMetadata(): never {
  refuse(
    'millrace.features in the metadata as a list of names; found something else; write a JSON list of strings',
  )
}

function isNames(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && name !== '')
  )
}

function refuse(expectedFound: string): never {
  throw new ModelError('ML_MODEL', `expected ${expectedFound}`)
}
