// The input tensors of one graph, made once and filled again for every run: one bucket of rows.
import type { Column } from '../../contracts/columns.ts'
import type { RowOutcomes } from '../row-outcomes.ts'
import type { InputTensor } from './input-map.ts'
import { placeOf, rowAfterRow } from './layout.ts'
import { SlotWriter, type Memory, type RowRun } from './slot-writer.ts'
import { tensorData, type TensorData } from './tensor-kind.ts'

interface Feed extends Memory {
  readonly writers: readonly SlotWriter[]
}

export class Feeds {
  readonly bucket: number
  readonly #feeds: readonly Feed[]

  /** @param memory of a tensor, for `bucket` rows at least; default: its own, row after row. */
  constructor(
    tensors: readonly InputTensor[],
    bucket: number,
    memory = (tensor: InputTensor): Memory => ({
      tensor,
      data: tensorData(tensor.kind, bucket * tensor.width),
      layout: rowAfterRow(tensor.width),
    }),
  ) {
    this.bucket = bucket
    this.#feeds = tensors.map((tensor) => {
      const of = memory(tensor)
      return { ...of, writers: tensor.slots.map((slot) => new SlotWriter(slot, of)) }
    })
  }

  /** A tensor's memory, by its place among the inputs. */
  feed(input: number): { readonly data: TensorData } {
    return this.#feeds[input]
  }

  /** Marks the rows that cannot be given to the model. */
  refuse(features: readonly Column[], rows: number, outcomes: RowOutcomes): void {
    for (const { writers } of this.#feeds) {
      for (const writer of writers) writer.refuse(features[writer.slot.feature], rows, outcomes)
    }
  }

  /** Writes the rows of the run to the first rows of the bucket. */
  fill(features: readonly Column[], run: RowRun): void {
    for (const { writers } of this.#feeds) {
      for (const writer of writers) writer.write(features[writer.slot.feature], run)
    }
  }

  /** Repeats the last of `rows` rows to the end of the bucket, so that padding cannot fail where no row does; for memory row after row. */
  pad(rows: number): void {
    for (const { tensor, data } of this.#feeds) {
      for (let row = rows; row < this.bucket; row++) {
        data.copyWithin(row * tensor.width, (rows - 1) * tensor.width, rows * tensor.width)
      }
    }
  }

  /** Writes values of the caller's choice into a row: for the probe at load. */
  set(row: number, value: (tensor: InputTensor) => number | string): void {
    for (const { tensor, data, layout } of this.#feeds) {
      for (let column = 0; column < tensor.width; column++) {
        const at = placeOf(layout, row, column)
        const chosen = value(tensor)
        if (data instanceof BigInt64Array || data instanceof BigUint64Array)
          data[at] = BigInt(chosen)
        else if (Array.isArray(data)) data[at] = String(chosen)
        else data[at] = Number(chosen)
      }
    }
  }
}
