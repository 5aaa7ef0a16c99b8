import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import type { Bookings } from '../../src/booking/port.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { prometheusMetrics } from '../../src/core/metrics.prometheus.ts'
import { createAdmission } from '../../src/http/admission.ts'
import { createApp } from '../../src/http/app.ts'
import { parseApiKeys } from '../../src/http/auth.ts'
import { watchLoopDelay } from '../../src/http/loop-delay.ts'
import { createRateLimits } from '../../src/http/rate-limits.ts'
import { startServer } from '../../src/http/server.ts'
import type { MarketReads } from '../../src/market/port.ts'
import { makePricer } from '../../src/pricing/price-offer.ts'
import type { GuardedProvider } from '../../src/providers/guard.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { createShopping } from '../../src/shopping/service.ts'
import type { Row, Variant } from '../row.ts'
import { flatRates, noRules, searchBody, suppliersOfWorld } from '../world-suppliers.ts'

const inFlight = 16

/** The same search again and again: answered from memory, with parsing, validation, key, log and metrics on. The floor sends
 *  as many bytes from bare node:http after reading the same body. Both count the load generator, which is the same. */
export const row: Row = {
  name: 'search answered from memory, through HTTP',
  unit: 'request',
  floorIs: 'bare node:http POST with a fixed body of the same size',
  aim: { ratioMax: 1 / 0.75 },
  async floor() {
    const { bytes } = await answerBytes()
    const server = createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': bytes })
        response.end(body)
      })
    })
    const body = Buffer.alloc(bytes, 0x20)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return variant((server.address() as AddressInfo).port, bytes, () => void server.close())
  },
  async value() {
    const service = await startSearchService()
    const { bytes } = await warm(service.port)
    return variant(service.port, bytes, service.close)
  },
}

async function answerBytes(): Promise<{ readonly bytes: number }> {
  const service = await startSearchService()
  const answer = await warm(service.port)
  await service.close()
  return answer
}

async function startSearchService(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const providers = await suppliersOfWorld(['amadeus', 'sabre', 'travelport'])
  const find = (code: string): GuardedProvider | undefined => providers.find(provider => provider.code === code)
  const metrics = prometheusMetrics()
  const shopping = createShopping({
    clock: systemClock,
    log: silentLog,
    metrics,
    providers: { list: () => providers, find },
    makePricer: scope => makePricer(noRules, flatRates, scope),
    knowsCurrency: currency => flatRates.knows(currency),
    convert: m => m,
    store: makeMemoryOfferStore(systemClock),
    secret: 'bench',
    onSearch() {},
    health: { redis: () => 'off', elasticsearch: () => 'off' },
  })
  const app = createApp({
    shopping,
    bookings: {} as Bookings,
    providers: { list: () => providers, find, close: () => Promise.resolve() },
    market: {} as MarketReads,
    popular: { routes: () => Promise.resolve([]) },
    sandbox: () => null,
    keys: parseApiKeys(undefined),
    admission: createAdmission({ clock: systemClock, delay: watchLoopDelay(), metrics, shortestQueue: () => 0 }),
    rateLimits: createRateLimits({ searches: 1e9, bookings: 1e9, reads: 1e9 }, systemClock),
    trustedHops: 0,
    clock: systemClock,
    log: silentLog,
    metrics,
    otherParts: () => ({}),
    version: '0',
  })
  const server = await startServer(app, {
    ...{ host: '127.0.0.1', port: 0, clock: systemClock },
    limits: { connectionsMax: 10_000, perAddressMax: 4_000 },
  })
  return { port: server.port, close: () => server.close(100) }
}

async function warm(port: number): Promise<{ readonly bytes: number }> {
  const pool = new Pool(`http://127.0.0.1:${port}`)
  const answer = await post(pool)
  await pool.close()
  return { bytes: answer.byteLength }
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

function variant(port: number, bytes: number, close: () => Promise<void> | void): Variant {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: inFlight })
  return {
    async run() {
      await Promise.all(Array.from({ length: inFlight }, () => post(pool)))
      return inFlight
    },
    async check() {
      const answer = await post(pool)
      if (Math.abs(answer.byteLength - bytes) > 200) throw new Error(`${answer.byteLength} bytes instead of ${bytes}`)
    },
    async close() {
      await pool.close()
      await close()
    },
  }
}
