// A row that a model learns from without labels, on its way from the task that predicted it: its own place in the order, then the
// features as they were. Rows of all tasks have one order, whatever their number.
import { FIRST, layoutOf, type Layout } from '../exchange/layout.ts'

export const LEARNING_FEATURES: number = FIRST

/** @param features of the model, all as numbers. */
export function learningLayout(features: readonly string[]): Layout {
  return layoutOf(features.map((name) => ({ name: `feature.${name}`, kind: 'number' as const })))
}
