// One prediction from its receipt: where it came from, what the model saw, what it said, and what became of it.
import { DefinitionError } from '../../base/errors.ts'
import type { Explanation } from '../../contracts/explanation.ts'
import type { GapReport } from '../../contracts/gap-report.ts'
import type { Log } from '../../contracts/log.ts'
import { FIRST, SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../../engine/exchange/layout.ts'
import { EXAMPLE } from '../../engine/operators/join-layouts.ts'
import { sourceOf } from '../../engine/exchange/source-number.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { originsOf } from '../../pipeline/plan-streams.ts'
import { valueAt } from '../../schema/event-view.ts'
import { eachExampleBlock, exampleAt, type Example } from './examples-of.ts'
import { gapReports } from '../status/gap-report.ts'
import { withPipeline, type PipelinePlace } from '../open-pipeline.ts'
import {
  eachReceiptBlock,
  featureColumns,
  learntOf,
  outputColumns,
  rowsWithId,
  type ReceiptMeta,
} from './receipts.ts'

const OUTCOME = ['scored', 'refused', 'fell back', 'failed'] as const

/** @param id as it is encoded: a text as it is, an integer in decimals, a tuple as JSON. @throws DefinitionError when no receipt has it. */
export async function explain(place: PipelinePlace, id: string): Promise<readonly Explanation[]> {
  return withPipeline(place, async ({ log, definition }) => {
    const found = await explanations(log, definition.plan, id)
    if (found.length === 0) {
      throw new DefinitionError(
        `a prediction must have a receipt to be explained; found none with the id '${id}' in pipeline '${definition.plan.pipeline}'; ids are those the model's labels are joined by`,
        { code: 'ML_USAGE' },
      )
    }
    return found
  })
}

export async function explanations(log: Log, plan: Plan, id: string): Promise<Explanation[]> {
  const key = Buffer.from(id, 'utf8')
  const origins = originsOf(plan, plan.from)
  const found: Explanation[] = []
  const gaps = await gapReports(log, plan.pipeline)
  await eachReceiptBlock(log, plan.pipeline, (receipts) => {
    const { block, meta, task } = receipts
    for (const row of rowsWithId(receipts, key)) {
      const number = (index: number): number => block.numbers(index)[row]
      const { stream, partition } = sourceOf(number(SOURCE_PARTITION), origins)
      const source = { topic: stream.topic, partition, offset: number(SOURCE_OFFSET) }
      found.push({
        id,
        pipeline: plan.pipeline,
        time: number(TIME),
        source,
        ...about(meta, row),
        features: Object.fromEntries(
          featureColumns(receipts).map((column, i) => [meta.features[i], valueAt(column, row)]),
        ),
        outputs: Object.fromEntries(
          outputColumns(receipts).map((column, i) => [meta.outputs[i], valueAt(column, row)]),
        ),
        outcome: OUTCOME[block.numbers(FIRST + meta.features.length + meta.outputs.length)[row]],
        receipt: { task, commit: block.commit, row },
        labels: [],
        gaps: gaps.filter((gap) => !isBehind(gap, source)),
      })
    }
  })
  return Promise.all(
    found.map(async (each) => ({ ...each, labels: await labelsOf(log, plan, each) })),
  )
}

function isBehind(gap: GapReport, { topic, partition, offset }: Explanation['source']): boolean {
  return gap.topic === topic && gap.partition === partition && gap.from > offset
}

function about(meta: ReceiptMeta, row: number): Pick<Explanation, 'model' | 'plan'> {
  const { model, digest, path, plan, trainedOn } = meta
  return { model: { name: model, digest, path, trainedOn, learnt: learntOf(meta, row) }, plan }
}

async function labelsOf(log: Log, plan: Plan, { model, receipt }: Explanation): Promise<Example[]> {
  const labels: Example[] = []
  await eachExampleBlock(log, plan.pipeline, {
    model: model.name,
    each: (block) => {
      const tasks = block.column(EXAMPLE.receiptTask)
      const commits = block.column(EXAMPLE.receiptCommit)
      const rows = block.column(EXAMPLE.receiptRow)
      for (let row = 0; row < block.rows; row++) {
        if (
          valueAt(rows, row) !== receipt.row ||
          valueAt(commits, row) !== receipt.commit ||
          valueAt(tasks, row) !== receipt.task
        )
          continue
        labels.push(exampleAt(block, row))
      }
    },
  })
  return labels
}
