// A graph in a session of ONNX Runtime: one thread, and always one bucket of rows, so that bits do not depend on the batch.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { ModelError } from '../../base/errors.ts'
import { Feeds } from './feeds.ts'
import type { Graph } from './graph.ts'
import type { InputTensor } from './input-map.ts'
import type { Ort } from './ort.ts'
import { probe } from './probe.ts'
import type { TensorData } from './tensor-kind.ts'

export interface OrtOpening {
  readonly ort: Ort
  readonly bytes: Uint8Array
  readonly tensors: readonly InputTensor[]
  /** Names of the outputs that are wanted. */
  readonly fetched: readonly string[]
  readonly bucket: number
}

/** @throws ModelError ML_MODEL when ONNX Runtime refuses the model, or its rows depend on each other. */
export async function openOrtGraph(opening: OrtOpening): Promise<Graph> {
  const { ort, bytes, tensors, fetched, bucket } = opening
  const session = await openSession(ort, bytes)
  try {
    const feeds = new Feeds(tensors, bucket)
    const inputs = Object.fromEntries(
      tensors.map((tensor, i) => [tensor.name, ortTensor(ort, tensor, feeds.feed(i).data, bucket)]),
    )
    const run = (): Promise<InferenceSession.OnnxValueMapType> => session.run(inputs, fetched)
    return {
      path: `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}, cpu ${process.arch}, bucket ${bucket}, 1 thread`,
      feeds,
      widths: await probe(run, feeds, fetched),
      run: (rows) => {
        feeds.pad(rows)
        return run()
      },
      release: () => session.release(),
    }
  } catch (error) {
    await session.release()
    throw error
  }
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

function ortTensor(ort: Ort, tensor: InputTensor, data: TensorData, bucket: number): Tensor {
  // A Uint8Array alone would be taken for uint8; ONNX Runtime's types have no overload for all
  // kinds at once.
  const Tensor = ort.Tensor as new (
    type: string,
    data: TensorData,
    dims: readonly number[],
  ) => Tensor
  return new Tensor(tensor.kind, data, [bucket, ...tensor.tail])
}
