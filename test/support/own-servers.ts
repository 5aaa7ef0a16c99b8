import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './service.ts'
import { until } from './until.ts'

/** A server of a test's own, which may be killed. It comes back with nothing, or what it had kept. */
export type OwnServer = {
  readonly url: string
  kill(): Promise<void>
  /** Resolves with its URL, which may be another one, once it answers. */
  start(): Promise<string>
  close(): Promise<void>
}

/** Of scripts/services, which are plain JavaScript so that they run before anything is installed. */
type ProcessRef = { readonly pid: number; readonly identity: string }
type Found = {
  start(context: { readonly dir: string; onProcess(ref: ProcessRef): void }): Promise<{ readonly url: string }>
}
type Elasticsearch = { readonly elasticsearch: { find(): Promise<Found | undefined> } }
type Processes = {
  stopProcess(ref: ProcessRef, signal: NodeJS.Signals, graceMs: number): Promise<void>
  askTcp(to: { readonly host: string; readonly port: number; readonly line: string }): Promise<string | undefined>
}

async function load<T>(name: string): Promise<T> {
  return (await import(new URL(`../../scripts/services/${name}.mjs`, import.meta.url).href)) as T
}

export async function startOwnRedis(): Promise<OwnServer> {
  const { askTcp } = await load<Processes>('process')
  const port = await freePort()
  let child: ChildProcess | undefined
  const url = `redis://127.0.0.1:${port}/0`
  const isReady = async (): Promise<boolean> =>
    (await askTcp({ host: '127.0.0.1', port, line: 'PING\r\n' }))?.startsWith('+') ?? false
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const start = async (): Promise<string> => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', args, { stdio: 'ignore' })
    await until(isReady, 'Redis answers')
    return url
  }
  await start()
  return { url, kill, start, close: kill }
}

export async function startOwnElasticsearch(): Promise<OwnServer> {
  const { stopProcess } = await load<Processes>('process')
  const { elasticsearch } = await load<Elasticsearch>('elasticsearch')
  const dir = mkdtempSync(join(tmpdir(), 'fareloom-es-'))
  const found = await elasticsearch.find()
  if (!found) throw new Error('no Elasticsearch on this machine: "npm run services -- up" says what to do')
  let ref: ProcessRef | undefined
  const onProcess = (started: ProcessRef): void => {
    ref = started
  }
  const kill = async (): Promise<void> => {
    if (ref) await stopProcess(ref, 'SIGTERM', 10_000)
  }
  const start = async (): Promise<string> => (await found.start({ dir, onProcess })).url
  const close = async (): Promise<void> => {
    await kill()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    return { url: await start(), kill, start, close }
  } catch (error) {
    await close()
    throw error
  }
}
