import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../bench/deoptimisations.ts', import.meta.url))

/** Function -> how often V8 threw it away in two hundred searches, those with the most first. */
async function thrownAway(...args: readonly string[]): Promise<readonly (readonly [string, number])[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { maxBuffer: 1 << 24 })
  const counts = new Map<string, number>()
  for (const [, name] of stdout.matchAll(/bailout \(.*?<JSFunction (.*?) ?\(sfi/g))
    counts.set(name!, (counts.get(name!) ?? 0) + 1)
  return [...counts].sort(([, x], [, y]) => y - x)
}

/** Now and then one goes, for what it had not seen before. */
const timesMax = 8

test('no function of a cold search is compiled and thrown away again and again', { timeout: 240_000 }, async () => {
  expect((await thrownAway()).filter(([, count]) => count > timesMax)).toEqual([])
})

/** Planted: a walk over each supplier's context that is. */
test('one that is thrown away again and again is seen', { timeout: 240_000 }, async () => {
  const [[name, count] = ['', 0]] = await thrownAway('--plant')
  expect(name).toBe('sizeOf')
  expect(count).toBeGreaterThan(timesMax)
})
