import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { systemClock } from '../core/clock.ts'
import { silentLog } from '../core/log.ts'
import { DirectoryInUse } from './directory-lock.ts'
import { openCluster } from './embedded/cluster.ts'
import { serverPrograms } from './embedded/command.ts'
import { readyPort } from './embedded/postmaster.ts'
import { StartUpError, serverUrls, startEmbeddedPostgres } from './embedded-postgres.ts'

export type ReachedDatabase = { readonly url: string; readonly leave: () => Promise<void> }

/** The database of the bookings for a tool beside the service: that of DATABASE_URL, else the embedded server over `dataDir`: the one
 *  that the running service has, or where none runs one of our own until we leave. Makes nothing. Throws StartUpError. */
export async function reachDatabase(databaseUrl: string | undefined, dataDir: string): Promise<ReachedDatabase> {
  if (databaseUrl) {
    if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.parse(databaseUrl))
      throw new StartUpError('DATABASE_URL is no postgres:// address')
    return { url: databaseUrl, leave: async () => {} }
  }
  if (!existsSync(join(dataDir, 'postgres')))
    throw new StartUpError(`there is no database in ${dataDir}: set DATA_DIR or DATABASE_URL to what the service has`)
  try {
    const { serviceUrl: url, stop: leave } = await startEmbeddedPostgres({
      dataDir,
      clock: systemClock,
      log: silentLog,
    })
    return { url, leave }
  } catch (error) {
    if (!(error instanceof DirectoryInUse)) throw error
    return { url: await runningUrl(dataDir), leave: async () => {} }
  }
}

/** Whoever holds the directory runs the server: its own note says where it listens. */
async function runningUrl(dataDir: string): Promise<string> {
  const cluster = await openCluster(join(resolve(dataDir), 'postgres'), serverPrograms())
  const port = readyPort(cluster.dataDir)
  if (port === undefined) throw new StartUpError(`the database in ${dataDir} is just starting: try again`)
  return serverUrls(cluster, port).serviceUrl
}
