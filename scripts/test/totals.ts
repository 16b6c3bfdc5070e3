// The totals of a run of Vitest, from its JSON report: never from its text.
import { existsSync, readFileSync } from 'node:fs'

export interface Totals {
  readonly passed: number
  readonly failed: number
  /** With the reason, where the test gave one beside its name. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly meta?: { readonly note?: string }
    }[]
  }[]
}

/**
 * @param code with which Vitest ended: a failure that no test owns (a file that cannot be loaded, an error
 * outside of a test, no report at all) counts as one.
 */
export function readTotals(file: string, code: number): Totals {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] }
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  const tests = report.testResults.flatMap((each) => each.assertionResults)
  const failed = tests.filter((test) => test.status === 'failed').length
  const broken = report.testResults.filter(
    (each) =>
      each.status === 'failed' && each.assertionResults.every((test) => test.status !== 'failed'),
  ).length
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failed + broken === 0 && code !== 0 ? 1 : failed + broken,
    skipped: tests
      .filter((test) => test.status !== 'passed' && test.status !== 'failed')
      .map(({ fullName, meta }) => ({
        name: fullName,
        reason: meta?.note ? `: ${meta.note}` : '',
      })),
  }
}
