// Makes ONNX files out of nodes, for tests.
import { create, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type ValueInfoProto,
} from '../../../src/models/onnx/gen/onnx-ml_pb.ts'

/** A tensor as an attribute. */
export interface Tensor {
  readonly type: 'float' | 'double' | 'uint8'
  readonly values: readonly number[]
}

/** `{ float }` tells 1.0 from 1. */
type Value =
  | number
  | string
  | readonly string[]
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | Tensor

export const ELEMENT = { float: 1, uint8: 2, int64: 7, string: 8, double: 11 } as const
type Element = keyof typeof ELEMENT

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

function attribute(name: string, value: Value): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) })
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: Kind.STRING, s: utf8(value) })
  if (isTexts(value))
    return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: value.map(utf8) })
  if ('ints' in value)
    return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.ints.map(BigInt) })
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...value.floats] })
  return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: tensor(value) })
}

function isTexts(value: Exclude<Value, string | number>): value is readonly string[] {
  return Array.isArray(value)
}

function tensor({ type, values }: Tensor): ReturnType<typeof create<typeof TensorProtoSchema>> {
  const data =
    type === 'float'
      ? Float32Array.from(values)
      : type === 'double'
        ? Float64Array.from(values)
        : Uint8Array.from(values)
  return create(TensorProtoSchema, {
    dims: [BigInt(values.length)],
    dataType: ELEMENT[type],
    rawData: new Uint8Array(data.buffer),
  })
}

export interface NodeText {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, Value>>
}

function node({ op, inputs, outputs, domain = '', attributes = {} }: NodeText): NodeProto {
  return create(NodeProtoSchema, {
    opType: op,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  })
}

/** Name, element, width of a row; no width: one value without a dimension of its own. */
export type Place = readonly [name: string, element: Element, width?: number]

function place([name, element, width]: Place): ValueInfoProto {
  const rows = { value: { case: 'dimParam', value: 'rows' } } as const
  const dim =
    width === undefined
      ? [rows]
      : [rows, { value: { case: 'dimValue', value: BigInt(width) } } as const]
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: ELEMENT[element], shape: { dim } } } },
  })
}

export interface GraphText {
  readonly nodes: readonly NodeText[]
  readonly inputs: readonly Place[]
  readonly outputs: readonly Place[]
  /** Version of ai.onnx.ml. Default 3. */
  readonly ml?: number
}

export function onnxFile({ nodes, inputs, outputs, ml = 3 }: GraphText): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name: 'test',
    node: nodes.map(node),
    input: inputs.map(place),
    output: outputs.map(place),
  })
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 9n,
      graph,
      opsetImport: [
        { domain: '', version: 17n },
        { domain: 'ai.onnx.ml', version: BigInt(ml) },
      ],
    }),
  )
}
