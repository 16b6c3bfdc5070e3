// The refusal of a learner that cannot be said as a graph.
import { ModelError } from '../../base/errors.ts'

export function cannotExport(kind: string, reason: string): never {
  throw new ModelError(
    'ML_MODEL',
    `expected a learner that can be written as a graph, found '${kind}': ${reason}; run it as a learner, or learn one of another kind`,
  )
}
