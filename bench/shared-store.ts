import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import { FlightChanges } from '../src/shopping/flight-changes.ts'
import { layerOfferStores } from '../src/shopping/layered-offer-store.ts'
import { type MemoryLimits, makeMemoryOfferStore } from '../src/shopping/memory-offer-store.ts'
import type { OfferStore } from '../src/shopping/offer-store.ts'
import { openRedisOfferStore } from '../src/shopping/offer-store.redis.ts'

/** Memory in front of Redis, as the service has it. */
export async function openSharedStore(url: string, limits: MemoryLimits): Promise<OfferStore> {
  const changes = new FlightChanges(systemClock)
  const redis = openRedisOfferStore({ url, keyPrefix: 'bench:', changes, clock: systemClock, log: silentLog })
  await redis.ready(5_000)
  return layerOfferStores(makeMemoryOfferStore(systemClock, { limits, changes }), redis, noMetrics, silentLog)
}
