// Loads ONNX models: checks the file, fits it to the features, and opens its graph: with the tree kernel
// where that can take it, else with ONNX Runtime.
import { createHash } from 'node:crypto'
import { ModelError } from '../../base/errors.ts'
import type { FeatureInfo, LoadedModel, Runtime, RuntimeSpec } from '../../contracts/runtime.ts'
import { checkFallback } from '../fallback.ts'
import { openTreeGraph } from '../trees/open-tree-graph.ts'
import type { Graph } from './graph.ts'
import { mapInputs, type InputTensor } from './input-map.ts'
import { inputOrder } from './input-order.ts'
import { readModelFile, type ModelFile } from './model-file.ts'
import { OnnxModel } from './onnx-model.ts'
import { onnxOptions, type OnnxOptions } from './options.ts'
import { loadOrt, type Ort } from './ort.ts'
import { openOrtGraph } from './ort-graph.ts'
import { chooseOutputs, outputSlot, type OutputChoice } from './output-map.ts'
import { signature } from './signature.ts'
import { trainingData } from './training-data.ts'

const DEFAULT_BUCKET = 64

/** The kernel's rows cost the same in any run; more of them keep a tree in the processor's cache for longer. */
const TREE_BUCKET = 256

/** Kinds whose every value a float32 holds exactly. */
const FLOAT32_EXACT = new Set(['float32', 'bool', 'int8', 'uint8', 'int16', 'uint16', 'string'])

/**
 * The runtime of `onnx(file, options)`. Options (defaults): `inputs`, `outputs` (all tensors under
 * their names), `missing`
 * (`'refuse'`), `fallback` (none), `bucket` (64, or what the graph fixes; 256 of the tree kernel), `allow`
 * (no further operators), `maxBytes` (256 MB), `kernel` (`'auto'`).
 * `load` throws ML_DEPENDENCY when onnxruntime-node is needed and not installed. `importOrt` is where the
 * package comes from.
 */
export function onnxRuntime(importOrt?: () => Promise<Ort>): Runtime {
  return {
    kind: 'onnx',
    load: (bytes, features, spec) => load({ bytes, features, spec, importOrt }),
  }
}

interface Loading {
  readonly bytes: Uint8Array
  readonly features: readonly FeatureInfo[]
  readonly spec: RuntimeSpec
  readonly importOrt: (() => Promise<Ort>) | undefined
}

async function load({ bytes, features, spec, importOrt }: Loading): Promise<LoadedModel> {
  const options = onnxOptions(spec.options)
  const file = readModelFile(bytes, options)
  const { graph, metadata } = file
  const { inputs, outputs } = signature(graph)
  const order = inputOrder({
    inputs,
    stated: options.inputs,
    metadata: metadata.get('millrace.features'),
    features: new Set(features.map(({ name }) => name)),
  })
  const trainedOn = trainingData(metadata.get('millrace.dataset'))
  const tensors = mapInputs({ inputs, order, features, missing: options.missing })
  const choices = chooseOutputs(outputs, options.outputs)
  const opened = await open({ file, tensors, choices, options, importOrt })
  try {
    const slots = choices.map((choice) => outputSlot(choice, opened.widths.get(choice.tensor) ?? 0))
    checkFallback(
      options.fallback,
      slots.map(({ info }) => info),
    )
    return new OnnxModel({
      digest: createHash('sha256').update(bytes).digest('hex'),
      features: [...new Set(tensors.flatMap((tensor) => tensor.slots.map(({ name }) => name)))],
      precision: tensors.every(({ kind }) => FLOAT32_EXACT.has(kind)) ? 'float32' : 'float64',
      graph: opened,
      outputs: slots,
      trainedOn,
      fallback: options.fallback,
    })
  } catch (error) {
    await opened.release()
    throw error
  }
}

interface Opening {
  readonly file: ModelFile
  readonly tensors: readonly InputTensor[]
  readonly choices: readonly OutputChoice[]
  readonly options: OnnxOptions
  readonly importOrt: (() => Promise<Ort>) | undefined
}

async function open({ file, tensors, choices, options, importOrt }: Opening): Promise<Graph> {
  const fetched = [...new Set(choices.map(({ tensor }) => tensor))]
  const stated = statedBucket(tensors, options)
  const trees =
    options.kernel === 'onnxruntime'
      ? 'the option kernel says so'
      : openTreeGraph({ graph: file.graph, tensors, fetched, bucket: stated ?? TREE_BUCKET })
  if (typeof trees === 'object') return trees
  const ort = await loadOrt(importOrt)
  const opened = await openOrtGraph({
    ort,
    bytes: file.bytes,
    tensors,
    fetched,
    bucket: stated ?? DEFAULT_BUCKET,
  })
  return trees === undefined
    ? opened
    : { ...opened, path: `${opened.path} (no tree kernel: ${trees})` }
}

/**
 * One bucket for all runs of a version: a kernel may choose another path for another size, with
 * other bits.
 */
function statedBucket(tensors: readonly InputTensor[], options: OnnxOptions): number | undefined {
  const fixed = new Set(
    tensors.map(({ fixedRows }) => fixedRows).filter((rows) => rows !== undefined),
  )
  if (options.bucket !== undefined) fixed.add(options.bucket)
  if (fixed.size > 1) {
    throw new ModelError(
      'ML_MODEL',
      `the graph and the option bucket must agree on the rows of a run; found ${[...fixed].join(' and ')}; ` +
        'remove the option, or export the model with a dynamic first dimension',
    )
  }
  return [...fixed][0]
}
