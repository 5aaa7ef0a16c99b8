/** What a service has once, however many processes serve: the data directory, the database, the simulated world. */
import { join } from 'node:path'
import { lockDirectory } from './booking/directory-lock.ts'
import { StartUpError, serviceRole, startEmbeddedPostgres } from './booking/embedded-postgres.ts'
import { openMasterKeys } from './booking/master-key.ts'
import { migrate } from './booking/migrate.postgres.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import { allStarted, begun } from './lifetime.ts'
import { type SandboxReport, startSandboxProcess } from './sandbox/child.ts'
import { checkPortFree, checkReachable, checkRedisReachable } from './start-checks.ts'

/** Plain data: goes to a worker as it is. */
export type Foundations = {
  /** For the service's own role: rows, not shapes. */
  readonly databaseUrl: string
  readonly sandbox: SandboxReport | null
}

export async function layFoundations(
  config: Config,
  log: Log,
  onSandboxHealth: (health: 'ok' | 'degraded') => void,
): Promise<Foundations> {
  for (const stranger of config.strangers) log.warn(stranger, 'nobody reads this variable')
  begun('data directory', lockDataDir(config.dataDir), lock => lock.release())
  await Promise.all([
    checkPortFree(config),
    checkRedisReachable(config.redisUrl),
    checkReachable('ELASTICSEARCH_URL', config.elasticsearchUrl, 9200),
    checkReachable('DATABASE_URL', config.databaseUrl, 5432),
  ])
  // made here where there is none yet, so that all processes read the same
  openMasterKeys(config.masterKey, config.dataDir)
  const [sandbox, databaseUrl] = await allStarted(openSandbox(config, log, onSandboxHealth), openDatabase(config, log))
  return { databaseUrl, sandbox }
}

function lockDataDir(dataDir: string): ReturnType<typeof lockDirectory> {
  try {
    return lockDirectory(dataDir, 'service')
  } catch (error) {
    if (error instanceof StartUpError) throw error
    throw new StartUpError(`DATA_DIR ${dataDir} cannot be used: ${(error as Error).message}`)
  }
}

/** The database of DATABASE_URL, else our own server over the data directory; brought up to date, then used as the lesser role. */
async function openDatabase(config: Config, log: Log): Promise<string> {
  const onUnexpectedEnd = (text: string): void => log.error({ reason: text }, 'no bookings until it runs again')
  const clock = systemClock
  const embedded = config.databaseUrl
    ? undefined
    : begun('PostgreSQL', await startEmbeddedPostgres({ dataDir: config.dataDir, clock, log, onUnexpectedEnd }), part =>
        part.stop(),
      )
  const ownerUrl = embedded?.ownerUrl ?? config.databaseUrl!
  await migrate({ url: ownerUrl, serviceRole: embedded ? serviceRole : null })
  return embedded?.serviceUrl ?? ownerUrl
}

async function openSandbox(
  config: Config,
  log: Log,
  onHealth: (health: 'ok' | 'degraded') => void,
): Promise<SandboxReport | null> {
  const needed = config.gateways.get(config.gateway) === undefined || [...config.providers.values()].includes(undefined)
  if (!needed) return null
  const entry = new URL('./sandbox-main.ts', import.meta.url).pathname
  const stateDir = join(config.dataDir, 'sandbox')
  const sandbox = await startSandboxProcess({
    entry,
    stateDir,
    host: '127.0.0.1',
    seed: config.sandboxSeed,
    gateway: config.gateway,
    clock: systemClock,
    log,
    onHealth,
  }).catch((error: Error) => Promise.reject(new StartUpError(error.message)))
  return begun('sandbox', sandbox, part => part.close()).report
}
