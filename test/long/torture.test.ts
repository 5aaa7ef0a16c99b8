import { expect, test } from 'vitest'
import { torture } from '../../scripts/torture/run.ts'

/** What `npm run torture` does, short: processes, PostgreSQL and Redis are killed under load, then everything is held against
 *  everything. Without duffel, whose orders are in doubt for two and a half minutes before their absence is proof. */
test('killed in the middle of bookings, payments and cancellations: suppliers, gateway and tables agree', async () => {
  const result = await torture({
    seed: 'ci',
    loadMs: 32_000,
    settleMs: 240_000,
    concurrency: 16,
    suppliers: ['travelport', 'ndc', 'sabre', 'amadeus'],
  })
  const { kills, travellers, facts, requests } = result
  expect(result.differences).toEqual([])
  // it was a fight: all four were killed, connections broke, and bookings were made none the less
  expect(kills).toEqual({ worker: 1, service: 1, postgres: 1, redis: 1 })
  expect(requests.broken).toBeGreaterThan(0)
  expect(travellers.length).toBeGreaterThan(10)
  expect(facts.bookings.length).toBeGreaterThan(5)
  expect(facts.ledger.some(({ kind }) => kind === 'capture')).toBe(true)
})
