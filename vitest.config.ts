import { defineConfig } from 'vitest/config'
import { stuckReporter } from './test/support/stuck-reporter.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    // whole services, their suppliers and databases share two cores with whatever else runs there: what fails twice is broken
    retry: 1,
    reporters: ['default', stuckReporter(6 * 60_000)],
  },
})
