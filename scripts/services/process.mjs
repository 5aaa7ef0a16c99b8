import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { tail, which } from '../command.mjs'
import { Trouble } from '../console.mjs'

/** @typedef {{ pid: number, identity: string }} ProcessRef a pid alone may be somebody else's by the time it is used */

/**
 * When a process was started, as the kernel tells it: differs when a pid has been given to another process.
 * @param {number} pid
 * @returns {string | undefined} undefined when no such process lives (a zombie does not)
 */
export function processIdentity(pid) {
  return process.platform === 'linux' ? linuxIdentity(pid) : psIdentity(pid)
}

function linuxIdentity(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Fields after the command name, which may itself hold spaces and brackets: proc(5), state is 3, starttime 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`
  } catch {
    return undefined
  }
}

function psIdentity(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const [state, ...started] = line.split(/\s+/)
    return line === '' || state?.startsWith('Z') ? undefined : started.join(' ')
  } catch {
    return undefined
  }
}

/** @param {ProcessRef} ref */
export function isAlive({ pid, identity }) {
  return processIdentity(pid) === identity
}

/**
 * Starts a server in a process group of its own (a terminal's Ctrl-C must not reach it before its users are done).
 * @param {{ file: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string, logFile: string,
 *   onProcess: (ref: ProcessRef) => void }} options told of the process before anything is awaited that may fail
 * @returns {Promise<ProcessRef>}
 */
export async function startProcess({ file, args, env = process.env, cwd, logFile, onProcess }) {
  const log = openSync(logFile, 'a')
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', error => reject(new Trouble(`${file} could not be run: ${error.message}`)))
  })
  child.unref()
  const ref = { pid: child.pid, identity: processIdentity(child.pid) ?? 'gone' }
  onProcess(ref)
  return ref
}

/**
 * Polite signal first, then the whole group by force. Never touches a pid that is no longer the process we started.
 * @param {ProcessRef} ref
 * @param {NodeJS.Signals} signal
 */
export async function stopProcess(ref, signal, graceMs = 20_000) {
  if (!isAlive(ref)) return
  process.kill(ref.pid, signal)
  if (await becomes(() => !isAlive(ref), graceMs)) return
  try {
    process.kill(-ref.pid, 'SIGKILL')
  } catch {
    // ended between the look and the signal
  }
  await becomes(() => !isAlive(ref), 5_000)
}

/** @param {() => boolean | Promise<boolean>} holds */
export async function becomes(holds, timeoutMs, everyMs = 25) {
  const end = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > end) return false
    await sleep(everyMs)
  }
  return true
}

/**
 * Waits for a server to be ready; when it dies or never gets there, the error holds the end of its log.
 * @param {{ name: string, ref: ProcessRef, logFile: string, timeoutMs: number, ready: () => boolean | Promise<boolean> }} o
 */
export async function waitUntilReady({ name, ref, logFile, timeoutMs, ready }) {
  let died = false
  const ok = await becomes(async () => {
    if (await ready()) return true
    died = !isAlive(ref)
    return died
  }, timeoutMs)
  if (ok && !died) return
  const why = died ? 'ended while starting' : `was not ready within ${timeoutMs / 1000} s`
  throw new Trouble(`${name} ${why}; the end of its log:\n${tail(readFileSync(logFile, 'utf8'))}`)
}

/** @returns {Promise<number>} a port that was free a moment ago */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * Sends a line, or some bytes, and resolves with the first bytes that come back, or undefined.
 * @param {{ host: string, port: number, line: string | Uint8Array, timeoutMs?: number }} options
 * @returns {Promise<string | undefined>}
 */
export function askTcp({ host, port, line, timeoutMs = 1_000 }) {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const finish = answer => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(timeoutMs, () => finish(undefined))
    socket.once('error', () => finish(undefined))
    socket.once('connect', () => (line === '' ? finish('') : socket.write(line)))
    socket.once('data', data => finish(data.toString('latin1')))
  })
}

/**
 * PostgreSQL and Elasticsearch refuse to run as root. A user namespace gives them another identity while files stay
 * root's own, so it works below directories of mode 0700 too.
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {{ file: string, args: readonly string[] }}
 */
export function asOrdinaryUser(file, args) {
  if (process.getuid?.() !== 0) return { file, args }
  const unshare = which('unshare', ['/usr/bin', '/bin'])
  if (!unshare)
    throw new Trouble('as root, "unshare" (util-linux) is needed to run this server: install it, or use another user')
  return { file: unshare, args: ['--user', '--map-user=1000', '--map-group=1000', file, ...args] }
}
