import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChaosReport } from '../support/chaos-load.ts'
import { daysAhead, searchFor, send } from '../support/front-end.ts'
import { gained, type MetricsText, readMetrics } from '../support/metrics-text.ts'
import { type OwnServer, startOwnElasticsearch, startOwnRedis } from '../support/own-servers.ts'
import { type ProbedService, startProbedService } from '../support/probed-service.ts'
import { type RunningSandbox, startSandbox } from '../support/sandbox.ts'
import { newDataDir, removeDataDir } from '../support/service.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'
import { startTunnel, type Tunnel } from '../support/tunnel.ts'
import { until } from '../support/until.ts'

/** A whole service at twice what it can do, while every supplier comes and goes behind a faulty network, and Redis and
 *  Elasticsearch are killed and come back. CHAOS_SECONDS for a shorter run, CHAOS_SEED for the one that failed. */
const seconds = Number(process.env.CHAOS_SECONDS || 120)
const seed = Number(process.env.CHAOS_SEED || Date.now() % 100_000)
/** What all caches of one process hold at most (memory-offer-store.ts: 296 MB), and what stands around it. */
const heapGrowthMax = 400 * 2 ** 20

let database: TestDatabase
let redis: OwnServer
let elasticsearch: OwnServer
let market: Tunnel
let sandbox: RunningSandbox
let suppliers: readonly Tunnel[]
let service: ProbedService
const sandboxDir = newDataDir()

beforeAll(async () => {
  database = await createTestDatabase()
  redis = await startOwnRedis()
  elasticsearch = await startOwnElasticsearch()
  market = await startTunnel(elasticsearch.url)
  sandbox = await startSandbox(sandboxDir)
  const settings: Record<string, string> = { ...sandbox.settings }
  const urls = Object.keys(settings).filter(name => /^PROVIDER_.*_BASE_URL$/.test(name))
  suppliers = await Promise.all(urls.map(name => startTunnel(settings[name]!)))
  urls.forEach((name, i) => {
    settings[name] = suppliers[i]!.url
  })
  const stores = { DATABASE_URL: database.url, REDIS_URL: redis.url, ELASTICSEARCH_URL: market.url }
  service = await startProbedService({ ...settings, ...stores })
}, 240_000)
afterAll(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
  await Promise.all([...(suppliers ?? []), market].map(tunnel => tunnel?.close()))
  await sandbox?.stop()
  await removeDataDir(sandboxDir)
  await redis?.close()
  await elasticsearch?.close()
  await database?.drop()
}, 60_000)

async function load(perSecond: number, forSeconds: number): Promise<ChaosReport> {
  const script = new URL('../support/chaos-load.ts', import.meta.url).pathname
  const args = [script, service.baseUrl, String(perSecond), String(forSeconds), String(seed)]
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as ChaosReport
}

/** Searches a second that suppliers must be asked for, eight at a time. */
async function measureCapacity(): Promise<number> {
  const forSeconds = 4
  const end = performance.now() + forSeconds * 1000
  let asked = 0
  let served = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const slices = [{ origin: 'MAN', destination: 'AMS', departureDate: daysAhead(10 + (asked++ % 340)) }]
      const body = searchFor('MAN', 'AMS', { slices })
      if ((await send(service.baseUrl, 'POST', '/v1/searches', body)).status === 201) served++
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return served / forSeconds
}
/** On a machine so busy that next to nothing gets through there is still something to be seen. */
const capacityMin = 4
/** Of the load, that suppliers must be asked for: the mix of chaos-load.ts. */
const coldShare = 0.65

/** One supplier after another is cut off, hangs or becomes slow, and comes back. */
async function flap(isOver: () => boolean): Promise<void> {
  const troubles = [
    (tunnel: Tunnel) => tunnel.cut(),
    (tunnel: Tunnel) => tunnel.stall(),
    (tunnel: Tunnel) => tunnel.slow(400),
  ]
  for (let turn = seed; !isOver(); turn++) {
    const struck = suppliers[turn % suppliers.length]!
    await troubles[turn % troubles.length]!(struck)
    await pause(1_500)
    await struck.restore()
    await pause(700)
  }
}

async function restartStores(): Promise<void> {
  await pause(seconds * 200)
  await redis.kill()
  await pause(seconds * 100)
  await redis.start()
  await pause(seconds * 50)
  await elasticsearch.kill()
  await pause(seconds * 50)
  market.redirect(await elasticsearch.start())
}

/** Nothing is under way: what is left is what is kept. */
async function settle(): Promise<MetricsText> {
  const isQuiet = async (): Promise<boolean> => {
    const metrics = await readMetrics(service.baseUrl)
    const busy = ['in_flight', 'waiting'].map(name => metrics.sum(`fareloom_supplier_${name}`))
    return busy.every(value => value === 0) && metrics.sum('fareloom_market_queue_length') === 0
  }
  const isReady = async (): Promise<boolean> => {
    const { body } = await send(service.baseUrl, 'GET', '/health/ready')
    return body.status === 'ok' && body.redis === 'ok' && body.elasticsearch === 'ok'
  }
  await until(isReady, 'all stores are back', 120_000)
  await until(isQuiet, 'nothing is under way', 60_000)
  return readMetrics(service.baseUrl)
}

