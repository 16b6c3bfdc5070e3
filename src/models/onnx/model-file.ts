// Reads the bytes of a model and refuses what a model file must not be, before any of it reaches
// ONNX Runtime. It must never follow a path, run a graph or trust a length found in the file.
import { fromBinary } from '@bufbuild/protobuf'
import { ModelError } from '../../base/errors.ts'
import {
  TensorProto_DataLocation,
  ModelProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
} from './gen/onnx-ml_pb.ts'
import { isAllowedDomain, isAllowedOperator, operatorName } from './operators.ts'
import { withoutZipMaps } from './without-zip-maps.ts'

export interface ModelLimits {
  /** Greatest size of the file in bytes. */
  readonly maxBytes: number
  /** Operators allowed besides the list of operators.ts, as `operatorName` writes them. */
  readonly allow: readonly string[]
}

/** A graph and what its file says about it. */
export interface ModelFile {
  /** What runs the graph reads: the file's own bytes, unless a ZipMap was read past. */
  readonly bytes: Uint8Array
  readonly graph: GraphProto
  readonly metadata: ReadonlyMap<string, string>
}

/** @throws ModelError ML_MODEL that names what was found and what to do. */
export function readModelFile(bytes: Uint8Array, limits: ModelLimits): ModelFile {
  if (bytes.length > limits.maxBytes) {
    refuse(
      `the model has at most ${limits.maxBytes} bytes; found ${bytes.length}; ` +
        'set onnx(file, { maxBytes }) if you trust it',
    )
  }
  const model = parse(bytes)
  const graph = model.graph
  if (graph === undefined || graph.node.length === 0) {
    refuse('the file is an ONNX model with a graph; found none; export the model again')
  }
  if (model.functions.length > 0) {
    refuse(
      `the model has no functions of its own; found ${model.functions[0].name}; ` +
        'inline them (onnx.inliner.inline_local_functions) and export again',
    )
  }
  checkNodes(model, graph, limits.allow)
  for (const tensor of graph.initializer) checkTensor(tensor)
  for (const tensor of graph.sparseInitializer) checkSparse(tensor)
  const rewritten = withoutZipMaps(model)
  return {
    bytes: rewritten ?? bytes,
    graph,
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
  }
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw new ModelError(
      'ML_MODEL',
      'the file is an ONNX model (a serialized ModelProto); found bytes that are none; export it again or check the path',
      { cause },
    )
  }
}

function checkNodes(model: ModelProto, graph: GraphProto, allow: readonly string[]): void {
  const allowed = new Set(allow)
  for (const node of graph.node) {
    const name = operatorName(node.domain, node.opType)
    if (!isAllowedOperator(node.domain, node.opType) && !allowed.has(name))
      refuseOperator(node, name)
    for (const attribute of node.attribute) checkAttribute(attribute, name, allowed)
  }
  for (const { domain } of model.opsetImport) {
    const used = graph.node.some((node) => node.domain === domain)
    if (
      used &&
      !isAllowedDomain(domain) &&
      ![...allowed].some((name) => name.startsWith(`${domain}:`))
    ) {
      refuse(`the model uses the operators of ONNX; found the domain ${domain}; export without it`)
    }
  }
}

function refuseOperator(node: NodeProto, name: string): never {
  refuse(
    `a model uses operators of the list that is allowed; found ${name}${node.name === '' ? '' : ` (node ${node.name})`}; ` +
      `export without it, or set onnx(file, { allow: ['${name}'] }) if you trust the file and the operator is deterministic`,
  )
}

/** Attributes may hold tensors, and (only for control flow) graphs. */
function checkAttribute(
  attribute: AttributeProto,
  operator: string,
  allowed: ReadonlySet<string>,
): void {
  const graphs = attribute.g === undefined ? attribute.graphs : [attribute.g, ...attribute.graphs]
  if (graphs.length > 0) {
    refuse(
      `an operator has no graph inside it; found one in ${operator}.${attribute.name}; export without control flow` +
        (allowed.has(operator) ? ' (allow does not reach inside)' : ''),
    )
  }
  if (attribute.t !== undefined) checkTensor(attribute.t)
  for (const tensor of attribute.tensors) checkTensor(tensor)
  if (attribute.sparseTensor !== undefined) checkSparse(attribute.sparseTensor)
  for (const tensor of attribute.sparseTensors) checkSparse(tensor)
}

function checkSparse(tensor: SparseTensorProto): void {
  if (tensor.values !== undefined) checkTensor(tensor.values)
  if (tensor.indices !== undefined) checkTensor(tensor.indices)
}

/**
 * External data are a path in an untrusted file (CVE-2024-5187, CVE-2026-27489): never followed,
 * wherever it leads.
 */
function checkTensor(tensor: TensorProto): void {
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0) {
    refuse(
      `a model holds all its data in one file; found tensor ${tensor.name} in another file; ` +
        'save it in one: onnx.save(model, path, save_as_external_data=False)',
    )
  }
}

function refuse(message: string): never {
  throw new ModelError('ML_MODEL', message)
}
