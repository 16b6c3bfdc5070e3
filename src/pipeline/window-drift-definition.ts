// What a comparison of windows is, once its options are checked.
import type { WindowTest } from '../contracts/window-test.ts'
import type { WindowDriftPlan } from './plan.ts'

/** A number of each row that is compared. */
export type ComparedNumber<Feature extends string> = 'prediction' | { readonly feature: Feature }

export interface WindowDriftDefinition {
  readonly of: readonly ComparedNumber<string>[]
  readonly test: WindowTest
  /** SHA-256 of all that decides what is gathered and said, hex. */
  readonly settings: string
  readonly windowMs: number
  readonly reference: WindowDriftPlan['reference']
  readonly rows: number
}
