// What a graph takes and gives: names, element types and shapes, read from the file itself.
import type { GraphProto, TypeProto, ValueInfoProto } from './gen/onnx-ml_pb.ts'
import { tensorKind, type TensorKind } from './tensor-kind.ts'

export interface TensorInfo {
  readonly name: string
  /** undefined: not a tensor, or of a type that is not supported; `type` says which. */
  readonly kind: TensorKind | undefined
  /** For messages: `float32`, `sequence`, `element type 10`. */
  readonly type: string
  /**
   * undefined where a dimension is dynamic; undefined as a whole where even the rank is unknown.
   */
  readonly shape: readonly (number | undefined)[] | undefined
}

export interface Signature {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
}

export function signature(graph: GraphProto): Signature {
  // Before IR version 4 weights are listed among the inputs too.
  const weights = new Set(graph.initializer.map((tensor) => tensor.name))
  return {
    inputs: graph.input.filter((input) => !weights.has(input.name)).map(tensorInfo),
    outputs: graph.output.map(tensorInfo),
  }
}

/** `float32[?, 42]`, for messages. */
export function tensorText(tensor: TensorInfo): string {
  if (tensor.shape === undefined) return tensor.type
  return `${tensor.type}[${tensor.shape.map((size) => size ?? '?').join(', ')}]`
}

function tensorInfo(info: ValueInfoProto): TensorInfo {
  const type = info.type?.value
  if (type?.case !== 'tensorType') {
    return { name: info.name, kind: undefined, type: typeText(info.type), shape: undefined }
  }
  const kind = tensorKind(type.value.elemType)
  const shape = type.value.shape?.dim.map((dimension) =>
    dimension.value.case === 'dimValue' ? Number(dimension.value.value) : undefined,
  )
  return { name: info.name, kind, type: kind ?? `element type ${type.value.elemType}`, shape }
}

function typeText(type: TypeProto | undefined): string {
  const name = type?.value.case?.replace('Type', '') ?? 'no type'
  const inner = type?.value.case === 'sequenceType' ? type.value.value.elemType : undefined
  return inner === undefined ? name : `${name} of ${typeText(inner)}`
}
