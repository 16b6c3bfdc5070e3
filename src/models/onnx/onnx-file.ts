// Makes the bytes of an ONNX file out of nodes, constants and what is said of them.
import { create, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './gen/onnx-ml_pb.ts'

/** Values in the order of rows; without `dims` a list. */
export interface Tensor {
  readonly type: 'float' | 'double' | 'uint8' | 'int64'
  readonly values: ArrayLike<number>
  readonly dims?: readonly number[]
}

/** A number is a whole one; `{ floats }` are others. */
export type AttributeValue =
  | number
  | string
  | readonly string[]
  | { readonly ints: ArrayLike<number> }
  | { readonly floats: readonly number[] }
  | Tensor

const ELEMENT = { float: 1, uint8: 2, int64: 7, string: 8, double: 11 } as const
type Element = keyof typeof ELEMENT

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) })
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: Kind.STRING, s: utf8(value) })
  if (isTexts(value))
    return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: value.map(utf8) })
  if ('ints' in value) {
    const ints = Array.from(value.ints, BigInt)
    return create(AttributeProtoSchema, { name, type: Kind.INTS, ints })
  }
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...value.floats] })
  return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: tensor('', value) })
}

function isTexts(value: Exclude<AttributeValue, string | number>): value is readonly string[] {
  return Array.isArray(value)
}

function tensor(name: string, { type, values, dims }: Tensor): TensorProto {
  const data = {
    float: () => Float32Array.from(values),
    double: () => Float64Array.from(values),
    uint8: () => Uint8Array.from(values),
    int64: () => BigInt64Array.from(Array.from(values, BigInt)),
  }[type]()
  return create(TensorProtoSchema, {
    name,
    dims: (dims ?? [values.length]).map(BigInt),
    dataType: ELEMENT[type],
    rawData: new Uint8Array(data.buffer),
  })
}

export interface NodeText {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, AttributeValue>>
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
  /** In an order in which each comes behind those whose outputs it reads. */
  readonly nodes: readonly NodeText[]
  readonly inputs: readonly Place[]
  readonly outputs: readonly Place[]
  /** By name. */
  readonly constants?: ReadonlyMap<string, Tensor>
  /** Version of ai.onnx. Default 17. */
  readonly core?: number
  /** Version of ai.onnx.ml. Default 3. */
  readonly ml?: number
  /** Version of the format. Default 9. */
  readonly ir?: number
  readonly metadata?: Readonly<Record<string, string>>
}

export function onnxFile(text: GraphText): Uint8Array<ArrayBuffer> {
  const { nodes, inputs, outputs, constants = new Map<string, Tensor>(), metadata = {} } = text
  const graph = create(GraphProtoSchema, {
    name: 'millrace',
    node: nodes.map(node),
    input: inputs.map(place),
    output: outputs.map(place),
    initializer: [...constants].map(([name, value]) => tensor(name, value)),
  })
  const { core = 17, ml = 3, ir = 9 } = text
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(ir),
    producerName: 'millrace',
    graph,
    opsetImport: [
      { domain: '', version: BigInt(core) },
      { domain: 'ai.onnx.ml', version: BigInt(ml) },
    ],
    metadataProps: Object.entries(metadata).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  })
  return toBinary(ModelProtoSchema, model)
}
