// How a linear learner moves its weights along a gradient. The gradient of weight i is slope * x[i] + l2 * weights[i].
import type { StateArray } from '../../state-codec.ts'

export interface Optimizer {
  readonly kind: string
  readonly settings: Readonly<Record<string, number>>
  /** Of one step; what l1 is multiplied by. */
  readonly rate: number
  readonly state: readonly StateArray[]
  step(weights: Float64Array, x: Float64Array, slope: number, l2: number): void
}

/** An optimiser for that many weights. */
export type OptimizerSpec = (weights: number) => Optimizer
