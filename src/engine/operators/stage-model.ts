// A model as a stage uses it.
import type { LoadedModel } from '../../contracts/runtime.ts'
import type { ModelPlan } from '../../pipeline/plan.ts'

export interface StageModel {
  readonly plan: ModelPlan
  readonly loaded: LoadedModel
}
