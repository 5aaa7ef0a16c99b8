import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** What operations allocate says how fast they are whatever else the machine does: change the bounds knowingly. */
type Allocations = { readonly hit: number; readonly missPerOffer: number; readonly decodePerOffer: number }

const program = fileURLToPath(new URL('../../bench/allocations.ts', import.meta.url))
const bounds: Allocations = { hit: 4_500, missPerOffer: 15_000, decodePerOffer: 21_000 }

async function allocations(...args: readonly string[]): Promise<Allocations> {
  // nothing is collected while it is measured, neither because the young generation is full nor because of memory beside the heap
  const young = ['--min-semi-space-size=256', '--max-semi-space-size=256', '--no-minor-gc-task']
  const flags = [...young, '--initial-old-space-size=2000', '--external-memory-accounted-in-global-limit']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, ...args])
  return JSON.parse(stdout)
}

test('a hit, a miss and a decoded offer allocate no more than they need', { timeout: 60_000 }, async () => {
  const found = await allocations()
  expect(found.hit, 'bytes of a search answered from memory').toBeLessThan(bounds.hit)
  expect(found.missPerOffer, 'bytes per offer of a cold search').toBeLessThan(bounds.missPerOffer)
  expect(found.decodePerOffer, 'bytes per offer decoded').toBeLessThan(bounds.decodePerOffer)
})

/** Planted: the body of a hit and the bytes of a reply are parsed once and four times more, the body of a miss five times. */
test('each of the bounds sees a planted slowness', { timeout: 60_000 }, async () => {
  const found = await allocations('--plant')
  expect(found.hit).toBeGreaterThan(bounds.hit)
  expect(found.missPerOffer).toBeGreaterThan(bounds.missPerOffer)
  expect(found.decodePerOffer).toBeGreaterThan(bounds.decodePerOffer)
})
