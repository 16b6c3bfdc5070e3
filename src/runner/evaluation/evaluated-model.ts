// Which model of a definition is evaluated: one that learns.
import { DefinitionError } from '../../base/errors.ts'
import type { Learner } from '../../contracts/learner.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { modelsOf } from '../versions/load-models.ts'

export interface EvaluatedModel {
  readonly name: string
  /** The features it learns from, in the order of its columns. */
  readonly features: readonly string[]
  /** One that knows nothing yet. */
  readonly learner: Learner
}

/** @throws DefinitionError ML_USAGE where there is none, or several and none is named. */
export function evaluatedModel(plan: Plan, wanted: string | undefined): EvaluatedModel {
  const all = modelsOf(plan)
  const learning = all.filter((each) => each.learning !== undefined)
  const model =
    wanted === undefined
      ? learning.length === 1
        ? learning[0]
        : undefined
      : learning.find(({ name }) => name === wanted)
  const factory = model?.runtime.learner
  if (model?.learning === undefined || factory === undefined) {
    const found = all.map((each) => `${each.name} (${each.runtime.kind})`).join(', ')
    throw new DefinitionError(
      `an evaluation is of one model that learns; found ${found || 'no model'}${wanted === undefined ? '' : `, and --model ${wanted}`}; name one whose runtime is learner(...) with --model`,
      { code: 'ML_USAGE' },
    )
  }
  const { from, features, classes } = model.learning
  if (from === 'rows')
    throw new DefinitionError(
      `an evaluation needs labels to judge by; found model '${model.name}', which learns without (${factory.kind}); name one that learns classes or numbers`,
      { code: 'ML_USAGE' },
    )
  if (factory.task === 'rewards')
    throw new DefinitionError(
      `an evaluation needs labels that are true of a row whatever was predicted; found model '${model.name}', which chooses (${factory.kind}) and is rewarded for what it chose alone; judge another policy by the propensities in its receipts`,
      { code: 'ML_USAGE' },
    )
  const learner = factory.make({ features: features.length, classes })
  return { name: model.name, features, learner }
}
