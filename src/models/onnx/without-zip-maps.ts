// Classifiers are often exported with a ZipMap behind their probabilities: a map by label a row. Its values, in the order of
// its labels, are the columns of the tensor that it reads; so it is read past, and its output is that tensor.
import { create, toBinary } from '@bufbuild/protobuf'
import {
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TypeProto,
} from './gen/onnx-ml_pb.ts'

const FLOAT = 1
/** A version of the operators' set that knows Identity, where a model names none. */
const CORE_VERSION = 13n

/** @returns the file without them; undefined where there are none. */
export function withoutZipMaps(model: ModelProto): Uint8Array | undefined {
  const { graph } = model
  if (graph === undefined || !graph.node.some(isZipMap)) return undefined
  graph.node.forEach((node, i) => {
    if (!isZipMap(node)) return
    setType(graph, node.output[0], labelsOf(node))
    graph.node[i] = create(NodeProtoSchema, {
      opType: 'Identity',
      input: node.input,
      output: node.output,
    })
  })
  if (!model.opsetImport.some(({ domain }) => domain === '' || domain === 'ai.onnx'))
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: '', version: CORE_VERSION }))
  return toBinary(ModelProtoSchema, model)
}

function isZipMap({ domain, opType }: NodeProto): boolean {
  return domain === 'ai.onnx.ml' && opType === 'ZipMap'
}

function labelsOf({ attribute }: NodeProto): number {
  return attribute.reduce((sum, { ints, strings }) => sum + ints.length + strings.length, 0)
}

function setType({ output }: GraphProto, name: string, labels: number): void {
  const info = output.find((each) => each.name === name)
  if (info !== undefined) info.type = table(labels)
}

/** Any number of rows of floats. */
function table(width: number): TypeProto {
  const dim = [
    create(TensorShapeProto_DimensionSchema),
    create(TensorShapeProto_DimensionSchema, {
      value: { case: 'dimValue', value: BigInt(width) },
    }),
  ]
  const value = create(TypeProto_TensorSchema, {
    elemType: FLOAT,
    shape: create(TensorShapeProtoSchema, { dim }),
  })
  return create(TypeProtoSchema, { value: { case: 'tensorType', value } })
}
