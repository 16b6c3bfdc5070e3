// `npm run test:kafka`: the tests on a real Kafka. They need Java 17 and Maven, which fetches Kafka once (43 MB); without, all are skipped.
// The last line is for machines: `N passed, N failed, N skipped`.
import { runTests } from './test/run-tests.ts'
import { root } from './test/tools.ts'

process.chdir(root)
const { passed, failed, skipped } = await runTests([
  '--config',
  'scripts/test/kafka-config.ts',
  ...process.argv.slice(2),
])
for (const { name, reason } of skipped) console.log(`skipped: ${name}${reason}`)
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
process.exitCode = failed === 0 ? 0 : 1
