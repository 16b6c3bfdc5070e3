// The limit of values before the trees, as exported learners have it: Where(Abs(input) <= limit, input, NaN).
import type { NodeProto, TensorProto } from '../onnx/gen/onnx-ml_pb.ts'
import { tensorNumbers } from './attributes.ts'

export interface GraphParts {
  /** Nodes by what they give. */
  readonly producers: ReadonlyMap<string, NodeProto>
  /** By name. */
  readonly constants: ReadonlyMap<string, TensorProto>
}

/** What is limited, and the greatest magnitude that is not taken for missing; undefined where the value is not of that form. */
export function valueLimit(
  name: string,
  { producers, constants }: GraphParts,
): { readonly of: string; readonly limit: number } | undefined {
  const choice = producers.get(name)
  const test = producers.get(choice?.input[0] ?? '')
  const size = producers.get(test?.input[0] ?? '')
  if (choice?.opType !== 'Where' || test?.opType !== 'LessOrEqual' || size?.opType !== 'Abs') {
    return undefined
  }
  const limit = constantNumber(constants.get(test.input[1]))
  const instead = constantNumber(constants.get(choice.input[2]))
  const of = choice.input[1]
  if (size.input[0] !== of || limit === undefined || !Number.isNaN(instead)) return undefined
  return { of, limit }
}

/** The value of a constant that is one number. */
export function constantNumber(tensor: TensorProto | undefined): number | undefined {
  if (tensor === undefined) return undefined
  const values = tensorNumbers(tensor, tensor.name)
  return values.length === 1 ? values[0] : undefined
}
