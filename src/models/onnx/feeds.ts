// The input tensors of one session, made once and filled again for every run: one bucket of rows,
// row-major.
import type { Tensor } from 'onnxruntime-node'
import type { Column } from '../../contracts/columns.ts'
import type { RowOutcomes } from '../row-outcomes.ts'
import type { InputTensor } from './input-map.ts'
import type { Ort } from './ort.ts'
import { SlotWriter, type RowRun } from './slot-writer.ts'
import { tensorData, type TensorData } from './tensor-kind.ts'

interface Feed {
  readonly tensor: InputTensor
  readonly data: TensorData
  readonly writers: readonly SlotWriter[]
}

export class Feeds {
  /** What a run takes: views of the memory `fill` writes. */
  readonly tensors: Readonly<Record<string, Tensor>>
  readonly bucket: number
  readonly #feeds: readonly Feed[]

  constructor(ort: Ort, tensors: readonly InputTensor[], bucket: number) {
    this.bucket = bucket
    this.#feeds = tensors.map((tensor) => {
      const data = tensorData(tensor.kind, bucket * tensor.width)
      return {
        tensor,
        data,
        writers: tensor.slots.map((slot) => new SlotWriter(slot, tensor, data)),
      }
    })
    this.tensors = Object.fromEntries(
      this.#feeds.map(({ tensor, data }) => [tensor.name, ortTensor(ort, tensor, data, bucket)]),
    )
  }

  /** Marks the rows that cannot be given to the model. */
  refuse(features: readonly Column[], rows: number, outcomes: RowOutcomes): void {
    for (const { writers } of this.#feeds) {
      for (const writer of writers) writer.refuse(features[writer.slot.feature], rows, outcomes)
    }
  }

  /**
   * Fills the bucket with the rows of the run; what is left over repeats its last row, so that
   * padding cannot fail where no row does.
   */
  fill(features: readonly Column[], run: RowRun): void {
    const rows = run.to - run.from
    for (const { tensor, data, writers } of this.#feeds) {
      for (const writer of writers) writer.write(features[writer.slot.feature], run)
      for (let row = rows; row < this.bucket; row++) {
        data.copyWithin(row * tensor.width, (rows - 1) * tensor.width, rows * tensor.width)
      }
    }
  }

  /** Writes values of the caller's choice into a row: for the probe at load. */
  set(row: number, value: (tensor: InputTensor) => number | string): void {
    for (const { tensor, data } of this.#feeds) {
      for (let i = row * tensor.width; i < (row + 1) * tensor.width; i++) {
        const chosen = value(tensor)
        if (data instanceof BigInt64Array || data instanceof BigUint64Array)
          data[i] = BigInt(chosen)
        else if (Array.isArray(data)) data[i] = String(chosen)
        else data[i] = Number(chosen)
      }
    }
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
