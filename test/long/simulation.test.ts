import { afterAll, beforeAll, describe, test } from 'vitest'
import pg from 'pg'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { silentLog } from '../../src/core/log.ts'
import { checkPlans, inMemory } from '../simulation/check.ts'
import { createTestDatabase, postgresUrl, uniqueName } from '../support/services.ts'

/** `SIMULATION_SEED` repeats a run that failed, `SIMULATION_RUNS` makes it longer. The same each time by default: a red run must
 *  mean a change. */
const seed = Number(process.env.SIMULATION_SEED ?? 7)
const runs = Number(process.env.SIMULATION_RUNS ?? 2_000)
const postgresRuns = Math.max(1, Math.round(runs * 0.03))

test(`${runs} seeded runs over the store in memory, seed ${seed}`, { timeout: 1_200_000 }, async () => {
  await checkPlans({ runs, seed, open: inMemory })
})

describe('over PostgreSQL', () => {
  let template: Awaited<ReturnType<typeof createTestDatabase>>
  let server: pg.Client
  beforeAll(async () => {
    template = await createTestDatabase(postgresUrl())
    await migrate({ url: template.url, serviceRole: null })
    server = new pg.Client({ connectionString: postgresUrl() })
    await server.connect()
  })
  afterAll(async () => {
    await server.end()
    await template.drop()
  })

  /** A copy of the empty tables for each run. */
  const open = async () => {
    const name = uniqueName()
    const from = new URL(template.url).pathname.slice(1)
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${from}`)
    const url = new URL(template.url)
    url.pathname = `/${name}`
    const store = openPostgresBookingStore({ url: url.href, log: silentLog })
    const outbox = new pg.Client({ connectionString: url.href })
    await outbox.connect()
    return {
      store,
      outbox: async (id: string) =>
        (await outbox.query('SELECT type FROM booking.outbox WHERE booking_id = $1 ORDER BY id', [id])).rows.map(
          row => row.type as string,
        ),
      async close() {
        await Promise.all([store.close(), outbox.end()])
        await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
      },
    }
  }

  test(`${postgresRuns} seeded runs, seed ${seed}`, { timeout: 1_200_000 }, async () => {
    await checkPlans({ runs: postgresRuns, seed, open })
  })
})
