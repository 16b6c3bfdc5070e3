// Opens a graph with the tree kernel where it can take it.
import type { GraphProto } from '../onnx/gen/onnx-ml_pb.ts'
import { Feeds } from '../onnx/feeds.ts'
import type { Graph } from '../onnx/graph.ts'
import type { InputTensor } from '../onnx/input-map.ts'
import { tensorData } from '../onnx/tensor-kind.ts'
import { NotATreeGraph } from './ensemble.ts'
import { hasTrees, treeChain } from './tree-chain.ts'
import { TreeGraph } from './tree-graph.ts'
import { TreeKernel } from './tree-kernel.ts'

export interface TreeOpening {
  readonly graph: GraphProto
  readonly tensors: readonly InputTensor[]
  /** Names of the outputs that are wanted. */
  readonly fetched: readonly string[]
  /** Rows of a run. */
  readonly bucket: number
}

/**
 * @returns the graph, or why it is left to ONNX Runtime; undefined where it has no trees at all.
 * @throws ModelError ML_MODEL when the nodes of a tree lead in a circle.
 */
export function openTreeGraph({
  graph,
  tensors,
  fetched,
  bucket,
}: TreeOpening): Graph | string | undefined {
  if (!hasTrees(graph)) return undefined
  try {
    const chain = treeChain(graph, tensors, fetched)
    const kernel = new TreeKernel(chain.ensemble, bucket)
    const { rows, layout } = kernel
    const isDirect = rows instanceof Float32Array === (tensors[0].kind === 'float32')
    const feeds = new Feeds(tensors, bucket, (tensor) => ({
      tensor,
      data: isDirect ? rows : tensorData(tensor.kind, rows.length),
      layout,
    }))
    return new TreeGraph(chain, kernel, feeds)
  } catch (error) {
    if (error instanceof NotATreeGraph) return error.message
    throw error
  }
}
