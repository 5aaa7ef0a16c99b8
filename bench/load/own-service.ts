/** A service for one run: the environment as it is, a free port, a data directory that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceOptions } from '../../scripts/service-options.mjs'
import { UsageError } from './options.ts'

export type OwnService = { readonly url: string; stop(): Promise<void> }

/** How much of its log is shown when it does not start. */
const tailLength = 2_000
const stopMs = 20_000

export async function startOwnService(): Promise<OwnService> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fareloom-load-'))
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [...serviceOptions, main], {
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // a group of its own: Ctrl-C ends the run, and the run ends the service
    detached: true,
  })
  // we are ended in the midst: it drains and ends on its own
  const leave = (): boolean => child.kill('SIGTERM')
  process.once('exit', leave)
  const url = await listening(child).catch(error => {
    child.kill('SIGTERM')
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  })
  return {
    url,
    async stop() {
      await ended(child)
      process.removeListener('exit', leave)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let tail = ''
    child.once('error', reject)
    child.once('exit', code =>
      reject(new UsageError(`the service ended with ${code} before it listened${tail && `:\n${tail.trimEnd()}`}`)),
    )
    child.stdout!.setEncoding('utf8')
    // read to the end of the run: a full pipe would stop the service
    child.stdout!.on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-tailLength)
      const found = /"url":"(http:[^"]+)".*"listening"/.exec(tail)?.[1]
      if (found) resolve(found)
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
