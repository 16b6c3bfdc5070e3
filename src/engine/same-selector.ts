// When two functions of a definition give the same values.
import type { Selector } from '../contracts/selector.ts'

/** The same function, or the same plain path, asked for by the same `?.`: equal texts may close over different values. */
export function sameSelector(a: Selector, b: Selector): boolean {
  if (a.call === b.call) return true
  return (
    a.path !== undefined &&
    b.path !== undefined &&
    a.path.length === b.path.length &&
    String(a.chained) === String(b.chained) &&
    a.path.every((part, i) => part === b.path?.[i])
  )
}
