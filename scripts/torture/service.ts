import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { isRunning } from '../../test/support/processes.ts'
import { cleanEnvironment } from '../../test/support/service.ts'
import { serviceOptions } from '../service-options.mjs'

/** The service with two workers at one port, started again over the same data whenever it was killed. */
export type TortureService = {
  /** One of those that serve, by `n`; false where none does just now. */
  killWorker(n: number): boolean
  /** The first process and all workers at once. */
  killAll(): Promise<void>
  start(): Promise<void>
  /** SIGTERM: it drains. */
  stop(): Promise<void>
  /** Requests that were answered 500: errors of ours. */
  internalErrors(): readonly string[]
  /** The last lines that it wrote. */
  lastLines(): string
}

const startMs = 90_000
const linesKept = 40

export function makeService(env: Readonly<Record<string, string>>): TortureService {
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const internal: string[] = []
  const last: string[] = []
  let workers = new Map<number, number>()
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()

  const heed = (line: string): void => {
    last.push(line)
    if (last.length > linesKept) last.shift()
    if (line.includes('"problem":"internal"')) internal.push(line)
    if (!line.includes('"worker serves"')) return
    const { worker, pid } = JSON.parse(line) as { readonly worker: number; readonly pid: number }
    workers.set(worker, pid)
  }

  return {
    killWorker(n) {
      const alive = [...workers.values()].filter(isRunning)
      const pid = alive[n % Math.max(1, alive.length)]
      if (pid === undefined) return false
      process.kill(pid, 'SIGKILL')
      return true
    },
    async killAll() {
      if (child?.pid) killGroup(child.pid)
      await ended
    },
    async start() {
      workers = new Map()
      const started = spawn(process.execPath, [...serviceOptions, main], {
        env: { ...cleanEnvironment(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
      child = started
      ended = new Promise(resolve => started.once('exit', () => resolve()))
      for (const stream of [started.stdout, started.stderr]) onLines(stream, heed)
      const until = performance.now() + startMs
      while (workers.size < Number(env.WORKERS)) {
        if (started.exitCode !== null || performance.now() > until)
          throw new Error(`the service does not start:\n${last.join('\n')}`)
        await pause(20)
      }
    },
    async stop() {
      child?.kill('SIGTERM')
      await ended
    },
    internalErrors: () => internal,
    lastLines: () => last.join('\n'),
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // ended meanwhile
  }
}

function onLines(stream: NodeJS.ReadableStream, heed: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) heed(line)
  })
}
