import { setPriority } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { limitsBesideShared } from '../../src/shopping/memory-offer-store.ts'
import { type DriveAnswer, type Driver, startDriver } from '../drive.ts'
import { inQuick } from '../effort.ts'
import { hasRedis, startOwnRedis } from '../own-redis.ts'
import type { Line, Sheet } from '../row.ts'
import { startSearchService } from '../search-service.ts'
import { openSharedStore } from '../shared-store.ts'
import { searchBody } from '../suppliers.ts'
import { percentile } from '../tally.ts'

const wishes = ['amadeus', 'sabre', 'travelport'].map(code => ({ code, delayMs: 20 }))
const seconds = inQuick(1, 6)
/** Suppliers are other machines: on this one they come last. */
const suppliersNice = 10
const requestsAtCapacity = inQuick(150, 300)
const times = [2, 10] as const

const servedNote =
  'Load generator, suppliers and service share the cores here, so at ten times the capacity the generator takes what the ' +
  'service would need.'

const refusedNote =
  'Counted from when the request was sent, so without the delay of the generator, but with that of a kernel whose two cores ' +
  'generator, suppliers, Redis and service share. Was 170 before heavy work took turns, 38 to 157 before decision 0008, 20 to 77 ' +
  'while 120 MB lived in the heap, whose marking the loop had to do itself; since then twenty readings by hand of 7 to 18, ' +
  'and one of 24 in the whole run before this.'

const lines = times.flatMap((by): readonly Line[] => [
  {
    name: `overload at ${by} times capacity: served`,
    ...{ unit: 'searches a second', better: 'higher', aim: { ratioMin: 0.8 }, note: servedNote },
    floorIs: 'as many as it answers, closed loop, 32 at once',
  },
  {
    name: `overload at ${by} times capacity: latency p99 of the served`,
    ...{ unit: 'ms', better: 'lower', aim: null },
    floorIs: 'the same at capacity',
  },
  {
    name: `overload at ${by} times capacity: share shed`,
    ...{ unit: 'of all', better: 'lower', aim: null },
    floorIs: 'what cannot be served',
  },
  {
    name: `overload at ${by} times capacity: time to refuse p99`,
    ...{ unit: 'ms', better: 'lower', aim: { valueMax: 20 }, note: refusedNote },
    floorIs: 'latency p50 at capacity',
  },
  {
    name: `overload at ${by} times capacity: loop delay p99 of the service`,
    ...{ unit: 'ms', better: 'lower', aim: null },
    floorIs: 'the same at capacity',
  },
])

/** Cold searches (three suppliers, 50 offers each, 20 ms), all of one client, in open loop. */
export const sheet: Sheet = {
  roundsMax: 3,
  ...(hasRedis() ? {} : { unavailable: 'no redis-server on this machine' }),
  lines,
  async floor() {
    const { driver, port } = await open()
    const { rate, answers, loopMs } = await capacity(driver, port)
    const latencies = answers.map(({ latencyMs }) => latencyMs)
    return times.flatMap(by => [rate, percentile(latencies, 0.99), 1 - 1 / by, percentile(latencies, 0.5), loopMs])
  },
  async value() {
    const { driver, port } = await open()
    const { rate } = await capacity(driver, port)
    const figures: number[] = []
    for (const by of times) figures.push(...(await overload(driver, port, rate * by)))
    return figures
  },
}

async function open(): Promise<{ readonly driver: Driver; readonly port: number }> {
  const redis = await startOwnRedis()
  const store = await openSharedStore(redis.url, limitsBesideShared)
  const service = await startSearchService(store, { wishes, offersMax: 50 })
  setPriority(service.suppliers.pid, suppliersNice)
  return { driver: startDriver(), port: service.port }
}

function order(port: number) {
  const headers = { 'cache-control': 'no-cache' }
  return { port, path: '/v1/searches', body: searchBody, headers, alsoStatus: 503, wantsAnswers: true }
}

async function capacity(driver: Driver, port: number) {
  await driver.drive({ ...order(port), connections: 8, requests: 150 })
  const loopMs = watchLoop()
  const { answers, elapsedMs } = await driver.drive({ ...order(port), connections: 32, requests: requestsAtCapacity })
  const served = answers.filter(({ status }) => status === 201)
  return { rate: (served.length * 1000) / elapsedMs, answers: served, loopMs: loopMs() }
}

/** The service is in this process. */
function watchLoop(): () => number {
  const resolution = 1
  const loop = monitorEventLoopDelay({ resolution })
  loop.enable()
  return () => {
    loop.disable()
    return Math.max(0, loop.percentile(99) / 1e6 - resolution)
  }
}

async function overload(driver: Driver, port: number, rate: number): Promise<readonly number[]> {
  const load = { connections: 400, requests: Math.round(rate * seconds), everyMs: 1000 / rate }
  const loopMs = watchLoop()
  const { answers, elapsedMs } = await driver.drive({ ...order(port), ...load })
  const of = (status: number): readonly DriveAnswer[] => answers.filter(answer => answer.status === status)
  const served = of(201).map(({ latencyMs }) => latencyMs)
  const shed = of(503).map(({ answerMs }) => answerMs)
  if (served.length === 0) throw new Error('nobody was served')
  return [
    (served.length * 1000) / elapsedMs,
    percentile(served, 0.99),
    shed.length / answers.length,
    shed.length === 0 ? 0 : percentile(shed, 0.99),
    loopMs(),
  ]
}
