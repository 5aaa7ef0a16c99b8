/** The simulated airline world as a process of its own: one HTTP server per supplier, each in that supplier's format, and
 *  the payment gateway. `npm run sandbox` alone, or started and watched by main.ts. */
import { join } from 'node:path'
import { type DirectoryLock, lockDirectory } from './booking/directory-lock.ts'
import { StartUpError } from './booking/embedded-postgres.ts'
import { systemClock } from './core/clock.ts'
import { openLogLines } from './core/log-lines.ts'
import type { Log } from './core/log.ts'
import { listGatewayCodes, startGatewaySimulator } from './payments/registry.ts'
import { codesOfTree } from './providers/codes.ts'
import { addProviderFolders } from './providers/outside.ts'
import { loadSimulators } from './providers/registry.ts'
import type { SandboxMessage, SandboxReport, SandboxServer } from './sandbox/child.ts'
import { openWorld } from './sandbox/open-world.ts'

type Settings = {
  readonly stateDir: string
  readonly host: string
  readonly seed: string
  /** The one in use: its tokens are told. */
  readonly gateway: string
  readonly ports: Readonly<Record<string, number>>
}

const log: Log = {
  debug() {},
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
}

/** process.stderr.write would end this process where nobody reads any more. */
const lines = openLogLines(process.stderr.fd, systemClock)
process.on('exit', lines.flush)

function write(level: string, fields: Readonly<Record<string, unknown>>, message: string): void {
  const shown = { level, time: new Date(systemClock.now()).toISOString(), process: 'sandbox', msg: message, ...fields }
  lines.write(`${JSON.stringify(shown, (_, value: unknown) => (value instanceof Error ? value.message : value))}\n`)
}

function readSettings(): Settings {
  const given = process.argv[2]
  if (given?.startsWith('{')) return JSON.parse(given) as Settings
  const dataDir = process.env.DATA_DIR || '.data'
  return {
    stateDir: join(dataDir, 'sandbox'),
    host: process.env.HOST || '127.0.0.1',
    seed: process.env.SANDBOX_SEED || 'fareloom',
    gateway: process.env.GATEWAY || 'test',
    ports: {},
  }
}

async function start(settings: Settings): Promise<{ readonly report: SandboxReport; close(): Promise<void> }> {
  const { host, stateDir } = settings
  const world = await openWorld({ seed: settings.seed, clock: systemClock, stateDir, log })
  const simulators = await Promise.all(
    [...(await loadSimulators())].map(([code, startSimulator]) =>
      startSimulator({ view: world.view(code), host, port: settings.ports[code] ?? 0, clock: systemClock, log }),
    ),
  )
  const gateways = await Promise.all(
    listGatewayCodes().map(code =>
      startGatewaySimulator(code, { host, port: settings.ports[code] ?? 0, stateDir, clock: systemClock, log }),
    ),
  )
  const gateway = gateways.find(({ code }) => code === settings.gateway)
  if (!gateway) throw new Error(`there is no payment gateway called ${settings.gateway}`)
  return {
    report: {
      simulators: simulators.map(serverOf),
      gateway: serverOf(gateway),
      gateways: gateways.map(serverOf),
      magicRoutes: world.magicRoutes.filter(route => simulators.some(simulator => simulator.code === route.provider)),
      testTokens: gateway.tokens,
    },
    async close() {
      await Promise.all([...simulators, ...gateways].map(server => server.close()))
      await world.close()
    },
  }
}

function serverOf({ code, baseUrl, settings }: SandboxServer): SandboxServer {
  return { code, baseUrl, settings }
}

/** One that was left by a killed service is still writing its journal for a moment. */
const predecessorMs = 5_000

async function lockState(stateDir: string): Promise<DirectoryLock> {
  const end = systemClock.monotonicMs() + predecessorMs
  for (;;) {
    try {
      return lockDirectory(stateDir, 'sandbox')
    } catch (error) {
      if (!(error instanceof StartUpError) || systemClock.monotonicMs() > end) throw error
      await systemClock.sleep(20)
    }
  }
}

function tell(message: SandboxMessage): void {
  if (process.connected) process.send?.(message)
  else if (message.kind === 'failed') console.error(message.text)
  else {
    const { simulators, gateways } = message.report
    for (const { code, settings } of simulators) show('PROVIDER', code, settings)
    for (const { code, settings } of gateways) show('GATEWAY', code, settings)
  }
}

/** As a service elsewhere is told of it: the lines of an env file, values as they are. */
function show(kind: string, code: string, settings: Readonly<Record<string, string>>): void {
  const prefix = `${kind}_${code.toUpperCase().replaceAll('-', '_')}`
  for (const [name, value] of Object.entries(settings))
    console.log(`${prefix}_${name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}=${value}`)
}

/** Under main.ts the closing channel ends us, however main.ts ended; a Ctrl-C reaches the whole group, and main.ts still needs
 *  us while it drains. */
function whenTold(end: () => void): void {
  const isChild = process.connected
  if (isChild) process.once('disconnect', end)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, isChild ? () => {} : end)
}

/** Kept for as long as the process lives: a lock that nobody holds on to is collected, and open again. */
let lock: DirectoryLock | undefined
let sandbox: { readonly report: SandboxReport; close(): Promise<void> } | undefined
let ending = false
whenTold(() => {
  if (ending) return
  ending = true
  const closed = sandbox?.close() ?? Promise.resolve()
  void closed.finally(() => {
    lock?.release()
    process.exit(0)
  })
})
try {
  addProviderFolders(process.env.PROVIDERS_PATH, codesOfTree())
  const settings = readSettings()
  lock = await lockState(settings.stateDir)
  sandbox = await start(settings)
  tell({ kind: 'ready', report: sandbox.report })
} catch (error) {
  tell({ kind: 'failed', text: `the sandbox cannot start: ${(error as Error).message}` })
  process.exitCode = 1
  if (process.connected) process.disconnect()
}
