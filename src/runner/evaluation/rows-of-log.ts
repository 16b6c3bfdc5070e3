// Rows of a pipeline's topics as an evaluation takes them: features as of event time, by the definition as it is now, and labels when they came.
import type { ShareProgress } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { receiptsTopic } from '../../engine/task-names.ts'
import { withIdealRun } from '../dataset/ideal-run.ts'
import { Labels } from '../dataset/labels.ts'
import { eachRow } from '../dataset/receipt-rows.ts'
import type { Definition } from '../load-definition.ts'
import type { EvaluatedModel } from './evaluated-model.ts'
import type { RowBuffer } from './row-buffer.ts'

export interface RowsOfLog {
  readonly definition: Definition
  readonly log: Log
  readonly model: EvaluatedModel
  /** Where the folder of the run is made: any name in a folder that has the room. */
  readonly near: string
  /** How late labels come, ms; undefined: when they came. */
  readonly delay: number | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShareProgress) => void
}

export async function evaluateLog(of: RowsOfLog, into: RowBuffer): Promise<void> {
  const { definition, log, near, signal, model, delay, onProgress } = of
  const { plan } = definition
  await withIdealRun({ definition, log, near, signal, onProgress }, async (run) => {
    const labels = await Labels.of(run.log, plan.pipeline, model.name)
    const size = (await run.log.topic(receiptsTopic(plan.pipeline)))?.parts[0]?.end ?? 0
    const reading = { plan, model: model.name, labels, span: { from: undefined, to: undefined } }
    let now = -Infinity
    await eachRow(run.log, reading, (row, receipts) => {
      const { features } = receipts.meta
      // An event that stands behind a later one is predicted when that one is.
      now = Math.max(now, row.time)
      const due = delay === undefined ? row.labelTime : now + delay
      into.add((i) => numberOf(row.values[features.indexOf(model.features[i])]), {
        label: row.label,
        time: now,
        due: Number.isNaN(due) ? now : due,
      })
      onProgress({
        doing: 'judging rows',
        share: Math.min(1, (receipts.offset + 1) / Math.max(1, size)),
      })
    })
    into.flush()
  })
}

function numberOf(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' ? value : Number.NaN
}
