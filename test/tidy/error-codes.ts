// What docs/errors.md and the tests owe to every code of an error.
import type { Source } from './source.ts'

export interface ErrorFiles {
  /** src/base/errors.ts */
  readonly errors: string
  /** docs/errors.md */
  readonly docs: string
  readonly tests: readonly Source[]
}

/** Every code has an entry with cause and cure, no entry is of another code, and every code is expected by a test. */
export function errorCodeFaults({ errors, docs, tests }: ErrorFiles): string[] {
  const union = /export type ErrorCode =([\s\S]*?)\n\n/.exec(errors)?.[1] ?? ''
  const codes = Array.from(union.matchAll(/'(ML_[A-Z_]+)'/g), (match) => match[1])
  if (codes.length === 0) return ['src/base/errors.ts: the union ErrorCode is not where it was']
  const entries = entriesOf(docs)
  const expected = new Set(
    tests
      .filter(({ path }) => path.startsWith('test/') && !path.startsWith('test/tidy'))
      .flatMap(({ text }) => Array.from(text.matchAll(/'(ML_[A-Z_]+)'/g), (match) => match[1])),
  )
  return [
    ...codes.flatMap((code) => faultsOfEntry(code, entries.get(code))),
    ...[...entries.keys()]
      .filter((code) => !codes.includes(code))
      .map((code) => `docs/errors.md: ${code} is no code of errors.ts`),
    ...codes
      .filter((code) => !expected.has(code))
      .map((code) => `test/: no test expects an error with the code '${code}'`),
  ]
}

function entriesOf(docs: string): ReadonlyMap<string, string> {
  return new Map(
    docs
      .split(/^## /m)
      .slice(1)
      .map((entry) => [/^`?(\w+)/.exec(entry)?.[1] ?? '', entry]),
  )
}

function faultsOfEntry(code: string, entry: string | undefined): string[] {
  if (entry === undefined) return [`docs/errors.md: has no entry for ${code}`]
  return ['**Cause.** ', '**Cure.** ']
    .filter((part) => !entry.includes(`\n${part}`))
    .map((part) => `docs/errors.md: the entry of ${code} has no paragraph that begins with ${part}`)
}
