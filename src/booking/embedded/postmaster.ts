import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { StartUpError } from './start-up-error.ts'

const pollMs = 10
const fastStopMs = 10_000
const immediateStopMs = 5_000

/** The server's own note: pid, data directory, start time, port, socket directory, address, shared memory, status
 *  (PostgreSQL source, src/include/utils/pidfile.h). */
function noteLines(dataDir: string): readonly string[] | undefined {
  try {
    return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
}

/** True once the server with this pid says that it accepts connections. */
export function isReady(dataDir: string, pid: number): boolean {
  const lines = noteLines(dataDir)
  return Number(lines?.[0]) === pid && lines?.[7]?.trim() === 'ready'
}

/** Of the server that runs over the directory; undefined where it does not say that it accepts connections. */
export function readyPort(dataDir: string): number | undefined {
  const lines = noteLines(dataDir)
  const port = Number(lines?.[3])
  return lines?.[7]?.trim() === 'ready' && Number.isInteger(port) && port > 0 ? port : undefined
}

/**
 * A killed parent may have left its server running (or still stopping): stopped here, before another is started over the
 * same directory. To be called under the directory's lock, so what is found has no living owner.
 */
export async function stopLeftover(dataDir: string, clock: Clock): Promise<'none' | 'stopped'> {
  const pid = Number(noteLines(dataDir)?.[0] ?? 0)
  const found = processesOver(dataDir)
  if (found.length > 0) await stopAll(found, pid, dataDir, clock)
  // A note without its server: the pid may be somebody else's by now, or a dead process that nobody has reaped yet. The new
  // server would take either for a rival.
  rmSync(join(dataDir, 'postmaster.pid'), { force: true })
  return found.length > 0 ? 'stopped' : 'none'
}

async function stopAll(found: readonly number[], pid: number, dataDir: string, clock: Clock): Promise<void> {
  // Fast shutdown (SIGINT) of the server; where only its children are left they end by themselves.
  if (found.includes(pid)) send(pid, 'SIGINT')
  if (await allGone(dataDir, clock, fastStopMs)) return
  for (const each of processesOver(dataDir)) send(each, 'SIGQUIT')
  if (await allGone(dataDir, clock, immediateStopMs)) return
  const pids = processesOver(dataDir).join(', ')
  throw new StartUpError(
    `A PostgreSQL server left by an earlier run (pid ${pids}) does not stop: end it, then start again.`,
  )
}

async function allGone(dataDir: string, clock: Clock, timeoutMs: number): Promise<boolean> {
  const end = clock.monotonicMs() + timeoutMs
  while (processesOver(dataDir).length > 0) {
    if (clock.monotonicMs() > end) return false
    await clock.sleep(pollMs)
  }
  return true
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // ended meanwhile
  }
}

/** Servers and their children over a directory: they work in it, which tells them from whoever has their pid by now. */
function processesOver(dataDir: string): readonly number[] {
  return process.platform === 'linux' ? byWorkingDirectory(realpathSync(dataDir)) : byCommandLine(dataDir)
}

function byWorkingDirectory(dataDir: string): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && workingDirectory(name) === dataDir)
    .map(Number)
}

function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined // ended meanwhile, or somebody else's
  }
}

function byCommandLine(dataDir: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' })
  const lines = (stdout ?? '').split('\n').filter(line => line.includes(`-D ${dataDir} `) && line.includes('postgres'))
  return lines.map(line => Number.parseInt(line, 10))
}
