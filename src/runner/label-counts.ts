// What became of the labels of each model and of the predictions they judge, from what stages and joins counted.
import type { LabelCounts } from '../contracts/run-report.ts'
import type { Plan } from '../pipeline/plan.ts'

type Counts = Readonly<Record<string, number>>

/**
 * By model, for those with labels, in the order of the definition.
 * @param of.stage counts of the last stage: each of its models predicts every row that it could predict, on the way to the join or there.
 * @param of.join counts of a model's join.
 */
export function labelCounts(
  plan: Plan,
  { stage, join }: { readonly stage: Counts; readonly join: (model: string) => Counts },
): ReadonlyMap<string, LabelCounts> {
  const judged = (stage.predictions ?? 0) - (stage.unpredicted ?? 0)
  const labelled = plan.stages
    .flatMap(({ models }) => models)
    .filter(({ labels }) => labels !== undefined)
  return new Map(
    labelled.map(({ name }) => {
      const { joined = 0, expired = 0, orphaned = 0, duplicate = 0, ...rest } = join(name)
      const { revised = 0, repeated = 0, unmeasured = 0 } = rest
      const pending = Math.max(0, judged - repeated - joined - expired)
      const counts = { joined, expired, orphaned, duplicate, revised, repeated, unmeasured }
      return [name, { judged, ...counts, pending }]
    }),
  )
}
