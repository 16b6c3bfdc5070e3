// The attributes of a node, by name, in the types of JavaScript.
import type { NodeProto, TensorProto } from '../onnx/gen/onnx-ml_pb.ts'
import { leave } from './ensemble.ts'

const FLOAT = 1
const UINT8 = 2
const DOUBLE = 11

export class Attributes {
  readonly #by: ReadonlyMap<string, NodeProto['attribute'][number]>

  constructor(node: NodeProto) {
    this.#by = new Map(node.attribute.map((attribute) => [attribute.name, attribute]))
  }

  has(name: string): boolean {
    return this.#by.has(name)
  }

  integer(name: string, otherwise: number): number {
    const attribute = this.#by.get(name)
    return attribute === undefined ? otherwise : Number(attribute.i)
  }

  text(name: string, otherwise: string): string {
    const attribute = this.#by.get(name)
    return attribute === undefined ? otherwise : decode(attribute.s)
  }

  integers(name: string): Int32Array {
    return Int32Array.from(this.#by.get(name)?.ints ?? [], Number)
  }

  /** Exact, for class labels. */
  bigints(name: string): readonly bigint[] {
    return this.#by.get(name)?.ints ?? []
  }

  texts(name: string): readonly string[] {
    return (this.#by.get(name)?.strings ?? []).map(decode)
  }

  /** The attribute, or its twin `<name>_as_tensor`, which takes doubles. */
  numbers(name: string): Float64Array {
    const tensor = this.#by.get(`${name}_as_tensor`)?.t ?? this.#by.get(name)?.t
    return tensor === undefined
      ? Float64Array.from(this.#by.get(name)?.floats ?? [])
      : tensorNumbers(tensor, name)
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** The values of a tensor; `name` is for the reason where it is of another type. */
export function tensorNumbers(tensor: TensorProto, name: string): Float64Array {
  const { rawData, dataType } = tensor
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength)
  if (dataType === DOUBLE) {
    if (rawData.length === 0) return Float64Array.from(tensor.doubleData)
    return Float64Array.from({ length: rawData.length >>> 3 }, (_, i) =>
      view.getFloat64(i * 8, true),
    )
  }
  if (dataType === FLOAT) {
    if (rawData.length === 0) return Float64Array.from(tensor.floatData)
    return Float64Array.from({ length: rawData.length >>> 2 }, (_, i) =>
      view.getFloat32(i * 4, true),
    )
  }
  if (dataType === UINT8)
    return Float64Array.from(rawData.length === 0 ? tensor.int32Data : rawData)
  return leave(`${name} has elements of type ${dataType}`)
}
