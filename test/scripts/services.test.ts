import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isRunning } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { ScriptProcess } from './script-process.ts'

/** A run that holds a Redis of its own, whatever else is up, and says where it is. */
const holdRedis = `
import { withServices } from './scripts/services/lease.mjs'
import { runMain } from './scripts/console.mjs'
runMain(() => withServices(async env => {
  console.log(env.TEST_REDIS_URL)
  await new Promise(resolve => process.once('SIGTERM', resolve))
  return 3
}, ['redis']))
`

let temporary: string
const cleanUps: (() => void)[] = []
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'fareloom-test-'))
})
afterEach(() => {
  // A failed test must not leave servers either.
  for (const name of readdirSync(temporary).filter(entry => entry.startsWith('fareloom-services-'))) killNoted(name)
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
  rmSync(temporary, { recursive: true, force: true })
})

function start(code: string, env: Record<string, string> = {}): ScriptProcess {
  const started = ScriptProcess.module(code, {
    TMPDIR: temporary,
    TEST_REDIS_URL: '',
    FARELOOM_SERVICES: 'own',
    ...env,
  })
  cleanUps.push(() => started.destroy())
  return started
}

type Notes = { readonly owner: { readonly pid: number }; readonly processes: readonly { readonly pid: number }[] }

function killNoted(name: string): void {
  const { owner, processes } = notes(name)
  for (const { pid } of [owner, ...processes]) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
}

function notes(name = readdirSync(temporary)[0] ?? ''): Notes {
  return JSON.parse(readFileSync(join(temporary, name, 'processes.json'), 'utf8'))
}

function accepts(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise(resolve => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

describe('servers of a test run', () => {
  it('are up while the work lasts and gone, with their directory, once it is over', async () => {
    const run = start(holdRedis)
    const url = await run.nextLine()
    const { processes } = notes()
    expect(await accepts(url)).toBe(true)
    run.signal('SIGTERM')
    expect((await run.ended).code).toBe(3)
    expect(processes.map(({ pid }) => isRunning(pid))).toEqual([false])
    expect(readdirSync(temporary)).toEqual([])
  })

  it('are stopped when the run is killed without a chance to do so', async () => {
    const run = start(holdRedis)
    await run.nextLine()
    const { processes, owner } = notes()
    run.signal('SIGKILL')
    await until(() => !isRunning(owner.pid) && !isRunning(processes[0]?.pid ?? 0), 'keeper and server end')
    expect(readdirSync(temporary)).toEqual([])
  })

  it('are stopped by the next run when their keeper was killed too', async () => {
    const run = start(holdRedis)
    await run.nextLine()
    const { processes, owner } = notes()
    const pid = processes[0]?.pid ?? 0
    process.kill(owner.pid, 'SIGKILL')
    run.signal('SIGKILL')
    await until(() => !isRunning(owner.pid), 'the keeper ends')
    expect(isRunning(pid)).toBe(true)
    await start(`import { sweep } from './scripts/services/fleet.mjs'; await sweep()`).ended
    expect(isRunning(pid)).toBe(false)
    expect(readdirSync(temporary)).toEqual([])
  })

  it('are stopped when the run is interrupted while they start', async () => {
    const run = start(holdRedis)
    await until(() => existsSync(temporary) && readdirSync(temporary).length > 0, 'the keeper begins')
    run.signalGroup('SIGINT')
    expect((await run.ended).code).not.toBe(0)
    await until(() => readdirSync(temporary).length === 0, 'the keeper ends')
  })

  it('are a failure with the reason when a URL is given and nobody answers there', async () => {
    const run = start(holdRedis, { TEST_REDIS_URL: 'redis://:secret@127.0.0.1:1' })
    expect((await run.ended).code).toBe(1)
    expect(run.stderr).toContain('TEST_REDIS_URL is set, but no healthy Redis answers at redis://:***@127.0.0.1:1')
  })
})

describe('stopping by pid', () => {
  it('leaves alone a process that was given the pid of one of ours', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    cleanUps.push(() => other.kill('SIGKILL'))
    const ref = { pid: other.pid, identity: 'somebody else' }
    await start(`
      import { stopProcess } from './scripts/services/process.mjs'
      await stopProcess(${JSON.stringify(ref)}, 'SIGTERM', 100)
    `).ended
    expect(isRunning(other.pid ?? 0)).toBe(true)
  })

  it('uses force on a server that does not heed the signal', async () => {
    const stubborn = start(`
      import { startProcess, stopProcess } from './scripts/services/process.mjs'
      const code = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"
      const logFile = ${JSON.stringify(join(temporary, 'log'))}
      const ref = await startProcess({ file: process.execPath, args: ['-e', code], logFile, onProcess: () => {} })
      console.log(ref.pid)
      process.stdin.once('data', async () => { await stopProcess(ref, 'SIGTERM', 100); process.exit() })
    `)
    const pid = Number(await stubborn.nextLine())
    await until(() => readFileSync(join(temporary, 'log'), 'utf8').includes('up'), 'it is up')
    stubborn.child.stdin.write('stop\n')
    await stubborn.ended
    expect(isRunning(pid)).toBe(false)
  })
})
