import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import type { Bookings } from '../src/booking/port.ts'
import { systemClock } from '../src/core/clock.ts'
import { pinoLog } from '../src/core/log.pino.ts'
import { prometheusMetrics } from '../src/core/metrics.prometheus.ts'
import { admitAll, createAdmission } from '../src/http/admission.ts'
import { createApp } from '../src/http/app.ts'
import { parseApiKeys } from '../src/http/auth.ts'
import { watchLoopDelay } from '../src/http/loop-delay.ts'
import type { HttpParts } from '../src/http/parts.ts'
import { quickSearches } from '../src/http/quick-searches.ts'
import { createRateLimits } from '../src/http/rate-limits.ts'
import { startServer } from '../src/http/server.ts'
import type { MarketReads } from '../src/market/port.ts'
import type { Messaging } from '../src/messaging/port.ts'
import { makePricer } from '../src/pricing/price-offer.ts'
import type { GuardedProvider } from '../src/providers/guard.ts'
import type { OfferStore } from '../src/shopping/offer-store.ts'
import type { Shopping } from '../src/shopping/port.ts'
import { createShopping } from '../src/shopping/service.ts'
import { startDriver } from './drive.ts'
import { inQuick } from './effort.ts'
import type { Variant } from './row.ts'
import { type BenchSuppliers, flatRates, noRules, openSuppliers, type ReplayWish, searchBody } from './suppliers.ts'

export type BenchService = {
  readonly port: number
  readonly shopping: Shopping
  readonly suppliers: BenchSuppliers
  close(): Promise<void>
}

const inFlight = 16
const requestsARun = 400
/** A service that is up has compiled its path. */
const requestsBefore = inQuick(1_500, 4_000)

type ServiceWish = {
  readonly wishes?: readonly ReplayWish[]
  readonly offersMax?: number
  /** Nobody is refused and no supplier is spared: for what the engine adds where nothing holds it back. */
  readonly isWideOpen?: boolean
}

export const threeSuppliers = ['amadeus', 'sabre', 'travelport'].map(code => ({ code, delayMs: 0 }))

/** The whole service with all that stands around a request, log and limits too; bookings and market are not asked. */
export async function startSearchService(
  store: OfferStore,
  { wishes = threeSuppliers, offersMax = 250, isWideOpen = false }: ServiceWish = {},
): Promise<BenchService> {
  const suppliers = await openSuppliers(wishes, isWideOpen ? 1_000 : null)
  const { list } = suppliers
  const find = (code: string): GuardedProvider | undefined => list.find(provider => provider.code === code)
  const metrics = prometheusMetrics()
  const log = pinoLog('info')
  const shedding = createAdmission({
    clock: systemClock,
    delay: watchLoopDelay(systemClock),
    metrics,
    shortestQueue: () => shortestQueue(list),
  })
  const admission = isWideOpen ? admitAll : shedding
  const shopping = createShopping({
    ...{ clock: systemClock, log, metrics },
    providers: { list: () => list, find },
    makePricer: scope => makePricer(noRules, flatRates, scope),
    knowsCurrency: currency => flatRates.knows(currency),
    convert: m => m,
    store,
    secret: 'bench',
    admitFanOut: context => admission.admitFanOut(context),
    onSearch() {},
    health: { redis: () => 'off', elasticsearch: () => 'off' },
    limits: { offersMax },
  })
  const http: HttpParts = {
    ...{ shopping, admission, log, metrics, clock: systemClock },
    bookings: {} as Bookings,
    messaging: {} as Messaging,
    providers: { list: () => list, find, close: () => Promise.resolve() },
    market: {} as MarketReads,
    popular: { routes: () => Promise.resolve([]) },
    sandbox: () => null,
    keys: parseApiKeys(undefined),
    rateLimits: createRateLimits({ searches: 1e9, bookings: 1e9, reads: 1e9 }, systemClock),
    trustedHops: 0,
    otherParts: () => ({}),
    version: '0',
  }
  const server = await startServer(createApp(http), {
    inFront: next => quickSearches(http, next),
    ...{ host: '127.0.0.1', port: 0, clock: systemClock },
    limits: { connectionsMax: 10_000, perAddressMax: 4_000 },
  })
  return {
    port: server.port,
    shopping,
    suppliers,
    async close() {
      await server.close(100)
      await suppliers.close()
    },
  }
}

/** As serve.ts has it. */
function shortestQueue(list: readonly GuardedProvider[]): number {
  const queues = list.map(provider => provider.budget().concurrency)
  return Math.min(Number.MAX_VALUE, ...queues.map(({ waiting, limit }) => waiting / limit))
}

/** As many bytes from bare node:http, after reading the same body. */
export async function bareServer(bytes: number): Promise<Variant> {
  const body = Buffer.alloc(bytes, 0x20)
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': bytes })
      response.end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return searchVariant((server.address() as AddressInfo).port, bytes, () => void server.close())
}

/** One search, of which the length is returned. */
export async function searchOnce(port: number): Promise<Buffer> {
  const pool = new Pool(`http://127.0.0.1:${port}`)
  const answer = await post(pool)
  await pool.close()
  return answer
}

/** The same search again and again, sixteen at once, from a process of its own: the CPU counted is the server's. */
export async function searchVariant(port: number, bytes: number, close: () => Promise<void> | void): Promise<Variant> {
  const driver = startDriver()
  const order = { port, path: '/v1/searches', body: searchBody, connections: inFlight }
  await driver.drive({ ...order, requests: requestsBefore })
  return {
    async run() {
      return (await driver.drive({ ...order, requests: requestsARun })).count
    },
    async check() {
      const answer = await driver.drive({ ...order, requests: 1 })
      if (Math.abs(answer.bytes - bytes) > 200) throw new Error(`${answer.bytes} bytes instead of ${bytes}`)
    },
    async close() {
      driver.close()
      await close()
    },
  }
}

async function post(pool: Pool): Promise<Buffer> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/v1/searches',
    headers: { 'content-type': 'application/json' },
    body: searchBody,
  })
  if (statusCode !== 201) throw new Error(`status ${statusCode}: ${await body.text()}`)
  return Buffer.from(await body.arrayBuffer())
}
