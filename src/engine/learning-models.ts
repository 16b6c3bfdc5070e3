// Models that learn in the stream.
import type { LearningPlan, ModelPlan, StagePlan } from '../pipeline/plan.ts'

export type LearningModel = ModelPlan & { readonly learning: LearningPlan }

export function isLearning(model: ModelPlan): model is LearningModel {
  return model.learning !== undefined
}

/** Whether it learns from each row that it predicts, without labels. */
export function learnsFromRows(model: ModelPlan): model is LearningModel {
  return model.learning?.from === 'rows'
}

/** Whether it learns from its examples. */
export function learnsFromLabels(model: ModelPlan): model is LearningModel {
  return model.learning?.from === 'labels'
}

/** In the order of the stage: each has an input of the stage's tasks, after those of looked-up sets. */
export function learningModels({ models }: StagePlan): LearningModel[] {
  return models.filter(isLearning)
}
