import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { createMemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { systemClock } from '../../src/core/clock.ts'
import { newId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'
import { type Bench, context, jsonOf, makeBench, repriced } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'
import { money } from '../../src/core/money.ts'

/** One key, one booking, over real connections and over memory; time is real: who waits waits. */
const stored = storedOffer()
const clock = { ...systemClock, advance() {} }

describe.each(['PostgreSQL', 'memory'])('over %s', kind => {
  let database: TestDatabase | undefined
  let store: BookingStore
  beforeAll(async () => {
    if (kind === 'memory') {
      store = createMemoryBookingStore()
      return
    }
    database = await createTestDatabase()
    await migrate({ url: database.url, serviceRole: null })
    store = openPostgresBookingStore({ url: database.url, log: silentLog })
  })
  afterAll(async () => {
    await store?.close()
    await database?.drop()
  })

  const bench = (more: Parameters<typeof makeBench>[1] = {}): Bench => makeBench(stored, { store, clock, ...more })
  const create = (on: Bench, key: string, more: object = {}) =>
    on.bookings.create(bookingRequest(stored, more), key, context)

  test('twenty requests with one key at once make one booking, one charge, and answer the same bytes', async () => {
    const on = bench()
    const key = newId('key')
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(on, key)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
    expect(new Set(answers.map(({ body }) => Buffer.from(body).toString())).size).toBe(1)
    expect(on.supplier.pnrs).toHaveLength(1)
    expect(on.gateway.calls.filter(name => name === 'authorise')).toHaveLength(1)
    expect(on.gateway.kept()).toBe(120468)
  })

  test('two processes that get the same key at once make one booking', async () => {
    const [one, two] = [bench(), bench()]
    const key = newId('key')
    const answers = await Promise.all([create(one, key), create(two, key), create(one, key), create(two, key)])
    expect(new Set(answers.map(answer => jsonOf(answer).id)).size).toBe(1)
    expect([...one.supplier.pnrs, ...two.supplier.pnrs]).toHaveLength(1)
  })

  test('a replay is the first answer byte for byte, after the booking has changed too', async () => {
    const on = bench()
    const key = newId('key')
    const first = await create(on, key)
    const { id } = jsonOf(first)
    const quote = await on.bookings.quoteCancellation(id, {}, context)
    await on.bookings.confirmCancellation(id, quote.id, context)
    const again = await create(on, key)
    expect([again.status, again.contentType]).toEqual([first.status, first.contentType])
    expect(Buffer.from(again.body)).toEqual(Buffer.from(first.body))
  })

  test('the same key with another body is a conflict; the order of fields is not another body', async () => {
    const on = bench()
    const key = newId('key')
    const first = await create(on, key)
    await expect(create(on, key, { metadata: { yourRef: 'other' } })).rejects.toMatchObject({
      type: 'idempotency-conflict',
    })
    const turned = Object.fromEntries(Object.entries(bookingRequest(stored)).reverse())
    const again = await on.bookings.create(turned as ReturnType<typeof bookingRequest>, key, context)
    expect(Buffer.from(again.body)).toEqual(Buffer.from(first.body))
  })

  test('a decline uses the key up and replays; another key books the same offer', async () => {
    const on = bench()
    const key = newId('key')
    const declined = { payment: { methodToken: 'tok_declined' } }
    const first = await create(on, key, declined)
    const again = await create(on, key, declined)
    expect([first.status, again.status]).toEqual([402, 402])
    expect(Buffer.from(again.body)).toEqual(Buffer.from(first.body))
    expect(on.gateway.calls.filter(name => name === 'authorise')).toHaveLength(1)
    expect(await on.bookings.get(jsonOf(first).bookingId as 'bkg_x', context)).toMatchObject({ status: 'failed' })
    expect((await create(on, newId('key'))).status).toBe(201)
  })

  test('a 4xx that was found before anything was done leaves the key free', async () => {
    const on = bench()
    const key = newId('key')
    await expect(create(on, key, { payment: undefined })).rejects.toMatchObject({ type: 'validation' })
    on.shopping.confirmation = repriced(storedOffer({ total: money(999999, 'EUR') }))
    await expect(create(on, key)).rejects.toMatchObject({ type: 'price-changed' })
    on.shopping.confirmation = null
    expect((await create(on, key)).status).toBe(201)
  })

  test('a 503 is not kept: the key books when the supplier is back', async () => {
    const on = bench({ fates: { createOrder: ['unreachable'] } })
    const key = newId('key')
    expect((await create(on, key)).status).toBe(503)
    expect((await create(on, key)).status).toBe(201)
    expect(on.supplier.pnrs).toHaveLength(1)
    expect(on.gateway.kept()).toBe(120468)
  })

  test('one in progress past the deadline is told when to come back', async () => {
    const gate = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const on = bench({ limits: { deadlineMs: 1_500 } })
    const { confirmPrice } = on.shopping
    on.shopping.confirmPrice = async (id, asked) => {
      entered.resolve()
      await gate.promise
      return confirmPrice(id, asked)
    }
    const key = newId('key')
    const first = create(on, key)
    await entered.promise
    await expect(create(on, key)).rejects.toMatchObject({
      type: 'idempotency-in-progress',
      retryAfterSeconds: expect.any(Number),
    })
    gate.resolve()
    expect((await first).status).toBe(202)
  })

  test('another tenant has keys of its own', async () => {
    const key = newId('key')
    const on = bench()
    await create(on, key)
    const foreign = storedOffer({ tenant: 'other' })
    const other = makeBench(foreign, { store, clock })
    const answer = await other.bookings.create(bookingRequest(foreign), key, { ...context, tenant: 'other' })
    expect(answer.status).toBe(201)
    expect(other.supplier.pnrs).toHaveLength(1)
  })

  test('a replay of a forgotten booking is not found, and books nothing', async () => {
    const on = bench()
    const key = newId('key')
    const { id } = jsonOf(await create(on, key))
    await on.bookings.forget(id, context)
    await expect(create(on, key)).rejects.toMatchObject({ type: 'not-found' })
    expect(on.supplier.pnrs).toHaveLength(1)
  })

  test.each(['', 'x'.repeat(256), 'tab\t', 'ü'])('%j is no key', async key => {
    await expect(create(bench(), key)).rejects.toMatchObject({
      type: 'validation',
      errors: [{ pointer: 'header:idempotency-key' }],
    })
  })
})
