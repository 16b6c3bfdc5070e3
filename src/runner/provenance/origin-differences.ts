// What is another one in an origin than it was: the reasons why two plans of one definition may differ.
import type { Origin } from '../../contracts/origin.ts'

/** One line a difference; empty where none is known. */
export function originDifferences(was: Origin, is: Origin): string[] {
  return [
    ...changed(was.files, is.files, () => ''),
    ...changed(was.packages, is.packages, ([before, now]) => ` (${before}, now ${now})`),
    ...changed(was.versions, is.versions, ([before, now]) => ` (${before}, now ${now})`),
  ]
}

type Parts = Readonly<Record<string, string>>

function changed(was: Parts, is: Parts, say: (both: [string, string]) => string): string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()
  return names.flatMap((name) => {
    const before = Object.hasOwn(was, name) ? was[name] : undefined
    const now = Object.hasOwn(is, name) ? is[name] : undefined
    if (before === now) return []
    if (before === undefined) return [`${name} is new`]
    return now === undefined ? [`${name} is gone`] : [`${name} is another${say([before, now])}`]
  })
}
