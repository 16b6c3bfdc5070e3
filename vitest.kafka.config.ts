// Tests on a real Kafka, which takes a while to start and the two cores to run: apart from the others, one file after the other.
import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

const { include: _all, exclude: _kafka, ...test } = base.test ?? {}

export default mergeConfig(
  { ...base, test },
  defineConfig({
    test: {
      include: ['test/**/*.kafka.test.ts'],
      exclude: ['**/node_modules/**'],
      maxWorkers: 1,
    },
  }),
)
