import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceOptions } from '../../scripts/service-options.mjs'
import { processesOver } from './processes.ts'
import { until } from './until.ts'

/** The real service as a process of its own on a free port, over a data directory that goes with it. */
export type RunningService = {
  readonly baseUrl: string
  readonly dataDir: string
  readonly process: ChildProcess
  /** Everything it wrote so far. */
  output(): string
  /** Lines of the log so far: they come through a pipe, so the last ones may be on their way. */
  log(): readonly LogLine[]
  /** SIGTERM unless told otherwise; resolves with the exit code once it is gone. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

const startMs = 40_000
/** A start that is meant to fail does so within this: 1.2 s of processor, where five of them share two busy cores. */
const failMs = 50_000
const own = [
  'PORT',
  'HOST',
  'DATA_DIR',
  'DATABASE_URL',
  'REDIS_URL',
  'ELASTICSEARCH_URL',
  'API_KEYS',
  'MASTER_KEY',
  'LOG_LEVEL',
  'SANDBOX_SEED',
  'PRICING_RULES_FILE',
  'RATES_FILE',
  'WORKERS',
  'TRUST_PROXY',
  'MAX_CONNECTIONS',
  'MARKET_RETENTION_DAYS',
  'WARM_SEARCHES_PER_MINUTE',
  'KAFKA_BROKERS',
  'KAFKA_TOPIC',
  'WEBHOOKS_ALLOW_PRIVATE',
  'GATEWAY',
  'FRAUD_RULES_FILE',
]

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'fareloom-test-'))
}

/** Ours without what would set up the service. Source compiled once, as by npm start: there are some hundred starts. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !own.includes(name) && !/^(PROVIDERS?|PAYMENTS|GATEWAY|RATE_LIMIT)_/.test(name),
  )
  const compiled = new URL('../../.toolchain/compile-cache', import.meta.url).pathname
  return { NODE_COMPILE_CACHE: compiled, ...Object.fromEntries(inherited) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Once nobody works in it any more: rmSync over a directory in which a database still ends was seen to turn for ever
 *  (Node 24.21). */
export async function removeDataDir(dataDir: string): Promise<void> {
  await until(() => processesOver(dataDir).length === 0, `all processes over ${dataDir} end`)
  rmSync(dataDir, { recursive: true, force: true })
}

export async function startService(
  env: Readonly<Record<string, string>> = {},
  dataDir = newDataDir(),
): Promise<RunningService> {
  const { child, output } = launch(env, dataDir)
  const baseUrl = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not listening after ${startMs} ms:\n${output()}`))
    }, startMs)
    child.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code}:\n${output()}`))
    })
    child.stdout!.on('data', () => {
      const url = /"url":"(http:[^"]+)".*"listening"/.exec(output())?.[1]
      if (!url) return
      clearTimeout(timer)
      resolve(url)
    })
  })
  return {
    baseUrl,
    dataDir,
    process: child,
    output,
    log: () => output().split('\n').flatMap(parseLine),
    stop: (signal = 'SIGTERM') =>
      new Promise(resolve => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode)
        child.once('exit', code => resolve(code))
        child.kill(signal)
      }),
  }
}

/** For starts that are meant to fail. */
export function startAndFail(
  env: Readonly<Record<string, string>>,
  dataDir: string,
  onStart: (child: ChildProcess) => void = () => {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { child, output } = launch(env, dataDir)
  onStart(child)
  const timer = setTimeout(() => child.kill('SIGKILL'), failMs)
  return new Promise(resolve => {
    child.once('close', code => {
      clearTimeout(timer)
      resolve({ code, output: output() })
    })
  })
}

function launch(
  env: Readonly<Record<string, string>>,
  dataDir: string,
): { readonly child: ChildProcess; output(): string } {
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [...serviceOptions, main], {
    env: { ...cleanEnvironment(), PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream!.setEncoding('utf8')
    stream!.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return { child, output: () => text }
}

/** The last line may be half there. */
function parseLine(line: string): readonly LogLine[] {
  try {
    return [JSON.parse(line) as LogLine]
  } catch {
    return []
  }
}
