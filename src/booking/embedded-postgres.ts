import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve as resolvePath } from 'node:path'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { lockDirectory } from './directory-lock.ts'
import { type Cluster, databaseName, openCluster, ownerRole, serviceRole } from './embedded/cluster.ts'
import { type ServerPrograms, serverEnvironment, serverPrograms } from './embedded/command.ts'
import { isReady, stopLeftover } from './embedded/postmaster.ts'
import { StartUpError } from './embedded/start-up-error.ts'

export { serviceRole } from './embedded/cluster.ts'
export { StartUpError } from './embedded/start-up-error.ts'

export type EmbeddedPostgres = {
  /** For migrations: owns the database, is no superuser. */
  readonly ownerUrl: string
  /** For the service: reads and writes rows, cannot change the shape. */
  readonly serviceUrl: string
  /** Fast shutdown: open transactions are rolled back, what was acknowledged is on disk. Twice is once. */
  readonly stop: () => Promise<void>
}

export type EmbeddedPostgresOptions = {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
  /** The server ended although nobody stopped it; it is started again. */
  readonly onUnexpectedEnd?: ((text: string) => void) | undefined
}

const readyWithinMs = 60_000
const stopWithinMs = 8_000
const pollMs = 5
const portAttempts = 3
const firstPauseMs = 100
const pauseMaxMs = 10_000
/** One that ran so long is started again at once. */
const steadyMs = 10_000

/**
 * PostgreSQL from an npm package over `dataDir`/postgres, on a free loopback port: the same engine, driver and SQL as a
 * server named by DATABASE_URL. The first start makes the database (about 2 s), later ones take a few tenths.
 * Throws StartUpError, whose message is one sentence for the terminal.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolvePath(options.dataDir)
  const lock = lockDirectory(dataDir, 'postgres')
  try {
    const programs = serverPrograms()
    const cluster = await openCluster(join(dataDir, 'postgres'), programs)
    if ((await stopLeftover(cluster.dataDir, options.clock)) === 'stopped') {
      options.log.info({}, 'stopped the PostgreSQL server that an earlier run had left')
    }
    const server = await startServer(cluster, programs, options)
    const stop = once(async () => {
      await server.stop()
      lock.release()
    })
    return { ...serverUrls(cluster, server.port), stop }
  } catch (error) {
    lock.release()
    throw error
  }
}

type Server = { readonly port: number; readonly stop: () => Promise<void> }
type Running = { readonly port: number; readonly child: ChildProcess; readonly ended: Promise<void> }

/** A server that ends although nobody stopped it is started again on its port: what was acknowledged is on disk, and whoever is
 *  connected to it connects again. */
async function startServer(
  cluster: Cluster,
  programs: ServerPrograms,
  options: EmbeddedPostgresOptions,
): Promise<Server> {
  const { clock, log } = options
  let running = await launchAnywhere(cluster, programs, clock)
  let stopping = false
  let comingBack = Promise.resolve()

  const watch = ({ child }: Running): void => {
    const since = clock.monotonicMs()
    child.once('exit', () => {
      if (stopping) return
      options.onUnexpectedEnd?.(`the embedded PostgreSQL ended: ${lastLines(cluster.logFile)}`)
      const soon = clock.monotonicMs() - since > steadyMs
      comingBack = bringBack(soon ? firstPauseMs : pauseMaxMs / 4).catch((error: unknown) =>
        log.error({ err: error }, 'the embedded PostgreSQL could not be started again'),
      )
    })
  }
  const bringBack = async (firstMs: number): Promise<void> => {
    for (let pauseMs = firstMs; !stopping; pauseMs = Math.min(pauseMaxMs, pauseMs * 2)) {
      await clock.sleep(pauseMs)
      if (stopping) return
      await stopLeftover(cluster.dataDir, clock)
      const again = await launch(cluster, programs, clock, running.port)
      if (!again) continue
      running = again
      watch(again)
      log.info({}, 'the embedded PostgreSQL runs again')
      return
    }
  }
  watch(running)
  return {
    port: running.port,
    async stop() {
      stopping = true
      await comingBack
      await end(running, clock)
    },
  }
}

async function end({ child, ended }: Running, clock: Clock): Promise<void> {
  child.ref()
  child.kill('SIGINT')
  const late = clock.after(stopWithinMs, () => child.kill('SIGQUIT'))
  await ended
  late.cancel()
}

/** A port that was free a moment ago may be taken by now: then with another. */
async function launchAnywhere(cluster: Cluster, programs: ServerPrograms, clock: Clock): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const running = await launch(cluster, programs, clock, await freePort())
    if (running) return running
    const said = lastLines(cluster.logFile)
    if (attempt < portAttempts && /could not (bind|create any TCP)|Address already in use/.test(said)) continue
    throw new StartUpError(`The embedded PostgreSQL did not start; its log ${cluster.logFile} ends with: ${said}`)
  }
}

/** Undefined where it does not become ready; its log says why. */
async function launch(
  cluster: Cluster,
  programs: ServerPrograms,
  clock: Clock,
  port: number,
): Promise<Running | undefined> {
  const child = spawnServer(cluster, programs, port)
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  if (await becomesReady(cluster, child, clock)) return { port, child, ended }
  child.kill('SIGQUIT')
  await ended
  return undefined
}

/** In a process group of its own: Ctrl-C at the terminal must not stop the database while bookings are being drained. */
function spawnServer({ dataDir, logFile }: Cluster, programs: ServerPrograms, port: number): ChildProcess {
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`)
  const log = openSync(logFile, 'w', 0o600)
  const network = ['-h', '127.0.0.1', '-p', String(port), '-k', '']
  const settings = { max_connections: '100', shared_buffers: '64MB', timezone: 'UTC', jit: 'off' }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { file, args } = programs.postgres(['-D', dataDir, ...network, ...flags])
  const child = spawn(file, args, { env: serverEnvironment, stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  child.unref()
  return child
}

async function becomesReady({ dataDir }: Cluster, child: ChildProcess, clock: Clock): Promise<boolean> {
  let failed = false
  child.once('error', () => {
    failed = true
  })
  const end = clock.monotonicMs() + readyWithinMs
  while (!failed && child.exitCode === null && child.signalCode === null && clock.monotonicMs() < end) {
    if (child.pid && isReady(dataDir, child.pid)) return true
    await clock.sleep(pollMs)
  }
  return false
}

export function serverUrls({ credentials }: Cluster, port: number): Pick<EmbeddedPostgres, 'ownerUrl' | 'serviceUrl'> {
  const url = (role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${databaseName}`
  return { ownerUrl: url(ownerRole, credentials.owner), serviceUrl: url(serviceRole, credentials.service) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ')
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}
