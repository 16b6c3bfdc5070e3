// Tries a graph at load: learns the true width of its outputs, and shows that a row's bits depend
// neither on its place in the bucket nor on the rows beside it. Vector kernels treat the last rows
// of an odd bucket otherwise; a graph may mix its rows.
import type { Tensor } from 'onnxruntime-node'
import { ModelError } from '../../base/errors.ts'
import { Prng } from '../../base/prng.ts'
import type { Feeds } from './feeds.ts'
import type { InputTensor } from './input-map.ts'

type Outputs = Readonly<Record<string, Tensor>>
type Row = (tensor: InputTensor) => number | string

/**
 * How far rows are moved: every residue that matters to kernels of up to 64 lanes is among the
 * sums.
 */
const SHIFTS = [1, 2, 3, 5, 8, 13, 21, 34]
const SEED = 20_010_401

/** Runs the graph on a bucket of made-up rows. */
type Run = (rowOf: (row: number) => Row) => Promise<Outputs>

/**
 * @returns values per row of each output tensor.
 * @throws ModelError ML_MODEL when the graph cannot be run, or its rows are not independent.
 */
export async function probe(
  runBucket: () => Promise<Outputs>,
  feeds: Feeds,
  outputs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { bucket } = feeds
  const run: Run = (rowOf) => {
    for (let row = 0; row < bucket; row++) feeds.set(row, rowOf(row))
    return runBucket()
  }
  const rowOf = await runnableRows(run, bucket)
  const first = await run(rowOf)
  const widths = new Map(outputs.map((name) => [name, widthOf(first[name], name, bucket)]))
  for (const shift of SHIFTS.filter((each) => each < bucket)) {
    const moved = await run((row) => {
      const source = (row + shift) % bucket
      return rowOf(isReplaced(source, shift) ? source + bucket * shift : source)
    })
    for (const name of outputs) checkMoved(first[name], moved[name], { name, shift, bucket })
  }
  return widths
}

/** Every third row gives way to another one: neighbours change as well as places. */
function isReplaced(source: number, shift: number): boolean {
  return source % 3 === shift % 3
}

interface Move {
  readonly name: string
  readonly shift: number
  readonly bucket: number
}

function checkMoved(first: Tensor, moved: Tensor, { name, shift, bucket }: Move): void {
  const before = first.data
  const after = moved.data
  const width = before.length / bucket
  for (let row = 0; row < bucket; row++) {
    const source = (row + shift) % bucket
    if (isReplaced(source, shift)) continue
    for (let i = 0; i < width; i++) {
      // Bits, not values: Object.is tells -0 from 0 and holds NaN equal to NaN.
      if (Object.is(before[source * width + i], after[row * width + i])) continue
      throw new ModelError(
        'ML_MODEL',
        `a row's output ${name} must not depend on the rows it is scored with; it does in runs of ${bucket} rows; ` +
          'set onnx(file, { bucket }) to a multiple of 16, or to 1, or export a graph that does not mix its rows',
      )
    }
  }
}

/**
 * Random rows where the graph takes them, else rows of zeros (a graph may look its input up in a
 * table).
 */
async function runnableRows(run: Run, bucket: number): Promise<(row: number) => Row> {
  try {
    await run(randomRow)
    return randomRow
  } catch {
    await run(zeroRow).catch((cause: unknown) => {
      throw new ModelError(
        'ML_MODEL',
        `the graph must run on ${bucket} rows of its input shape; ONNX Runtime refused: ${messageOf(cause)}; ` +
          'check the shapes the model was exported with (the first dimension must be dynamic)',
        { cause },
      )
    })
    return zeroRow
  }
}

function randomRow(row: number): Row {
  const random = new Prng(SEED, row)
  return ({ kind }) => {
    if (kind === 'string') return random.pick(['', 'a', 'b'])
    if (kind === 'float32' || kind === 'float64')
      return (random.next() - 0.5) * 10 ** random.below(5)
    return random.below(2)
  }
}

function zeroRow(): Row {
  return ({ kind }) => (kind === 'string' ? '' : 0)
}

function widthOf(tensor: Tensor, name: string, bucket: number): number {
  const width = tensor.size / bucket
  if (tensor.dims[0] !== bucket || !Number.isInteger(width) || width < 1) {
    throw new ModelError(
      'ML_MODEL',
      `the output ${name} must have one row for each of ${bucket} input rows; found [${tensor.dims.join(', ')}]; ` +
        'export the graph with a dynamic first dimension, or choose other outputs',
    )
  }
  return width
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
