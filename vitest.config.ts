// How the tests run: every file in a process of its own, on at most the two cores a contributor has.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The simulator first: it takes as long as everything else, and fills what others leave of the cores while they wait. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      moduleId.endsWith('/simulation.test.ts')
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  // By its public name Millrace is its sources here, as in tsconfig.json: nothing has to be built.
  resolve: {
    alias: [
      { find: /^millrace$/, replacement: join(import.meta.dirname, 'src/index.ts') },
      {
        find: /^millrace\/(learning|testing)$/,
        replacement: join(import.meta.dirname, 'src/$1/index.ts'),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // What needs a real Kafka runs by `npm run test:kafka`.
    exclude: ['**/node_modules/**', '**/fixtures/**', 'test/kafka/**'],
    setupFiles: ['test/seeded-properties.ts'],
    // What command lines of tests compile is kept within the repository, not among the user's own caches.
    env: { XDG_CACHE_HOME: join(import.meta.dirname, 'node_modules/.cache') },
    pool: 'forks',
    maxWorkers: 2,
    // For a machine that others use, too: no test is about how long it takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { concurrent: false, sequencer: LongestFirst },
  },
})
