import { defineConfig } from 'vitest/config'
import { stuckReporter } from '../test/support/stuck-reporter.ts'

/** Suites that would make `npm test` take more than its ten minutes: crash runs, soaks. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    // they load a machine that other programs share: what fails twice is broken
    retry: 1,
    reporters: ['default', stuckReporter(30 * 60_000)],
  },
})
