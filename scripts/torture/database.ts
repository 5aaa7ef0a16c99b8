import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { databaseName, openCluster, ownerRole } from '../../src/booking/embedded/cluster.ts'
import { serverEnvironment, serverPrograms } from '../../src/booking/embedded/command.ts'
import { isReady, stopLeftover } from '../../src/booking/embedded/postmaster.ts'
import { systemClock } from '../../src/core/clock.ts'
import { freePort } from '../../test/support/service.ts'

/** A PostgreSQL of our own over a data directory, always at the same port: killed with all its processes and started again
 *  over what is on disk. What was acknowledged must be there. */
export type TortureDatabase = {
  readonly url: string
  /** SIGKILL to the server and to every connection's process at once, as if the machine had lost its power. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const readyWithinMs = 60_000

export async function openDatabase(dir: string): Promise<TortureDatabase> {
  const programs = serverPrograms()
  const cluster = await openCluster(dir, programs)
  const port = await freePort()
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()

  const signal = (name: NodeJS.Signals): Promise<void> => {
    if (child?.pid) killGroup(child.pid, name)
    return ended
  }
  const start = async (): Promise<void> => {
    await stopLeftover(cluster.dataDir, systemClock)
    const log = openSync(cluster.logFile, 'a', 0o600)
    const network = ['-h', '127.0.0.1', '-p', String(port), '-k', '']
    const { file, args } = programs.postgres(['-D', cluster.dataDir, ...network, '-c', 'max_connections=100'])
    const started = spawn(file, args, { env: serverEnvironment, stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    child = started
    ended = new Promise(resolve => started.once('exit', () => resolve()))
    const until = performance.now() + readyWithinMs
    while (!isReady(cluster.dataDir, started.pid!)) {
      if (started.exitCode !== null || performance.now() > until)
        throw new Error(`PostgreSQL does not start: see ${cluster.logFile}`)
      await pause(20)
    }
  }
  await start()
  return {
    url: `postgres://${ownerRole}:${cluster.credentials.owner}@127.0.0.1:${port}/${databaseName}`,
    kill: () => signal('SIGKILL'),
    start,
    stop: () => signal('SIGINT'),
  }
}

/** Its processes have a group of their own. */
function killGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name)
  } catch {
    // ended meanwhile
  }
}
