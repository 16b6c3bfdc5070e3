// The tree kernel against ONNX Runtime, which runs on one thread over batches as they come: the model alone, its rows in memory already.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { Prng } from '../../src/base/prng.ts'
import { kernelOf } from '../../test/models/trees/both-graphs.ts'
import type { Graph } from '../../src/models/onnx/graph.ts'
import { costs } from '../cpu.ts'
import { percentile } from '../percentile.ts'

const ROUNDS = 5
const MICROS = 100_000
const THRESHOLDS_TO = 6
const AT_ONCE = 256
/** Calls in a row, and rounds of them; some before, in which code is compiled. */
const CALLS = 200
const ONE_ROUNDS = 10
const WARM_ROUNDS = 15

export interface TreeCosts {
  readonly kernel: number
  readonly runtime: number
}

/** Microseconds of CPU a row, in batches. */
export async function compareTrees(bytes: Uint8Array, rows: number): Promise<TreeCosts> {
  const { kernel, session, feeds } = await open(bytes, rows)
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

/** Microseconds from the call for one row to its answer, in the median. */
export interface OneCosts extends TreeCosts {
  /** Of the kernel where each call finds what ONNX Runtime, over the same trees, has left of the caches. */
  readonly kernelBetween: number
}

/** Each call has another row, whose branches nobody can foresee. */
export async function compareOne(bytes: Uint8Array): Promise<OneCosts> {
  const { kernel, session, feeds, values } = await open(bytes, 1)
  const random = new Prng(2)
  const next = (): void => {
    for (let i = 0; i < values.length; i++) values[i] = THRESHOLDS_TO * (random.next() - 0.5)
    write(kernel, values, 1)
  }
  const own = (): unknown => kernel.run(1)
  const theirs = (): unknown => session.run(feeds)
  const taken = { own: [] as number[], theirs: [] as number[], between: [] as number[] }
  for (let round = -WARM_ROUNDS; round < ONE_ROUNDS; round++) {
    const kept = round < 0 ? undefined : taken
    for (let call = 0; call < CALLS; call++) await timed(next, own, kept?.own)
    for (let call = 0; call < CALLS; call++) await timed(next, theirs, kept?.theirs)
    for (let call = 0; call < CALLS; call++) {
      await timed(next, own, kept?.between)
      await theirs()
    }
  }
  await session.release()
  const middle = (times: number[]): number =>
    percentile(
      times.toSorted((a, b) => a - b),
      0.5,
    ) * 1000
  return {
    kernel: middle(taken.own),
    runtime: middle(taken.theirs),
    kernelBetween: middle(taken.between),
  }
}

async function timed(
  next: () => void,
  call: () => unknown,
  times: number[] | undefined,
): Promise<void> {
  next()
  const begun = performance.now()
  // What is no promise is awaited as well: so does whoever calls a model.
  await call()
  times?.push(performance.now() - begun)
}

interface Opened {
  readonly kernel: Graph
  readonly session: InferenceSession
  readonly feeds: Readonly<Record<string, Tensor>>
  /** The memory of the feed of ONNX Runtime, row after row. */
  readonly values: Float32Array
}

async function open(bytes: Uint8Array, rows: number): Promise<Opened> {
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
  write(kernel, values, rows)
  const feeds = { [input.name]: new Tensor('float32', values, [rows, width]) }
  return { kernel, session, feeds, values }
}

function write(kernel: Graph, values: Float32Array, rows: number): void {
  let at = 0
  for (let row = 0; row < rows; row++) kernel.feeds.set(row, () => values[at++])
}
