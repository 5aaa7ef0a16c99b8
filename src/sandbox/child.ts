import { type ChildProcess, fork } from 'node:child_process'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'

/** The sandbox lives in a process of its own, never on the API's event loop: started here, watched, started again on the same
 *  ports when it dies. It ends with us, also when we are killed: the channel to it closes. */
export type SandboxProcess = {
  readonly report: SandboxReport
  close(): Promise<void>
}

/** What the child says when it listens. */
export type SandboxReport = {
  readonly simulators: readonly SandboxServer[]
  /** The one in use. */
  readonly gateway: SandboxServer
  readonly gateways: readonly SandboxServer[]
  readonly magicRoutes: readonly unknown[]
  readonly testTokens: readonly unknown[]
}
export type SandboxServer = {
  readonly code: string
  readonly baseUrl: string
  readonly settings: Readonly<Record<string, string>>
}

export type SandboxMessage =
  | { readonly kind: 'ready'; readonly report: SandboxReport }
  | { readonly kind: 'failed'; readonly text: string }

export type SandboxOptions = {
  readonly entry: string
  readonly stateDir: string
  readonly host: string
  readonly seed: string
  /** Of the gateway in use, whose tokens are told. */
  readonly gateway: string
  readonly clock: Clock
  readonly log: Log
  /** `degraded`: it has ended and is being started again. */
  readonly onHealth: (health: 'ok' | 'degraded') => void
}

const startMs = 20_000
const restartMs = 500
/** It writes its journal and ends: a few milliseconds. */
const stopMs = 3_000

export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  let closing = false
  let child: ChildProcess | undefined
  const watch = (started: Started): SandboxReport => {
    child = started.child
    options.onHealth('ok')
    child.once('exit', (code, signal) => {
      child = undefined
      if (closing) return
      options.onHealth('degraded')
      options.log.error({ code, signal }, 'the sandbox ended unexpectedly; starting it again')
      options.clock.after(restartMs, () => void again(), { unref: true })
    })
    return started.report
  }
  const again = async (): Promise<void> => {
    if (closing) return
    try {
      watch(await launch(options, portsOf(report)))
      options.log.info({}, 'the sandbox is back')
      if (closing) await close()
    } catch (error) {
      options.log.error({ err: error }, 'the sandbox could not be started again')
      options.clock.after(restartMs * 10, () => void again(), { unref: true })
    }
  }
  const close = async (): Promise<void> => {
    closing = true
    if (child) await stop(child, options.clock)
  }
  const report = watch(await launch(options, {}))
  return { report, close }
}

type Started = { readonly child: ChildProcess; readonly report: SandboxReport }

function launch(options: SandboxOptions, ports: Readonly<Record<string, number>>): Promise<Started> {
  const { stateDir, host, seed, gateway } = options
  const settings = JSON.stringify({ stateDir, host, seed, gateway, ports })
  const child = fork(options.entry, [settings], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: false })
  return new Promise((resolve, reject) => {
    const timer = options.clock.after(startMs, () => fail(`the sandbox did not start within ${startMs / 1000} s`))
    const fail = (text: string): void => {
      timer.cancel()
      child.kill('SIGKILL')
      reject(new Error(text))
    }
    child.once('exit', code => fail(`the sandbox ended with code ${code} before it was ready`))
    child.once('message', message => {
      timer.cancel()
      const answer = message as SandboxMessage
      child.removeAllListeners('exit')
      if (answer.kind === 'ready') resolve({ child, report: answer.report })
      else fail(answer.text)
    })
  })
}

/** By code, so that a sandbox started again is found where the old one was. */
function portsOf(report: SandboxReport): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...report.simulators, ...report.gateways].map(({ code, baseUrl }) => [code, Number(new URL(baseUrl).port)]),
  )
}

async function stop(child: ChildProcess, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  if (child.connected) child.disconnect()
  const late = clock.after(stopMs, () => child.kill('SIGKILL'))
  await ended
  late.cancel()
}
