// What became of labels and of the predictions they judge, from what stages and joins counted.
import type { LabelCounts } from '../contracts/run-report.ts'
import type { Plan } from '../pipeline/plan.ts'

type Counts = Readonly<Record<string, number>>

/** @param of counts of the stages with models, and of all joins. @returns undefined for a pipeline without labels. */
export function labelCounts(
  plan: Plan,
  { stages, joins }: { readonly stages: Counts; readonly joins: Counts },
): LabelCounts | undefined {
  const models = plan.stages.flatMap((stage) => stage.models)
  const labelled = models.filter(({ labels }) => labels !== undefined).length
  if (labelled === 0) return undefined
  const { joined = 0, expired = 0, orphaned = 0, duplicate = 0, revised = 0 } = joins
  const { repeated = 0, unmeasured = 0 } = joins
  // Stages count the predictions of all their models together: those on their way to a join are only known where each has labels.
  const judged =
    labelled === models.length
      ? (stages.predictions ?? 0) - (stages.unpredicted ?? 0)
      : (joins.predictions ?? 0)
  const pending = Math.max(0, judged - repeated - joined - expired)
  return { judged, joined, expired, orphaned, duplicate, revised, repeated, unmeasured, pending }
}
