import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { silentLog } from '../../src/core/log.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'
import { context, jsonOf, makeBench } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

/** A statement is a transaction and a round trip. More of them is a slower booking: change the number knowingly. */
let database: TestDatabase
let store: BookingStore
let statements: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate({ url: database.url, serviceRole: null })
  const onStatement = (name: string): unknown => statements.push(name.split(' ')[0]!)
  store = openPostgresBookingStore({ url: database.url, log: silentLog, onStatement })
})
afterAll(async () => {
  await store?.close()
  await database?.drop()
})

async function counted<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly names: readonly string[] }> {
  statements = []
  const result = await work()
  return { result, names: statements }
}

const stored = storedOffer()
const change = (times: number): readonly string[] => Array.from({ length: times }, () => 'change')

test.each([
  ['at-order', 4],
  ['separate', 5],
] as const)(
  'a booking with ticketing %s is the key and %i changes; a replay is one statement',
  async (ticketing, changes) => {
    const { bookings } = makeBench(stored, { store, capabilities: { ticketing } })
    const book = () => bookings.create(bookingRequest(stored), ticketing, context)
    expect((await counted(book)).names).toEqual(['claim-key', ...change(changes)])
    expect((await counted(book)).names).toEqual(['claim-key'])
  },
)

test('a hold is the key and two changes, paying it the key, a look and four, cancelling it a look each and three', async () => {
  const { bookings } = makeBench(stored, { store })
  const hold = bookingRequest(stored, { hold: true, payment: undefined })
  const made = await counted(() => bookings.create(hold, 'hold', context))
  expect(made.names).toEqual(['claim-key', ...change(2)])
  const { id } = jsonOf(made.result)
  const paid = await counted(() => bookings.pay(id, { methodToken: 'tok_visa' }, 'pay', context))
  expect(paid.names).toEqual(['claim-key', 'find', ...change(4)])
  const quoted = await counted(() => bookings.quoteCancellation(id, {}, context))
  expect(quoted.names).toEqual(['find', ...change(1)])
  const cancelled = await counted(() => bookings.confirmCancellation(id, quoted.result.id, context))
  expect(cancelled.names).toEqual(['find', ...change(3)])
})

test('a refused booking is undone in six changes', async () => {
  const { bookings } = makeBench(stored, { store, fates: { issueTickets: ['refused'] } })
  const refused = await counted(() => bookings.create(bookingRequest(stored), 'refused', context))
  expect(refused.result.status).toBe(409)
  expect(refused.names).toEqual(['claim-key', ...change(6)])
})
