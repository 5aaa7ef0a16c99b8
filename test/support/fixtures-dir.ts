import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Recorded replies of real hosts are not part of the repository: they lie beside it, or where FARELOOM_FIXTURES says.
 *  A stranger's clone has none, and its suites over them are left out; with CI=true their absence is a failure
 *  (scripts/test.mjs stops before the first suite). */
export function fixturesDir(): string | undefined {
  const dir = process.env.FARELOOM_FIXTURES ?? fileURLToPath(new URL('../../../shared/fixtures', import.meta.url))
  return existsSync(dir) ? dir : undefined
}
