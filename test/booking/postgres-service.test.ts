import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { fault } from '../../src/core/fault.ts'
import { newId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/services.ts'
import { context, jsonOf, makeBench } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

/** The whole flow over a real database: what is kept, and what happens when it goes away. */
const stored = storedOffer()
let database: TestDatabase
let store: BookingStore
let admin: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate({ url: database.url, serviceRole: null })
  store = openPostgresBookingStore({ url: database.url, log: silentLog })
  admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
})
afterAll(async () => {
  await store?.close()
  await admin?.end()
  await database?.drop()
})

/** Every row of every table, as text; sealed columns as their bytes. */
async function dump(): Promise<string> {
  const tables = await admin.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'booking'`,
  )
  expect(tables.rows.length).toBeGreaterThan(12)
  const parts: string[] = []
  for (const { name } of tables.rows) {
    const rows = await admin.query(`SELECT * FROM ${name}`)
    for (const row of rows.rows) {
      const bytes = Object.values(row as Record<string, unknown>).filter(value => Buffer.isBuffer(value))
      parts.push(JSON.stringify(row), ...bytes.map(value => value.toString('latin1')))
    }
  }
  return parts.join('\n')
}

const personal =
  /Ada|"ADA"|MUELLER|Müller|"Ben"|"BEN"|example\.com|442071838750|1990-12-10|X1234567|A-17|context of PNR|quoteOf|tok_/

describe('personal data', () => {
  test('nothing that says who travels, what they pay with, or what a supplier needs back can be read in any table', async () => {
    const { bookings } = makeBench(stored, { store })
    const booked = await bookings.create(bookingRequest(stored), newId('key'), context)
    const { id } = jsonOf(booked)
    await bookings.create(bookingRequest(stored, { payment: { methodToken: 'tok_declined' } }), newId('key'), context)
    const held = jsonOf(
      await bookings.create(bookingRequest(stored, { hold: true, payment: undefined }), newId('key'), context),
    )
    await bookings.pay(held.id, { methodToken: 'tok_visa' }, newId('key'), context)
    const quote = await bookings.quoteCancellation(id, {}, context)
    await bookings.confirmCancellation(id, quote.id, context)
    expect(JSON.stringify(await bookings.get(id, context))).toMatch(personal)
    const text = await dump()
    expect(text).toContain(id)
    expect(personal.exec(text)?.[0]).toBeUndefined()
  })

  test('a forgotten booking has no sealed record and no key left', async () => {
    const { bookings } = makeBench(stored, { store })
    const { id } = jsonOf(await bookings.create(bookingRequest(stored), newId('key'), context))
    await bookings.forget(id, context)
    for (const table of ['data_keys', 'personal_data']) {
      const rows = await admin.query(`SELECT FROM booking.${table} WHERE booking_id = $1`, [id])
      expect([table, rows.rowCount]).toEqual([table, 0])
    }
  })
})

describe('what a database cannot hold', () => {
  const hostile = 'no\u0000 seats \ud800\ud83d\ude00'

  test("in a supplier's words for a refusal is left out of them: the money goes back as ever", async () => {
    const { bookings, supplier, gateway } = makeBench(stored, { store })
    supplier.createOrder = async () => ({ kind: 'refused', fault: fault('sold-out', hostile, { code: '\u00007' }) })
    const booked = await bookings.create(bookingRequest(stored), newId('key'), context)
    expect([booked.status, gateway.calls]).toEqual([409, ['authorise', 'void']])
    const { events, audit } = await bookings.listEvents(String(jsonOf(booked).bookingId) as `bkg_${string}`, context)
    expect(audit).toEqual({ intact: true, brokenAt: null })
    expect(JSON.stringify(events)).toContain('no seats \ufffd\u{1f600}')
  })

  test('in an offer does not keep it from being booked', async () => {
    const named = { ...stored, net: { ...stored.net, validatingCarrier: hostile } }
    const { bookings } = makeBench(named, { store })
    expect((await bookings.create(bookingRequest(named), newId('key'), context)).status).toBe(201)
  })
})

describe('several who pay one hold at once', () => {
  test('whoever lost the race keeps a key that can be sent again', async () => {
    const { bookings, gateway } = makeBench(stored, { store })
    for (let round = 0; round < 5; round++) {
      const request = bookingRequest(stored, { hold: true, payment: undefined })
      const { id } = jsonOf(await bookings.create(request, newId('key'), context))
      const keys = Array.from({ length: 4 }, () => newId('key'))
      const pay = (key: string) => bookings.pay(id, { methodToken: 'tok_visa' }, key, context)
      const answers = await Promise.allSettled(keys.map(pay))
      const lost = keys.filter((_, i) => answers[i]!.status === 'rejected')
      expect(lost).toHaveLength(3)
      for (const key of lost) await expect(pay(key)).rejects.toMatchObject({ type: 'not-payable', status: 409 })
    }
    expect(gateway.calls.filter(call => call === 'authorise')).toHaveLength(5)
  })
})

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl() })
  await client.connect()
  await client.query(statement)
  await client.end()
}

describe('a database that goes away', () => {
  test('cut connections cost the requests under way at most; health says so and comes back by itself', async () => {
    const { bookings } = makeBench(stored, { store })
    await bookings.create(bookingRequest(stored), newId('key'), context)
    await onServer(`ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false`)
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`
    await admin.query(cut, [database.name])
    await expect(bookings.create(bookingRequest(stored), newId('key'), context)).rejects.toMatchObject({
      type: 'unavailable',
      status: 503,
    })
    expect(await bookings.health()).toMatchObject({ status: 'degraded' })
    await onServer(`ALTER DATABASE ${database.name} ALLOW_CONNECTIONS true`)
    expect((await bookings.create(bookingRequest(stored), newId('key'), context)).status).toBe(201)
    expect(await bookings.health()).toEqual({ status: 'ok', reason: null })
  })
})
