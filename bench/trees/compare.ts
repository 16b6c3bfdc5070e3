// The tree kernel against ONNX Runtime, which runs on one thread over batches as they come: the model alone, its rows in memory already.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { Prng } from '../../src/base/prng.ts'
import { kernelOf } from '../../test/models/trees/both-graphs.ts'
import { costs } from '../cpu.ts'

const ROUNDS = 5
const MICROS = 100_000
const THRESHOLDS_TO = 6
const AT_ONCE = 256

export interface TreeCosts {
  /** Microseconds of CPU a row. */
  readonly kernel: number
  readonly runtime: number
}

export async function compareTrees(bytes: Uint8Array, rows: number): Promise<TreeCosts> {
  const kernel = kernelOf(bytes, rows)
  if (typeof kernel !== 'object') throw new Error(`the kernel leaves it: ${kernel}`)
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  })
  const [input] = session.inputMetadata
  const width = Number(input.isTensor ? input.shape[1] : NaN)
  const random = new Prng(1)
  const values = Float32Array.from(
    { length: rows * width },
    () => THRESHOLDS_TO * (random.next() - 0.5),
  )
  let at = 0
  for (let row = 0; row < rows; row++) kernel.feeds.set(row, () => values[at++])
  const feeds = { [input.name]: new Tensor('float32', values, [rows, width]) }
  // Looking at the clock costs as much as a row.
  const runs = Math.ceil(AT_ONCE / rows)
  const [own, theirs] = await costs(
    [
      () => {
        for (let i = 0; i < runs; i++) void kernel.run(rows)
        return runs * rows
      },
      async () => {
        for (let i = 0; i < runs; i++) await session.run(feeds)
        return runs * rows
      },
    ],
    { rounds: ROUNDS, micros: MICROS },
  )
  await session.release()
  return { kernel: own, runtime: theirs }
}
