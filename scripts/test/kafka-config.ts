// Tests on a real Kafka, which takes a while to start and the two cores to run: apart from the others, one file after the other.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

// `root` is the repository's: the configuration lies further in.
const root = join(import.meta.dirname, '..', '..')

export default defineConfig({
  ...base,
  root,
  test: {
    ...base.test,
    include: ['test/kafka/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    maxWorkers: 1,
  },
})
