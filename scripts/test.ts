// `npm test`: format, lint and types, then every test. Arguments go to Vitest: `npm test -- test/log`.
// The last line is for machines: `N passed, N failed, N skipped`, in which a failed check counts as failed.
import { checks, runCheck } from './test/checks.ts'
import { runTests } from './test/run-tests.ts'
import { root } from './test/tools.ts'

const filters = process.argv.slice(2)
process.chdir(root)

let failedChecks = 0
for (const check of checks) {
  if (!(await runCheck(check))) failedChecks++
}

const totals = await runTests(filters)
for (const { name, reason } of totals.skipped) console.log(`skipped: ${name}${reason}`)
const failed = totals.failed + failedChecks
if (failedChecks > 0) console.log(`${failedChecks} of ${checks.length} checks failed, see above`)
console.log(`${totals.passed} passed, ${failed} failed, ${totals.skipped.length} skipped`)
process.exitCode = failed === 0 ? 0 : 1
