import { readdirSync } from 'node:fs'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import { createMemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { silentLog } from '../../src/core/log.ts'
import { bookingStoreContract, type OpenStore } from '../contract/booking-store.ts'
import { createTestDatabase, postgres15Url, postgresUrl, uniqueName } from '../support/services.ts'

bookingStoreContract('in memory', async () => {
  const store = createMemoryBookingStore()
  return {
    store,
    outbox: async id => store.outbox.filter(entry => entry.bookingId === id).map(({ type }) => type),
    close: () => store.close(),
  }
})

bookingStoreContract('in PostgreSQL 18', () => openPostgres(postgresUrl()))
bookingStoreContract('in PostgreSQL 15', () => openPostgres(postgres15Url()))

/** As the service has it: the tables belong to one role, it works as another. */
async function openPostgres(serverUrl: string): Promise<OpenStore> {
  const database = await createTestDatabase(serverUrl)
  const role = await createRole(database.url)
  await migrate({ url: database.url, serviceRole: role.name })
  const store = openPostgresBookingStore({ url: role.url, log: silentLog })
  const rows = async <Row extends object>(text: string, id: string): Promise<readonly Row[]> =>
    withClient(database.url, async client => (await client.query(text, [id])).rows as Row[])
  return {
    store,
    outbox: async id =>
      (await rows<{ type: string }>('SELECT type FROM booking.outbox WHERE booking_id = $1 ORDER BY id', id)).map(
        ({ type }) => type,
      ),
    async close() {
      await store.close()
      await database.drop()
      await withClient(serverUrl, client => client.query(`DROP ROLE ${role.name}`))
    },
  }
}

async function createRole(url: string): Promise<{ readonly name: string; readonly url: string }> {
  const name = uniqueName()
  await withClient(url, client => client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'lesser'`))
  const own = new URL(url)
  own.username = name
  own.password = 'lesser'
  return { name, url: own.href }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

describe('migrations', () => {
  const numbered = readdirSync(new URL('../../migrations/', import.meta.url))
    .filter(name => /^\d{4}-/.test(name))
    .map(name => Number(name.slice(0, 4)))
    .sort((a, b) => a - b)

  test('are applied once, in many processes that start at once, and again with nothing to do', async () => {
    const database = await createTestDatabase()
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate({ url: database.url, serviceRole: null })))
    expect(results.flat()).toEqual(numbered)
    expect(await migrate({ url: database.url, serviceRole: null })).toEqual([])
    await database.drop()
  })

  test('a database of a newer version, or with another history, is refused in one sentence', async () => {
    const database = await createTestDatabase()
    await migrate({ url: database.url, serviceRole: null })
    const insert = `INSERT INTO fareloom.migrations (number, name, hash) VALUES (9999, 'later', 'x')`
    await withClient(database.url, client => client.query(insert))
    await expect(migrate({ url: database.url, serviceRole: null })).rejects.toThrow(/newer version of Fareloom/)
    await withClient(database.url, async client => {
      await client.query('DELETE FROM fareloom.migrations WHERE number = 9999')
      await client.query(`UPDATE fareloom.migrations SET hash = 'changed' WHERE number = 1`)
    })
    await expect(migrate({ url: database.url, serviceRole: null })).rejects.toThrow(/0001-bookings.sql was changed/)
    await database.drop()
  })

  test('an address where no server listens is one sentence', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/none'
    await expect(migrate({ url, serviceRole: null })).rejects.toThrow(/^The database cannot be reached: /)
  })

  test.each([
    ['the service role', true],
    ['the only role there is', false],
  ])('the audit log can only be added to by %s', async (_, separate) => {
    const database = await createTestDatabase()
    const role = separate ? await createRole(database.url) : { name: null, url: database.url }
    await migrate({ url: database.url, serviceRole: role.name })
    await withClient(role.url, async client => {
      await client.query(`INSERT INTO booking.audit_log
        (booking_id, sequence, tenant, at, actor, request_id, kind, status_after, data, hash)
        VALUES ('bkg_1', 1, 'default', now(), 'test', 'req_1', 'booking-started', 'pending', '{}', 'x')`)
      for (const statement of [
        `UPDATE booking.audit_log SET actor = 'somebody else'`,
        'DELETE FROM booking.audit_log',
        'TRUNCATE booking.audit_log',
      ])
        await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
      expect((await client.query('SELECT actor FROM booking.audit_log')).rows).toEqual([{ actor: 'test' }])
    })
    if (role.name) {
      const asked = `SELECT has_table_privilege($1, 'booking.audit_log', 'UPDATE, DELETE, TRUNCATE') AS may`
      expect(await withClient(database.url, async client => (await client.query(asked, [role.name])).rows)).toEqual([
        { may: false },
      ])
    }
    await database.drop()
    if (role.name) await withClient(postgresUrl(), client => client.query(`DROP ROLE ${role.name}`))
  })
})
