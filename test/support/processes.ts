import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A zombie that a slow init has not collected yet does not count. */
export function isRunning(pid: number): boolean {
  const state = process.platform === 'linux' ? linuxState(pid) : psState(pid)
  return state !== undefined && !state.startsWith('Z') && !state.startsWith('X')
}

export function parentOf(pid: number): number {
  const text =
    process.platform === 'linux'
      ? linuxState(pid)?.split(' ')[1]
      : spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  return Number.parseInt(text ?? '', 10)
}

/** From the state on: proc(5), field 3. */
function linuxState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)
  } catch {
    return undefined
  }
}

function psState(pid: number): string | undefined {
  return spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined
}

/** Processes that have to do with a directory: it is in their environment, their command line, or they work below it. */
export function processesOver(dir: string): readonly number[] {
  const pids = process.platform === 'linux' ? linuxProcesses(dir) : psProcesses(dir)
  return pids.filter(pid => pid !== process.pid && isRunning(pid))
}

function linuxProcesses(dir: string): readonly number[] {
  const names = (pid: string): boolean => {
    try {
      return (
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir) ||
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(dir) ||
        readlinkSync(`/proc/${pid}/cwd`).startsWith(dir)
      )
    } catch {
      return false // ended meanwhile, or somebody else's
    }
  }
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && names(name))
    .map(Number)
}

function psProcesses(dir: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-axwwEo', 'pid=,command='], { encoding: 'utf8' })
  const lines = (stdout ?? '').split('\n').filter(line => line.includes(dir))
  return lines.map(line => Number.parseInt(line, 10))
}
