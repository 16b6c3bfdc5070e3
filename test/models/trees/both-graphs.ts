// Runs one file by the tree kernel and by ONNX Runtime, over the same rows.
import { Prng } from '../../../src/base/prng.ts'
import type { Graph } from '../../../src/models/onnx/graph.ts'
import { mapInputs, type InputTensor } from '../../../src/models/onnx/input-map.ts'
import { readModelFile, type ModelFile } from '../../../src/models/onnx/model-file.ts'
import { openOrtGraph } from '../../../src/models/onnx/ort-graph.ts'
import { loadOrt } from '../../../src/models/onnx/ort.ts'
import { signature } from '../../../src/models/onnx/signature.ts'
import type { Ensemble } from '../../../src/models/trees/ensemble.ts'
import { openTreeGraph } from '../../../src/models/trees/open-tree-graph.ts'
import { treeChain } from '../../../src/models/trees/tree-chain.ts'
import { GRID } from './random-ensemble.ts'

const BUCKET = 64

interface Opening {
  readonly file: ModelFile
  readonly tensors: readonly InputTensor[]
  readonly fetched: readonly string[]
}

function opening(bytes: Uint8Array): Opening {
  const file = readModelFile(bytes, { maxBytes: 1e8, allow: [] })
  const { inputs, outputs } = signature(file.graph)
  const names = Array.from({ length: inputs[0].shape?.[1] ?? 0 }, (_, i) => `x${i}`)
  const tensors = mapInputs({
    inputs,
    order: new Map([[inputs[0].name, names]]),
    features: names.map((name) => ({ name, kind: 'number' })),
    missing: new Map(),
  })
  const fetched = outputs.filter(({ kind }) => kind !== undefined).map(({ name }) => name)
  return { file, tensors, fetched }
}

/** @returns the kernel's graph, or why it leaves the file to ONNX Runtime. */
export function kernelOf(bytes: Uint8Array, bucket = BUCKET): Graph | string | undefined {
  const { file, tensors, fetched } = opening(bytes)
  return openTreeGraph({ graph: file.graph, tensors, fetched, bucket })
}

export function ensembleOf(bytes: Uint8Array): Ensemble {
  const { file, tensors, fetched } = opening(bytes)
  return treeChain(file.graph, tensors, fetched).ensemble
}

export async function ortOf(bytes: Uint8Array, bucket = BUCKET): Promise<Graph> {
  const { file, tensors, fetched } = opening(bytes)
  return openOrtGraph({ ort: await loadOrt(), bytes: file.bytes, tensors, fetched, bucket })
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

type Value = number | bigint | string

/** All values of each output. */
export type Given = ReadonlyMap<string, readonly Value[]>

/** Runs any number of row-major rows of `width` values, so many at a time. */
export async function runRows(
  graph: Graph,
  values: Float64Array,
  width: number,
  atOnce: number = BUCKET,
): Promise<Given> {
  const all = new Map<string, Value[]>()
  for (let at = 0; at < values.length; at += atOnce * width) {
    const part = values.subarray(at, at + atOnce * width)
    const rows = part.length / width
    writeRows(graph, part, rows)
    for (const [name, { data }] of Object.entries(await graph.run(rows))) {
      const before = all.get(name) ?? []
      all.set(name, [...before, ...data.slice(0, rows * (graph.widths.get(name) ?? 0))])
    }
  }
  return all
}

/** Writes row-major values to the first rows of the feeds. */
export function writeRows(graph: Graph, values: Float64Array, rows: number): void {
  let at = 0
  for (let row = 0; row < rows; row++) graph.feeds.set(row, () => values[at++])
}

/** What is apart by more than `tolerance`, relative where it is large. */
export function differences(own: Given, theirs: Given, tolerance: number): string[] {
  const names = [own, theirs].map((given) => [...given.keys()].toSorted().join())
  if (names[0] !== names[1]) return [`outputs ${names[0]}, not ${names[1]}`]
  return [...theirs].flatMap(([name, values]) => {
    const ours = own.get(name) ?? []
    return ours.length === values.length
      ? values.flatMap((value, i) =>
          isNear(ours[i], value, tolerance)
            ? []
            : [`${name}[${i}]: ${String(ours[i])}, not ${String(value)}`],
        )
      : [`${name} has ${ours.length} values, not ${values.length}`]
  })
}

function isNear(own: Value, theirs: Value, tolerance: number): boolean {
  if (typeof own !== 'number' || typeof theirs !== 'number') return own === theirs
  return (
    Object.is(own, theirs) ||
    own === theirs ||
    Math.abs(own - theirs) <= tolerance * Math.max(1, Math.abs(theirs))
  )
}
