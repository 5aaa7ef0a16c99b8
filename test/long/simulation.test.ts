import { afterAll, beforeAll, describe, test } from 'vitest'
import pg from 'pg'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { silentLog } from '../../src/core/log.ts'
import { checkPlans, inMemory } from '../simulation/check.ts'
import { createTestDatabase } from '../support/services.ts'

/** `SIMULATION_SEED` repeats a run that failed, `SIMULATION_RUNS` makes it longer. The same each time by default: a red run must
 *  mean a change, and is not tried again. */
const seed = Number(process.env.SIMULATION_SEED ?? 7)
const runs = Number(process.env.SIMULATION_RUNS ?? 10_000)
const postgresRuns = Math.max(1, Math.round(runs * 0.03))
const limits = { timeout: 2_400_000, retry: 0 }

test(`${runs} seeded runs over the store in memory, seed ${seed}`, limits, async () => {
  await checkPlans({ runs, seed, open: inMemory, onRun: progress('in memory', runs) })
})

describe('over PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let store: BookingStore
  let client: pg.Client
  let empty: string
  beforeAll(async () => {
    database = await createTestDatabase()
    await migrate({ url: database.url, serviceRole: null })
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
    empty = await emptyStatement(client)
    store = openPostgresBookingStore({ url: database.url, log: silentLog })
  })
  afterAll(async () => {
    await store?.close()
    await client?.end()
    await database?.drop()
  })

  const outbox = async (id: string): Promise<readonly string[]> => {
    const found = await client.query('SELECT type FROM booking.outbox WHERE booking_id = $1 ORDER BY id', [id])
    return found.rows.map(row => row.type as string)
  }
  const open = async () => {
    await client.query(empty)
    return { store, outbox, close: async () => {} }
  }

  test(`${postgresRuns} seeded runs, seed ${seed}`, limits, async () => {
    await checkPlans({ runs: postgresRuns, seed, open, onRun: progress('over PostgreSQL', postgresRuns) })
  })
})

/** For the next run; the audit log refuses that from everybody else. A copy of the database for each run took 1.0 s, most of it
 *  waiting for a checkpoint, TRUNCATE of twenty tables 0.17 s; this takes 4 ms. */
async function emptyStatement(client: pg.Client): Promise<string> {
  await client.query('SET session_replication_role = replica')
  const found = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'booking'`,
  )
  return found.rows.map(({ tablename }) => `DELETE FROM booking.${tablename}`).join(';')
}

/** A line each tenth of the way. */
function progress(where: string, all: number): (done: number) => void {
  const startedAt = performance.now()
  return done => {
    if (done % Math.ceil(all / 10) !== 0 && done !== all) return
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    process.stdout.write(`${where}: ${done} of ${all} runs kept every promise, ${seconds} s\n`)
  }
}
