// How long topics are kept that nobody reads to an end (ENGINE 11). What lies between tasks is trimmed by who reads it.
import type { Plan } from '../pipeline/plan.ts'
import { learnsFromLabels } from './learning-models.ts'
import { deadLettersTopic, examplesTopic, receiptsTopic } from './task-names.ts'

const DAY_MS = 86_400_000
const DEAD_LETTERS_MS = 30 * DAY_MS

/** By topic, ms. */
export function keptTopics({
  pipeline,
  stages,
  replayMs,
  receiptsMs,
}: Plan): ReadonlyMap<string, number> {
  const { models } = stages[stages.length - 1]
  // The join reads the receipts of what a model learns from, and a replay of it does once more.
  const within = models.map(
    (model) => (model.labels?.withinMs ?? 0) + (learnsFromLabels(model) ? replayMs + DAY_MS : 0),
  )
  const receipts = Math.max(receiptsMs, replayMs, ...within)
  // Examples that are learnt from are trimmed by who learns, and no sooner than receipts are.
  const examples = models.filter((model) => !learnsFromLabels(model))
  return new Map([
    [receiptsTopic(pipeline), receipts],
    ...examples.map(({ name }) => [examplesTopic(pipeline, name), receipts] as const),
    [deadLettersTopic(pipeline), DEAD_LETTERS_MS],
  ])
}