/** Counters of http, without what the test itself asks for. */
function answersOf(metrics: MetricsText): Readonly<Record<string, number>> {
  const all: Record<string, number> = {}
  for (const [method, path] of routes) {
    const statuses = metrics.by('fareloom_http_requests_total', 'status', { method, route: path })
    for (const [status, count] of Object.entries(statuses)) all[`${method} ${path} ${status}`] = count
  }
  return all
}
const routes = [
  ['POST', '/v1/searches'],
  ['GET', '/v1/searches/{id}'],
  ['GET', '/v1/searches/{id}/offers'],
  ['POST', '/v1/bookings'],
] as const

test('in chaos: no 500, nothing late, nothing leaks, and the counters add up', async () => {
  await load(8, 5)
  const capacity = Math.max(capacityMin, await measureCapacity())
  const before = await settle()
  const small = await service.weigh()
  await service.reset()

  let isOver = false
  const chaos = Promise.all([flap(() => isOver), restartStores()])
  const report = await load((2 * capacity) / coldShare, seconds).finally(() => {
    isOver = true
  })
  const measured = await service.measure()
  await chaos
  const after = await settle()
  const { lateMs, overrunMs, loopDelayMs } = measured
  console.log(JSON.stringify({ seed, seconds, capacity, ...report, lateMs, overrunMs, loopDelayMs }))

  expect(report.broken).toEqual({})
  expect(Object.keys(report.answers).filter(key => / 50[0124]$/.test(key))).toEqual([])
  expect(service.log().filter(({ problem }) => problem === 'internal')).toEqual([])
  expect(lateMs.count).toBeGreaterThan(seconds)
  expect(lateMs.p99).toBeLessThan(10)
  expectSums(report, before, after)
  await expectNothingKept(small)
})

function expectSums(report: ChaosReport, before: MetricsText, after: MetricsText): void {
  const counted = gained(answersOf(before), answersOf(after))
  const { left } = report
  const all = (answers: Readonly<Record<string, number>>): number => Object.values(answers).reduce((a, b) => a + b, 0)
  expect(all(counted)).toBe(all(report.answers) + left)
  for (const [answer, count] of Object.entries(report.answers)) {
    expect(counted[answer], answer).toBeGreaterThanOrEqual(count)
    expect(counted[answer], answer).toBeLessThanOrEqual(count + left)
  }
  const gain = (name: string, label: string, labels = {}): Readonly<Record<string, number>> =>
    gained(before.by(name, label, labels), after.by(name, label, labels))
  const searches = gain('fareloom_searches_total', 'cache')
  for (const cache of new Set([...Object.keys(searches), ...Object.keys(report.caches)])) {
    expect(searches[cache] ?? 0, cache).toBeGreaterThanOrEqual(report.caches[cache] ?? 0)
    expect(searches[cache] ?? 0, cache).toBeLessThanOrEqual((report.caches[cache] ?? 0) + left)
  }
  const outcomes = gain('fareloom_supplier_calls_total', 'outcome', { operation: 'shop' })
  const sent = all(gain('fareloom_supplier_call_seconds_count', 'provider', { operation: 'shop' }))
  // a call that found its breaker shut, its budget used up or no place in time was never sent
  expect(sent).toBeLessThanOrEqual(all(outcomes))
  expect(all(outcomes)).toBeGreaterThanOrEqual(report.suppliersAsked)
  console.log(JSON.stringify({ counted, searches, outcomes, sent }))
}

/** Looked at again until pools and keep-alives have run out: what leaks never goes. */
async function expectNothingKept(small: Awaited<ReturnType<ProbedService['weigh']>>): Promise<void> {
  let large = await service.weigh()
  const kept = (): Readonly<Record<string, number>> => {
    const grown = Object.entries({ ...large.alive, openFiles: large.openFiles })
    const was: Readonly<Record<string, number>> = { ...small.alive, openFiles: small.openFiles }
    return Object.fromEntries(
      grown.map(([name, count]) => [name, count - (was[name] ?? 0)]).filter(([, more]) => Number(more) > 25),
    )
  }
  const isGone = async (): Promise<boolean> => {
    large = await service.weigh()
    return Object.keys(kept()).length === 0
  }
  await until(isGone, 'connections and timers are gone', 90_000).catch(() => {})
  const heap = { before: small.heapBytes, after: large.heapBytes }
  console.log(
    JSON.stringify({ heap, before: small.alive, after: large.alive, files: [small.openFiles, large.openFiles] }),
  )
  expect(kept()).toEqual({})
  expect(large.heapBytes - small.heapBytes).toBeLessThan(heapGrowthMax)
}
