// Checks of what a user sets on a learner or a detector, when it is made.
import { DefinitionError } from '../base/errors.ts'

export interface Bounds {
  readonly above?: number
  readonly atLeast?: number
  readonly below?: number
  readonly atMost?: number
  readonly whole?: boolean
}

/** @throws DefinitionError where a setting is not within its bounds. */
export function checkSetting(kind: string, name: string, value: number, bounds: Bounds): number {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity } = bounds
  const within = value > above && value >= atLeast && value < below && value <= atMost
  if (within && (bounds.whole !== true || Number.isInteger(value))) return value
  throw new DefinitionError(
    `${kind}: expected '${name}' to be ${said(bounds)}, found ${value}; state such a number, or leave it out`,
  )
}

function said(bounds: Bounds): string {
  const parts = [bounds.whole === true ? 'a whole number' : 'a number']
  if (bounds.above !== undefined) parts.push(`above ${bounds.above}`)
  if (bounds.atLeast !== undefined) parts.push(`of at least ${bounds.atLeast}`)
  if (bounds.below !== undefined) parts.push(`below ${bounds.below}`)
  if (bounds.atMost !== undefined) parts.push(`of at most ${bounds.atMost}`)
  return parts.join(' ')
}
