import { describe, test } from 'vitest'
import { checkPlans, expectKept, inMemory } from './check.ts'
import { keptPlans } from './kept.ts'

/** Whatever is lost, late, doubled, refused or killed, a booking ends so that money and seats agree, or is on somebody's list.
 *  Some thousands of these run in test/long. */
test('a few hundred seeded runs keep every promise', async () => {
  await checkPlans({ runs: 400, seed: 20_270_105, open: inMemory })
})

describe('plans that once broke a promise', () => {
  test.each(keptPlans)('$title', async ({ plan }) => {
    await expectKept(plan, await inMemory())
  })
})
