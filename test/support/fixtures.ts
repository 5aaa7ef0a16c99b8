import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { fixturesDir } from './fixtures-dir.ts'

export { fixturesDir }

/** The folder, for code inside `describeFixtures`. */
export function requireFixtures(): string {
  const dir = fixturesDir()
  if (dir) return dir
  throw new Error(
    'the recorded replies are absent: put them at ../shared/fixtures or name their folder in FARELOOM_FIXTURES',
  )
}

export function readFixture(...path: readonly string[]): Buffer {
  return readFileSync(join(requireFixtures(), ...path))
}

/** `describe` for a suite over the recorded replies: left out, with one line that says so, where they are absent.
 *  The body runs only when they are there, so it may list the folder. */
export function describeFixtures(title: string, body: (dir: string) => void): void {
  const dir = fixturesDir()
  if (dir) {
    describe(title, () => body(dir))
    return
  }
  if (process.env.CI === 'true') requireFixtures()
  console.warn(`left out, no recorded replies (../shared/fixtures or FARELOOM_FIXTURES): ${title}`)
  describe.skip(title, () => {})
}
