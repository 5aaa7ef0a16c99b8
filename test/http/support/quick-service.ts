import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { type Log, silentLog } from '../../../src/core/log.ts'
import { prometheusMetrics } from '../../../src/core/metrics.prometheus.ts'
import { type Admission, admitAll } from '../../../src/http/admission.ts'
import { createApp } from '../../../src/http/app.ts'
import { parseApiKeys } from '../../../src/http/auth.ts'
import type { HttpParts } from '../../../src/http/parts.ts'
import { quickSearches } from '../../../src/http/quick-searches.ts'
import { createRateLimits } from '../../../src/http/rate-limits.ts'
import { startServer } from '../../../src/http/server.ts'
import type { ShoppingParts } from '../../../src/shopping/service.ts'
import { flightsAhead, requestAhead } from '../../shopping/support/processes.ts'
import { type AnyJson, openShopping } from '../../shopping/support/shopping.ts'
import { fakeSupplier } from '../../shopping/support/suppliers.ts'

const closers: (() => Promise<unknown>)[] = []

export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) await close()
}

export type QuickWish = {
  readonly keys?: string
  readonly searches?: number
  readonly admission?: Admission
  readonly log?: Log
  /** Of shopping; the server's own time goes on. */
  readonly clock?: Clock
  readonly supplier?: ReturnType<typeof fakeSupplier>
  readonly parts?: Partial<ShoppingParts>
}

export const searchText = JSON.stringify(requestAhead)

/** Shopping over one supplier, behind a real server with the quick way in front. */
export async function service(wish: QuickWish = {}) {
  const { keys, searches = 1_000, admission = admitAll, log = silentLog, clock = systemClock, parts = {} } = wish
  const supplier = wish.supplier ?? fakeSupplier('alpha', flightsAhead(45))
  const { shopping } = openShopping([supplier], { ...parts, clock })
  const metrics = prometheusMetrics()
  const http = {
    ...{ shopping, metrics, admission, log, clock: systemClock, keys: parseApiKeys(keys), trustedHops: 0 },
    rateLimits: createRateLimits({ searches, bookings: 0, reads: 0 }, systemClock),
  } as Partial<HttpParts> as HttpParts
  const server = await startServer(createApp(http), {
    ...{ host: '127.0.0.1', port: 0, clock: systemClock },
    limits: { connectionsMax: 100, perAddressMax: 100 },
    inFront: next => quickSearches(http, next),
  })
  closers.push(() => server.close(100))
  const url = `http://127.0.0.1:${server.port}`
  const ask = async (body = searchText, headers: Readonly<Record<string, string>> = {}) => {
    const all = { 'content-type': 'application/json', ...headers }
    const answer = await fetch(`${url}/v1/searches`, { method: 'POST', headers: all, body })
    return { status: answer.status, headers: answer.headers, json: (await answer.json()) as AnyJson }
  }
  return { ask, url, port: server.port, supplier, shopping, metrics }
}
