// When two functions give the same key. What cannot be known is taken for different: that costs a hop, never a wrong value.
import type { KeySelector } from '../contracts/selector.ts'

/**
 * Whether both are the same paths, or the very same function. The same text is no proof:
 * two functions made in one place differ in what they close over.
 */
export function sameKey(a: KeySelector, b: KeySelector): boolean {
  if (a.call === b.call) return true
  if (a.parts === undefined || b.parts === undefined || a.tuple !== b.tuple) return false
  return samePaths(a.parts, b.parts)
}

function samePaths(a: readonly (readonly string[])[], b: readonly (readonly string[])[]): boolean {
  return a.length === b.length && a.every((path, i) => samePath(path, b[i]))
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}
