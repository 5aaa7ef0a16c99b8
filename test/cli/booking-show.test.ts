import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { serviceRole, startEmbeddedPostgres } from '../../src/booking/embedded-postgres.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { systemClock } from '../../src/core/clock.ts'
import { newId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { context, type Fates, jsonOf, makeBench, masterKeys, settle } from '../booking/fakes.ts'
import { bookingRequest, storedOffer } from '../booking/sample.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'
import { type Finished, fareloom } from './fareloom.ts'

const stored = storedOffer()
const masterKey = Buffer.from(masterKeys[0].secret).toString('base64')
const personal = /Ada|Example|Müller|MUELLER|Ben\b|example\.com|442071838750|1990-12-10|X1234567|agent-7|tok_/

let database: TestDatabase
let store: BookingStore
let admin: pg.Client
const dir = mkdtempSync(join(tmpdir(), 'fareloom-show-'))

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
  rmSync(dir, { recursive: true })
})

type Booked = { readonly id: `bkg_${string}`; readonly reference: string }

async function book(fates: Fates = {}, capabilities = {}, into = store) {
  const bench = makeBench(stored, { store: into, fates, capabilities })
  const made = jsonOf(await bench.bookings.create(bookingRequest(stored), newId('key'), context))
  const id = (made.bookingId ?? made.id) as Booked['id']
  const { reference } = (await bench.bookings.get(id, context)) as unknown as Booked
  return { bench, id, reference }
}

function show(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const own = { DATABASE_URL: database.url, DATA_DIR: join(dir, 'none'), MASTER_KEY: masterKey }
  return fareloom(['booking', 'show', ...words], { env: { ...own, ...env } })
}

function expectRefusal(finished: Finished, reason: RegExp): void {
  expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code: 2, stdout: '' })
  expect(finished.stderr).toMatch(reason)
  expect(finished.stderr.trim().split('\n')).toHaveLength(1)
}

