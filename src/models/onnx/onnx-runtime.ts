// Loads ONNX models: checks the file, fits it to the features, opens a session of one thread, and
// probes it.
import { createHash } from 'node:crypto'
import { ModelError } from '../../base/errors.ts'
import type { FeatureInfo, LoadedModel, Runtime, RuntimeSpec } from '../../contracts/runtime.ts'
import { checkFallback } from '../fallback.ts'
import { Feeds } from './feeds.ts'
import { mapInputs, type InputTensor } from './input-map.ts'
import { inputOrder } from './input-order.ts'
import { readModelFile } from './model-file.ts'
import { OnnxModel } from './onnx-model.ts'
import { onnxOptions, type OnnxOptions } from './options.ts'
import { loadOrt, type Ort } from './ort.ts'
import { chooseOutputs, outputSlot } from './output-map.ts'
import { probe } from './probe.ts'
import { signature } from './signature.ts'

const DEFAULT_BUCKET = 64

/** Kinds whose every value a float32 holds exactly. */
const FLOAT32_EXACT = new Set(['float32', 'bool', 'int8', 'uint8', 'int16', 'uint16', 'string'])

/**
 * The runtime of `onnx(file, options)`. Options (defaults): `inputs`, `outputs` (all tensors under
 * their names), `missing`
 * (`'refuse'`), `fallback` (none), `bucket` (64, or what the graph fixes), `allow` (no further
 * operators), `maxBytes` (256 MB).
 * `load` throws ML_DEPENDENCY when onnxruntime-node is not installed. `importOrt` is where the
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
  const { graph, metadata } = readModelFile(bytes, options)
  const { inputs, outputs } = signature(graph)
  const order = inputOrder({
    inputs,
    stated: options.inputs,
    metadata: metadata.get('millrace.features'),
    features: new Set(features.map(({ name }) => name)),
  })
  const tensors = mapInputs({ inputs, order, features, missing: options.missing })
  const choices = chooseOutputs(outputs, options.outputs)
  const bucket = bucketOf(tensors, options)

  const ort = await loadOrt(importOrt)
  const session = await openSession(ort, bytes)
  try {
    const feeds = new Feeds(ort, tensors, bucket)
    const widths = await probe(session, feeds, [...new Set(choices.map(({ tensor }) => tensor))])
    const slots = choices.map((choice) => outputSlot(choice, widths.get(choice.tensor) ?? 0))
    checkFallback(
      options.fallback,
      slots.map(({ info }) => info),
    )
    return new OnnxModel({
      digest: createHash('sha256').update(bytes).digest('hex'),
      features: [...new Set(tensors.flatMap((tensor) => tensor.slots.map(({ name }) => name)))],
      precision: tensors.every(({ kind }) => FLOAT32_EXACT.has(kind)) ? 'float32' : 'float64',
      path: `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}, cpu ${process.arch}, bucket ${bucket}, 1 thread`,
      session,
      feeds,
      outputs: slots,
      fallback: options.fallback,
    })
  } catch (error) {
    await session.release()
    throw error
  }
}

/**
 * One bucket for all runs of a version: a kernel may choose another path for another size, with
 * other bits.
 */
function bucketOf(tensors: readonly InputTensor[], options: OnnxOptions): number {
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
  return [...fixed][0] ?? DEFAULT_BUCKET
}

async function openSession(
  ort: Ort,
  bytes: Uint8Array,
): ReturnType<Ort['InferenceSession']['create']> {
  try {
    return await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    })
  } catch (cause) {
    throw new ModelError(
      'ML_MODEL',
      `ONNX Runtime must be able to load the model; it refused: ${cause instanceof Error ? cause.message : String(cause)}; ` +
        'export it for an operator set this version knows',
      { cause },
    )
  }
}
