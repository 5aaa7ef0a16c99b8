import { expect, test } from 'vitest'
import { simClock } from '../simulation/sim-clock.ts'
import { context, makeBench } from './fakes.ts'
import { bookingRequest, now, storedOffer } from './sample.ts'

test('bookings that wait for their supplier keep no other waiting', async () => {
  const all = 60
  const slow = 8
  const stored = storedOffer()
  const clock = Object.assign(simClock(now), { advance: () => {} })
  const { bookings, supplier } = makeBench(stored, {
    clock,
    next: operation => (operation === 'createOrder' ? 'lost-before' : 'ok'),
    capabilities: { settleMs: 30_000 },
  })
  const findOrders = supplier.findOrders
  const references: string[] = []
  supplier.findOrders = async (criteria, call) => {
    if (!references.includes(criteria.reference)) references.push(criteria.reference)
    if (references.indexOf(criteria.reference) < slow) await clock.sleep(call.deadline.remainingMs())
    return findOrders(criteria, call)
  }
  for (let i = 0; i < all; i++) void bookings.create(bookingRequest(stored), `key-${i}`, context)
  await clock.runUntil(now + 45_000)
  const { bookings: failed } = await bookings.list({ status: 'failed', limit: 100 }, context)
  expect(failed.length).toBeGreaterThanOrEqual(all - slow)
})
