import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A zombie that a slow init has not collected yet does not count. */
export function isRunning(pid: number): boolean {
  const state = process.platform === 'linux' ? linuxState(pid) : psState(pid)
  return state !== undefined && !state.startsWith('Z') && !state.startsWith('X')
}

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
