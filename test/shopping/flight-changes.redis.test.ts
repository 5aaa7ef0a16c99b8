import { Redis } from 'ioredis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { FlightChanges } from '../../src/shopping/flight-changes.ts'
import { layerOfferStores } from '../../src/shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { openRedisOfferStore } from '../../src/shopping/offer-store.redis.ts'
import type { OfferStore } from '../../src/shopping/offer-store.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel, type Tunnel } from '../support/tunnel.ts'
import { manyOffers, netSetOf } from './support/views.ts'

/** What one process learns of a flight, and what the others then still answer with: each with memory of its own over one
 *  Redis, some of them through a tunnel. */
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function openProcess(keyPrefix: string, url = redisUrl()): Promise<OfferStore> {
  const changes = new FlightChanges(systemClock)
  const memory = makeMemoryOfferStore(systemClock, { changes })
  const redis = openRedisOfferStore({ url, keyPrefix, changes, clock: systemClock, log: silentLog })
  closers.push(redis.close)
  await redis.ready(5_000)
  return layerOfferStores(memory, redis, noMetrics, silentLog)
}

async function openTunnel(): Promise<Tunnel> {
  const tunnel = await startTunnel(redisUrl())
  closers.push(tunnel.close)
  return tunnel
}

const offers = manyOffers(30)
const changed = [offers[3]!]
const question = 'a question'

const save = (store: OfferStore, key = question): Promise<void> =>
  store.saveNet(key, netSetOf(offers, { mark: store.mark(), reusableUntil: Date.now() + 60_000 }))
/** Longer than a process uses what it holds without looking whether it still may. */
const later = (): Promise<void> => systemClock.sleep(25)

describe('a flight that one process found changed', () => {
  it('takes cached searches out of use in every process, in memory and in Redis', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b, c] = [await openProcess(prefix), await openProcess(prefix), await openProcess(prefix)]
    await save(a)
    expect(await b.findNet(question)).toBeDefined()
    await a.noteChange(changed)
    await later()
    for (const store of [a, b, c]) expect(await store.findNet(question)).toBeUndefined()
    expect(await (await openProcess(prefix)).findNet(question)).toBeUndefined()
    await save(b)
    await later()
    for (const store of [a, b, c]) expect(await store.findNet(question)).toBeDefined()
  })

  it.each(['cut', 'stall', 'freeze'] as const)(
    'is not used again by a process that heard nothing of it (%s), from its first look after',
    async loss => {
      const prefix = `${uniqueName()}:`
      const tunnel = await openTunnel()
      const a = await openProcess(prefix)
      const b = await openProcess(prefix, tunnel.url)
      await save(a)
      expect(await b.findNet(question)).toBeDefined()
      await tunnel[loss]()
      await a.noteChange(changed)
      await tunnel.restore()
      if (loss !== 'cut') await vi.waitFor(() => expect(b.health()).toBe('ok'), { timeout: 5_000, interval: 5 })
      await later()
      const start = performance.now()
      expect(await b.findNet(question)).toBeUndefined()
      expect(performance.now() - start).toBeLessThan(1_000)
    },
  )

  it('is told when Redis is back by the process that could not tell it', async () => {
    const prefix = `${uniqueName()}:`
    const tunnel = await openTunnel()
    const a = await openProcess(prefix, tunnel.url)
    const b = await openProcess(prefix)
    await save(b)
    await tunnel.cut()
    await a.noteChange(changed)
    expect(await b.findNet(question)).toBeDefined()
    await tunnel.restore()
    await vi.waitFor(async () => expect(await b.findNet(question)).toBeUndefined(), { timeout: 5_000, interval: 10 })
  })

  it('is not missed where the record was lost: nothing cached before is used', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openProcess(prefix), await openProcess(prefix)]
    await save(a)
    expect(await b.findNet(question)).toBeDefined()
    await a.noteChange(changed)
    const redis = new Redis(redisUrl())
    closers.push(async () => redis.disconnect())
    const [record] = await redis.keys(`${prefix}*changes`)
    await redis.del(record!)
    await later()
    expect(await b.findNet(question)).toBeUndefined()
    await save(b)
    await later()
    expect(await b.findNet(question)).toBeDefined()
    expect(await a.findNet(question)).toBeDefined()
  })

  it('is not missed by a process that is cut off: soon it uses nothing that it cannot prove', async () => {
    const prefix = `${uniqueName()}:`
    const tunnel = await openTunnel()
    let ahead = 0
    const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + ahead }
    const changes = new FlightChanges(clock)
    const redis = openRedisOfferStore({ url: tunnel.url, keyPrefix: prefix, changes, clock, log: silentLog })
    closers.push(redis.close)
    await redis.ready(5_000)
    const store = layerOfferStores(makeMemoryOfferStore(clock, { changes }), redis, noMetrics, silentLog)
    await save(store)
    await tunnel.cut()
    ahead = 1_500
    expect(await store.findNet(question)).toBeDefined()
    ahead = 3_000
    expect(await store.findNet(question)).toBeUndefined()
  })

  it('leaves the record bounded, and gone with the last who used it', async () => {
    const prefix = `${uniqueName()}:`
    const a = await openProcess(prefix)
    for (let i = 0; i < 50; i++) await a.noteChange([offers[i % 30]!])
    const redis = new Redis(redisUrl())
    closers.push(async () => redis.disconnect())
    const [record] = await redis.keys(`${prefix}*changes`)
    expect(await redis.xlen(record!)).toBe(51)
    const ttl = await redis.pttl(record!)
    expect(ttl).toBeGreaterThan(60 * 60_000)
    expect(ttl).toBeLessThanOrEqual(2 * 60 * 60_000)
  })
})
