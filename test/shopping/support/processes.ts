import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { noMetrics } from '../../../src/core/metrics.ts'
import { FlightChanges } from '../../../src/shopping/flight-changes.ts'
import { layerOfferStores } from '../../../src/shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from '../../../src/shopping/memory-offer-store.ts'
import { openRedisOfferStore } from '../../../src/shopping/offer-store.redis.ts'
import type { SearchRequest, Shopping } from '../../../src/shopping/port.ts'
import { makeRedisLeases } from '../../../src/shopping/search-lease.redis.ts'
import { redisUrl } from '../../support/services.ts'
import { makeOffer, outbound } from './offers.ts'
import { openShopping } from './shopping.ts'
import type { FakeSupplier } from './suppliers.ts'

/** Processes of one service over one Redis, on the real clock. */
export type ProcessParts = {
  /** Of all keys: the same for processes that belong together. */
  readonly prefix: string
  readonly suppliers: readonly FakeSupplier[]
  readonly url?: string
}

export async function openProcess({ prefix, suppliers, url = redisUrl() }: ProcessParts): Promise<Shopping> {
  const clock = systemClock
  const changes = new FlightChanges(clock)
  const memory = makeMemoryOfferStore(clock, { changes })
  const redis = openRedisOfferStore({ changes, url, keyPrefix: prefix, publicPrefix: prefix, clock, log: silentLog })
  await redis.ready(5_000)
  const { shopping } = openShopping(suppliers, {
    clock,
    store: layerOfferStores(memory, redis, noMetrics, silentLog),
    leases: makeRedisLeases(redis.link, prefix, clock),
    health: { redis: redis.health, elasticsearch: () => 'off' },
  })
  return shopping
}

const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)

export const requestAhead: SearchRequest = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: day }],
  passengers: [{ type: 'ADT' }],
}

export function flightsAhead(count: number, provider = 'alpha') {
  return Array.from({ length: count }, (_, i) =>
    makeOffer({
      provider,
      price: 50_000 + 100 * i,
      slices: [[{ ...outbound, flight: `BA${100 + i}`, departure: `${day}T08:20:00`, arrival: `${day}T11:15:00` }]],
    }),
  )
}
