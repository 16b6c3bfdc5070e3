// How the tests run, on the two cores that a contributor has: what is about processes, in one of its own a file; all else shares a few.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * A file in a process of its own costs as much as half a second of tests: starting it, and loading the same sources again. It is left to
 * files that start others, that look at the memory of their own, or that change it for good.
 */
const APART = [
  'test/{cli,docs,e2e,http,limits,package,simulation}/**/*.test.ts',
  'test/engine/state/million-keys.test.ts',
  'test/schema/guard.test.ts',
]
const NEVER = ['**/node_modules/**', '**/fixtures/**', 'test/kafka/**']

/**
 * The simulator first: it takes as long as everything else, and fills what others leave of the cores while they wait. Those that wait are
 * next, so that at the end none is alone.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId, project }: TestSpecification): number =>
      moduleId.endsWith('/simulation.test.ts') ? 0 : project.config.isolate ? 1 : 2
    return sorted.toSorted((a, b) => rank(a) - rank(b))
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
    // What needs a real Kafka runs by `npm run test:kafka`.
    projects: [
      { extends: true, test: { name: 'apart', include: APART, exclude: NEVER } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...NEVER, ...APART],
          isolate: false,
        },
      },
    ],
    globalSetup: ['test/built/give-built.ts'],
    setupFiles: ['test/seeded-properties.ts'],
    // What command lines of tests compile is kept within the repository, not among the user's own caches.
    env: { XDG_CACHE_HOME: join(import.meta.dirname, 'node_modules/.cache') },
    pool: 'forks',
    // One of them only waits for the simulator's own two.
    maxWorkers: 3,
    // For a machine that others use, too: no test is about how long it takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { concurrent: false, sequencer: LongestFirst },
  },
})
