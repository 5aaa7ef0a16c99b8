import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { makeRedisEvidence } from '../../src/shopping/evidence.redis.ts'
import { FlightChanges } from '../../src/shopping/flight-changes.ts'
import { layerOfferStores } from '../../src/shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { openRedisOfferStore } from '../../src/shopping/offer-store.redis.ts'
import { makeRedisLeases } from '../../src/shopping/search-lease.redis.ts'
import { offerStoreContract } from '../contract/offer-store.ts'
import { makeOffer, outbound } from '../shopping/support/offers.ts'
import { contextOf, jsonOf, openShopping } from '../shopping/support/shopping.ts'
import { fakeSupplier } from '../shopping/support/suppliers.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'
import { uniqueName } from '../support/services.ts'
import { until } from '../support/until.ts'

/** A real cluster of six nodes: each command there must keep to one slot, and a master may be lost. */
let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startRedisCluster()
}, 60_000)
afterAll(async () => {
  await cluster?.close()
})

function openRedis(keyPrefix: string, changes = new FlightChanges(systemClock)) {
  const { url } = cluster
  return openRedisOfferStore({ url, keyPrefix, publicPrefix: keyPrefix, changes, clock: systemClock, log: silentLog })
}

offerStoreContract('offers in a Redis cluster', async () => {
  const store = openRedis(`${uniqueName()}:`)
  await store.ready(5_000)
  return { store, now: systemClock.now, pass: ms => systemClock.sleep(ms), close: store.close }
})

const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
const flights = Array.from({ length: 45 }, (_, i) =>
  makeOffer({
    price: 50_000 + 100 * i,
    slices: [[{ ...outbound, flight: `BA${100 + i}`, departure: `${day}T08:20:00`, arrival: `${day}T11:15:00` }]],
  }),
)
const context = contextOf()

/** Questions that differ in what suppliers do not look at here. */
const question = (n: number) => ({
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: day }],
  passengers: [{ type: 'ADT' as const }],
  pointOfSale: 'GB',
  accountCodes: [{ carrier: 'BA', code: `A${n}` }],
})

async function openProcess(prefix: string) {
  const changes = new FlightChanges(systemClock)
  const redis = openRedis(prefix, changes)
  await redis.ready(5_000)
  const supplier = fakeSupplier('alpha', flights)
  const { shopping } = openShopping([supplier], {
    clock: systemClock,
    store: layerOfferStores(makeMemoryOfferStore(systemClock, { changes }), redis, noMetrics, silentLog),
    leases: makeRedisLeases(redis.link, prefix, systemClock),
    evidence: makeRedisEvidence(redis.link, prefix),
    health: { redis: redis.health, elasticsearch: () => 'off' },
  })
  return { shopping, supplier }
}

describe('two processes over a Redis cluster', () => {
  it('answer for each other, and take changed flights out of use for each other', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openProcess(prefix), await openProcess(prefix)]
    try {
      for (let n = 0; n < 20; n++) {
        const search = jsonOf(await a.shopping.search(question(n), context))
        expect(jsonOf(await b.shopping.getSearch(search.id, context))).toEqual(search)
        expect(jsonOf(await b.shopping.search(question(n), context)).cache.status).toBe('hit')
      }
      const before = jsonOf(await b.shopping.search(question(1), context))
      a.supplier.confirm = async () => ({ kind: 'gone', fault: soldOut })
      expect((await a.shopping.confirmPrice(before.offers[0].id, context)).kind).toBe('gone')
      await systemClock.sleep(25)
      expect(jsonOf(await b.shopping.search(question(1), context)).cache.status).toBe('miss')
    } finally {
      await a.shopping.close()
      await b.shopping.close()
    }
  })

  it('lose a master under load: no search fails or waits for it, and it is used again when its replica has taken over', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openProcess(prefix), await openProcess(prefix)]
    const times: number[] = []
    let loading = true
    let n = 0
    const load = async ({ shopping }: typeof a): Promise<void> => {
      while (loading) {
        const start = performance.now()
        const search = jsonOf(await shopping.search(question(n++ % 40), context))
        times.push(performance.now() - start)
        expect(search.offers).toHaveLength(20)
        await systemClock.sleep(5)
      }
    }
    const loads = [load(a), load(b), load(a), load(b)]
    try {
      await until(() => times.length > 100, 'there is load')
      // that of the record of changed flights, which everybody reads
      await cluster.killMasterOf(`${prefix}shop:v2:changes`)
      await until(async () => !(await cluster.isWhole()), 'the loss is noticed')
      await until(cluster.isWhole, 'the replica has taken over')
      const isUsed = async (): Promise<boolean> => {
        const key = question(1_000 + n++)
        await a.shopping.search(key, context)
        return jsonOf(await b.shopping.search(key, context)).cache.status === 'hit'
      }
      await until(isUsed, 'what one found the other uses again')
      expect(a.shopping.health().redis).toBe('ok')
    } finally {
      loading = false
      await Promise.all(loads)
      await a.shopping.close()
      await b.shopping.close()
    }
    const worst = [...times].sort((x, y) => y - x)
    console.log(`${times.length} searches, the longest ${worst.slice(0, 5).map(Math.round).join(', ')} ms`)
    expect(worst[0]).toBeLessThan(500)
  }, 60_000)
})

const soldOut = { kind: 'sold-out', code: null, text: 'sold out', mayHaveBooked: false, retryAfterMs: null } as const
