// Rows of a model's receipts, with their labels, within a range.
import type { RangeEnd } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { KEY, SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../../engine/exchange/layout.ts'
import { sourceOf } from '../../engine/exchange/source-number.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { originsOf } from '../../pipeline/plan-streams.ts'
import { valueAt } from '../../schema/event-view.ts'
import { eachReceiptBlock, featureColumns, type ReceiptBlock } from '../provenance/receipts.ts'
import type { DatasetRow } from './dataset-file.ts'
import type { Labels } from './labels.ts'

/** From included, to excluded. */
export interface DatasetSpan {
  readonly from: RangeEnd | undefined
  readonly to: RangeEnd | undefined
}

export interface RowReading {
  readonly plan: Plan
  readonly model: string
  readonly labels: Labels | undefined
  readonly span: DatasetSpan
  /** The offset in the topic of the event, where the receipts are of a copy of it. */
  readonly offsetOf?: (topic: string, partition: number, offset: number) => number
  /** Before the rows of a block. */
  readonly block?: (receipts: ReceiptBlock) => void
}

export async function eachRow(
  log: Log,
  reading: RowReading,
  each: (row: DatasetRow, receipts: ReceiptBlock) => void,
): Promise<void> {
  const { plan, model, labels, span, offsetOf } = reading
  const origins = originsOf(plan, plan.from)
  await eachReceiptBlock(log, plan.pipeline, (receipts) => {
    const { block, meta, task } = receipts
    if (meta.model !== model) return
    reading.block?.(receipts)
    const columns = featureColumns(receipts)
    const key = block.column(KEY)
    const [times, sources, offsets] = [TIME, SOURCE_PARTITION, SOURCE_OFFSET].map((i) =>
      block.numbers(i),
    )
    for (let row = 0; row < block.rows; row++) {
      const { stream, partition } = sourceOf(sources[row], origins)
      const { topic } = stream
      const offset = offsetOf?.(topic, partition, offsets[row]) ?? offsets[row]
      const time = times[row]
      if (!within(span, time, offset)) continue
      const values = columns.map((column) => valueAt(column, row))
      const label = labels?.at(task, block.commit, row) ?? NaN
      const labelTime = labels?.knownAt(task, block.commit, row) ?? NaN
      const id = valueAt(key, row)
      each({ id, time, values, label, labelTime, topic, partition, offset }, receipts)
    }
  })
}

function within({ from, to }: DatasetSpan, time: number, offset: number): boolean {
  const at = (end: RangeEnd): number => ('time' in end ? time - end.time : offset - end.offset)
  return (from === undefined || at(from) >= 0) && (to === undefined || at(to) < 0)
}
