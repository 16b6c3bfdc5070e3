// Runs one file by the tree kernel and by ONNX Runtime, over the same rows.
import { Prng } from '../../../src/base/prng.ts'
import type { Graph, GraphOutput } from '../../../src/models/onnx/graph.ts'
import { mapInputs } from '../../../src/models/onnx/input-map.ts'
import { readModelFile } from '../../../src/models/onnx/model-file.ts'
import { openOrtGraph } from '../../../src/models/onnx/ort-graph.ts'
import { loadOrt } from '../../../src/models/onnx/ort.ts'
import { signature } from '../../../src/models/onnx/signature.ts'
import { openTreeGraph } from '../../../src/models/trees/open-tree-graph.ts'
import { GRID } from './random-ensemble.ts'

const BUCKET = 64

export type Outputs = Readonly<Record<string, GraphOutput>>

/** @returns the kernel's graph, or why it leaves the file to ONNX Runtime. */
export function kernelOf(bytes: Uint8Array, bucket = BUCKET): Graph | string | undefined {
  const { graph } = readModelFile(bytes, { maxBytes: 1e8, allow: [] })
  const { inputs, outputs } = signature(graph)
  const names = Array.from({ length: inputs[0].shape?.[1] ?? 0 }, (_, i) => `x${i}`)
  const tensors = mapInputs({
    inputs,
    order: new Map([[inputs[0].name, names]]),
    features: names.map((name) => ({ name, kind: 'number' })),
    missing: new Map(),
  })
  const fetched = outputs.filter(({ kind }) => kind !== undefined).map(({ name }) => name)
  return openTreeGraph({ graph, tensors, fetched, bucket })
}

export async function ortOf(bytes: Uint8Array, bucket = BUCKET): Promise<Graph> {
  const { graph } = readModelFile(bytes, { maxBytes: 1e8, allow: [] })
  const { inputs, outputs } = signature(graph)
  const names = Array.from({ length: inputs[0].shape?.[1] ?? 0 }, (_, i) => `x${i}`)
  const tensors = mapInputs({
    inputs,
    order: new Map([[inputs[0].name, names]]),
    features: names.map((name) => ({ name, kind: 'number' })),
    missing: new Map(),
  })
  const fetched = outputs.filter(({ kind }) => kind !== undefined).map(({ name }) => name)
  return openOrtGraph({ ort: await loadOrt(), bytes, tensors, fetched, bucket })
}

/** Values on the thresholds, beside them, far away, infinite and (where wanted) NaN. */
export function rowsFor(features: number, seed: number, withNaN: boolean): Float64Array {
  const random = new Prng(seed)
  return Float64Array.from({ length: BUCKET * features }, () => {
    const kind = random.below(10)
    if (kind < 5) return random.pick(GRID)
    if (kind === 5) return random.pick([Infinity, -Infinity, -0, 1e-45, -1e-45, 3.4e38])
    if (kind === 6 && withNaN) return Number.NaN
    return random.pick(GRID) + (random.next() - 0.5)
  })
}

export async function runOn(graph: Graph, rows: Float64Array): Promise<Outputs> {
  const { data } = graph.feeds.feed(0)
  ;(data as Float32Array).set(rows)
  return graph.run(BUCKET)
}
