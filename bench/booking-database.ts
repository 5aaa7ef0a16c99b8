import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { startEmbeddedPostgres } from '../src/booking/embedded-postgres.ts'
import { migrate } from '../src/booking/migrate.postgres.ts'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'

/** A PostgreSQL of our own with our tables, for one variant; writes reach the disk as they do in production. */
export type BookingDatabase = { readonly url: string; close(): Promise<void> }

export async function openBookingDatabase(): Promise<BookingDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fareloom-bench-'))
  const server = await startEmbeddedPostgres({ dataDir, clock: systemClock, log: silentLog })
  await migrate({ url: server.ownerUrl, serviceRole: null })
  return {
    url: server.ownerUrl,
    async close() {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** pool.end() resolves as soon as it has sent its farewells (pg-pool 3.14). A server that is stopped right then answers an
 *  open connection with a fatal error, which nobody listens for any more and which ends the process. */
export async function endPool(pool: pg.Pool): Promise<void> {
  let open = pool.totalCount
  const gone = new Promise<void>(resolve => {
    if (open === 0) resolve()
    pool.on('remove', () => {
      if (--open === 0) resolve()
    })
  })
  await pool.end()
  await gone
}
