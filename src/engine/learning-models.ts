// Models that learn from their own examples.
import type { LearningPlan, ModelPlan, StagePlan } from '../pipeline/plan.ts'

export type LearningModel = ModelPlan & { readonly learning: LearningPlan }

export function isLearning(model: ModelPlan): model is LearningModel {
  return model.learning !== undefined
}

/** In the order of the stage: each has an input of the stage's tasks, after those of looked-up sets. */
export function learningModels({ models }: StagePlan): LearningModel[] {
  return models.filter(isLearning)
}