describe('fareloom booking show', () => {
  test('tells the state, orders, documents, payments and all that happened, by reference or id, and nobody by name', async () => {
    const { id, reference, bench } = await book()
    const shown = await show([reference])
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = shown
    expect(stdout).toMatch(new RegExp(`^Booking ${reference}: ticketed\n  ${id} of tenant default, made `))
    const { locator, tickets } = bench.supplier.pnrs[0]!
    expect(stdout).toMatch(new RegExp(`\nOrders\n  ticketed  alpha  alpha ${locator}  1301\\.06 USD  ord_`))
    for (const { number, passengerId } of tickets) expect(stdout).toContain(`issued  ticket  ${number}  ${passengerId}`)
    expect(stdout).toMatch(/\nPayments\n {2}captured {2}1204\.68 EUR {2}/)
    expect(stdout).toContain('\nOpen work items\n  none\n')
    const { events } = await bench.bookings.listEvents(id, context)
    expect(stdout).toContain(`\nWhat happened: ${events.length} entries, the audit log is as it was written\n`)
    for (const { sequence, at, status, text } of events)
      expect(stdout).toMatch(new RegExp(`\n *${sequence}  ${at}  ${status}  ${escaped(text)}\n`))
    expect(personal.exec(stdout)?.[0]).toBeUndefined()
    for (const word of [id, reference.toLowerCase()]) expect((await show([word])).stdout).toBe(stdout)
  })

  test('names and contacts come with --personal, until they are forgotten', async () => {
    const { id, reference, bench } = await book()
    const told = (await show([reference, '--personal'])).stdout
    expect(told).toMatch(/\n {2}pax_1 {2}ADT {2}.*Ada.*Example, 1990-12-10/)
    expect(told).toContain('ada@example.com, +442071838750')
    expect(told).not.toMatch(/X1234567|tok_/)
    await bench.bookings.forget(id, context)
    const forgotten = (await show([reference, '--personal'])).stdout
    expect(forgotten).toContain('their names and contacts were deleted')
    expect(personal.exec(forgotten)?.[0]).toBeUndefined()
  })

  test('what waits for a person stands with its reason, the calls made, and what may be said of it', async () => {
    const { reference, bench } = await book({ createOrder: ['lost-after'] }, { findByReference: false })
    await settle(bench)
    const { stdout } = await show([reference])
    expect(stdout).toMatch(/^Booking \w+: outcome-unknown\n/)
    expect(stdout).toMatch(/\nOpen work items\n {2}wit_[\w-]+ {2}since .* {2}create-order of ord_/)
    expect(stdout).toContain('may be resolved as found, retry, not-done')
    expect(stdout).toMatch(/called \S+ to create-order: unknown: timeout, no answer/)
    expect(stdout).toMatch(/\nOrders\n.*\[nobody knows about create since /)
  })

  test('an audit log that was changed is told with the place, and by exit 1', async () => {
    const { id, reference } = await book()
    await admin.query('ALTER TABLE booking.audit_log DISABLE TRIGGER audit_log_append_only')
    await admin.query(`UPDATE booking.audit_log SET actor = 'nobody' WHERE booking_id = $1 AND sequence = 3`, [id])
    await admin.query('ALTER TABLE booking.audit_log ENABLE TRIGGER audit_log_append_only')
    const shown = await show([reference])
    expect(shown.code).toBe(1)
    expect(shown.stdout).toContain('THE AUDIT LOG WAS CHANGED: entry 3 ')
  })

  test('what a supplier wrote cannot steer the terminal', async () => {
    const { id, reference } = await book()
    const evil = JSON.stringify([{ owner: 'alpha', locator: 'A\u001b[2J\u202eB' }])
    await admin.query(
      `UPDATE booking.supplier_orders SET state = jsonb_set(state, '{locators}', $2) WHERE booking_id = $1`,
      [id, evil],
    )
    expect((await show([reference])).stdout).toContain('alpha A [2J B')
  })
})

describe('fareloom booking show refuses in one sentence', () => {
  test('a booking that is not there, and other commands', async () => {
    expectRefusal(await show(['ZZZZZZ']), /there is no booking ZZZZZZ$/m)
    expectRefusal(await show([]), /booking takes: show REFERENCE/)
    expectRefusal(await fareloom(['booking', 'list']), /booking takes: show REFERENCE/)
    expectRefusal(await show(['ABC234', '--tenant', 'x']), /--tenant/)
  })

  test('another master key, or none: the audit log is not called changed for it', async () => {
    const { reference } = await book()
    expectRefusal(await show([reference], { MASTER_KEY: Buffer.alloc(32, 9).toString('base64') }), /master key is not/)
    expectRefusal(await show([reference], { MASTER_KEY: '' }), /there is no master key/)
  })

  test('no database, one that is away, and one of somebody else; nothing is made', async () => {
    expectRefusal(await show(['ABC234'], { DATABASE_URL: '' }), /there is no database in .*none: set DATA_DIR/)
    expect(existsSync(join(dir, 'none'))).toBe(false)
    const away = 'postgres://someone:secret@127.0.0.1:9/x'
    const refused = await show(['ABC234'], { DATABASE_URL: away })
    expectRefusal(refused, /127\.0\.0\.1:9 cannot be read: /)
    expect(refused.stderr).not.toContain('secret')
    expectRefusal(await show(['ABC234'], { DATABASE_URL: 'mysql://x/y' }), /no postgres:\/\/ address/)
    const empty = await createTestDatabase()
    try {
      expectRefusal(await show(['ABC234'], { DATABASE_URL: empty.url }), /holds no bookings of Fareloom/)
    } finally {
      await empty.drop()
    }
  })
})

test('the embedded database is read while the service has it, and started for the command when nobody has', async () => {
  const dataDir = join(dir, 'data')
  const options = { dataDir, clock: systemClock, log: silentLog }
  const env = { DATABASE_URL: '', DATA_DIR: dataDir }
  const server = await startEmbeddedPostgres(options)
  let reference: string
  try {
    await migrate({ url: server.ownerUrl, serviceRole })
    const own = openPostgresBookingStore({ url: server.serviceUrl, log: silentLog })
    reference = (await book({}, {}, own)).reference
    await own.close()
    expect(await show([reference], env)).toMatchObject({ code: 0, stderr: '' })
  } finally {
    await server.stop()
  }
  const shown = await show([reference], env)
  expect(shown).toMatchObject({ code: 0, stderr: '' })
  expect(shown.stdout).toContain(`Booking ${reference}: ticketed`)
  // it gave the directory back, and left no server over it
  expect(existsSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
  await (await startEmbeddedPostgres(options)).stop()
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
