// Tests on a real Kafka, which takes a while to start and the two cores to run: apart from the others, one file after the other. Suites that are
// about the engine, not about a folder, run a second time here: their logs lie on brokers then (test/e2e/log-places.ts).
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { hasKafka } from '../../test/kafka/jars.ts'
import base from '../../vitest.config.ts'

// `root` is the repository's: the configuration lies further in.
const root = join(import.meta.dirname, '..', '..')

const ON_BOTH_LOGS = [
  'import',
  'dead-letters',
  'streams',
  'hangs',
  'canary',
  'redact',
  'status',
] as const

const { projects: _, ...own } = base.test ?? {}
const shared = { ...own, exclude: ['**/node_modules/**'], maxWorkers: 1 }

export default defineConfig({
  root,
  test: {
    maxWorkers: 1,
    projects: [
      {
        ...base,
        root,
        test: { ...shared, name: 'on Kafka', include: ['test/kafka/**/*.test.ts'] },
      },
      {
        ...base,
        root,
        test: {
          ...shared,
          name: 'on Kafka, too',
          include: hasKafka ? ON_BOTH_LOGS.map((name) => `test/e2e/${name}.test.ts`) : [],
          globalSetup: ['test/built/give-built.ts', 'test/kafka/give-brokers.ts'],
        },
      },
    ],
  },
})
