import { openPostgresBookingStore } from '../src/booking/booking-store.postgres.ts'
import { createBookings } from '../src/booking/service.ts'
import { systemClock } from '../src/core/clock.ts'
import { pinoLog } from '../src/core/log.pino.ts'
import { prometheusMetrics } from '../src/core/metrics.prometheus.ts'
import { createAdmission } from '../src/http/admission.ts'
import { createApp } from '../src/http/app.ts'
import { parseApiKeys } from '../src/http/auth.ts'
import { watchLoopDelay } from '../src/http/loop-delay.ts'
import { createRateLimits } from '../src/http/rate-limits.ts'
import { startServer } from '../src/http/server.ts'
import type { MarketReads } from '../src/market/port.ts'
import type { Messaging } from '../src/messaging/port.ts'
import type { Shopping } from '../src/shopping/port.ts'
import { fakeGateway, fakeShopping, fakeSupplier, masterKeys } from '../test/booking/fakes.ts'
import { bookingRequest, storedOffer } from '../test/booking/sample.ts'

/** The API for bookings over a real PostgreSQL; supplier, gateway and offer are in memory and answer at once. */
export type BookingBench = {
  readonly port: number
  readonly body: string
  readonly statements: () => number
  close(): Promise<void>
}

/** Far more than are booked at once. Of 200 the search for one was 1 % of a booking. */
const knownMax = 64

const never = (): 'ok' => 'ok'

export async function startBookingBench(url: string): Promise<BookingBench> {
  let statements = 0
  const log = pinoLog('info')
  const metrics = prometheusMetrics()
  const stored = storedOffer()
  const supplier = fakeSupplier(never)
  const gateway = fakeGateway(never)
  // they look for what they know from its beginning: only what may be under way is kept
  const forgetOld = (): void => {
    if (supplier.pnrs.length > knownMax) supplier.pnrs.splice(0, knownMax / 2)
    if (gateway.payments.size <= knownMax) return
    for (const id of [...gateway.payments.keys()].slice(0, knownMax / 2)) gateway.payments.delete(id)
  }
  const onStatement = (name: string): void => {
    // what the background looks for is not asked for by a booking
    if (name === 'claim-due' || name === 'drop-expired-keys') return
    statements++
    if (name === 'claim-key') forgetOld()
  }
  const bookings = createBookings({
    ...{ log, metrics, masterKeys, clock: systemClock },
    store: openPostgresBookingStore({ url, log, onStatement }),
    shopping: fakeShopping(stored),
    findProvider: code => (code === supplier.code ? supplier : undefined),
    gateway,
  })
  const app = createApp({
    ...{ bookings, log, metrics, clock: systemClock },
    shopping: {} as Shopping,
    messaging: {} as Messaging,
    providers: { list: () => [], find: () => undefined, close: () => Promise.resolve() },
    market: {} as MarketReads,
    popular: { routes: () => Promise.resolve([]) },
    sandbox: () => null,
    keys: parseApiKeys(undefined),
    admission: createAdmission({
      ...{ clock: systemClock, metrics },
      delay: watchLoopDelay(systemClock),
      shortestQueue: () => 0,
    }),
    rateLimits: createRateLimits({ searches: 1e9, bookings: 1e9, reads: 1e9 }, systemClock),
    trustedHops: 0,
    otherParts: () => ({}),
    version: '0',
  })
  const server = await startServer(app, {
    ...{ host: '127.0.0.1', port: 0, clock: systemClock },
    limits: { connectionsMax: 10_000, perAddressMax: 4_000 },
  })
  return {
    port: server.port,
    body: JSON.stringify(bookingRequest(stored)),
    statements: () => statements,
    async close() {
      await server.close(100)
      await bookings.close()
    },
  }
}
