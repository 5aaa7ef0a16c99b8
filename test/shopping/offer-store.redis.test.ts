import { Redis } from 'ioredis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { formatVersion } from '../../src/shopping/codec.ts'
import { openRedisOfferStore } from '../../src/shopping/offer-store.redis.ts'
import { StoreUnavailable } from '../../src/shopping/offer-store.ts'
import { readyAnswerOf } from '../../src/shopping/ready-answer.ts'
import { offerStoreContract } from '../contract/offer-store.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'
import { cursors, manyOffers, netSetOf, viewOf } from './support/views.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(url = redisUrl(), keyPrefix = `${uniqueName()}:`) {
  const store = openRedisOfferStore({ url, keyPrefix, publicPrefix: keyPrefix, clock: systemClock, log: silentLog })
  closers.push(store.close)
  await store.ready(5_000)
  return { store, keyPrefix }
}

async function look(): Promise<Redis> {
  const redis = new Redis(redisUrl())
  closers.push(async () => redis.disconnect())
  return redis
}

offerStoreContract('offers in Redis', async () => {
  const { store } = await open()
  return { store, now: systemClock.now, pass: ms => systemClock.sleep(ms), close: async () => {} }
})

const fresh = (count: number, ttlMs = 600_000) => viewOf(manyOffers(count), { now: Date.now(), ttlMs })

describe('offers in Redis', () => {
  it('lets no key of a view live longer than the view', async () => {
    const { store, keyPrefix } = await open()
    const view = fresh(30)
    await store.saveView(view)
    const redis = await look()
    const keys = await redis.keys(`${keyPrefix}*{${view.head.id}}*`)
    expect(keys).toHaveLength(7)
    for (const key of keys) expect(await redis.pexpiretime(key)).toBe(view.head.expiresAt)
  })

  it('keeps offers as msgpack with the version first, and what another version wrote is not read', async () => {
    const { store, keyPrefix } = await open()
    const view = fresh(1)
    await store.saveView(view)
    const redis = await look()
    const key = (await redis.keys(`${keyPrefix}*:offers`))[0]!
    const bytes = (await redis.hgetBuffer(key, '000'))!
    expect(bytes[0]).toBe(formatVersion)
    expect(key).toContain(`:v${formatVersion}:`)
    bytes[0] = 99
    await redis.hset(key, '000', bytes)
    expect(await store.findOffer(view.head.id, 0)).toBeUndefined()
  })

  it('has no set and no answer where another version wrote them', async () => {
    const { store, keyPrefix } = await open()
    const mark = store.mark()
    const reusableUntil = Date.now() + 60_000
    const net = netSetOf(manyOffers(3), { mark, reusableUntil })
    await store.saveNet('a question', net)
    await store.saveAnswer('question default', { ...readyAnswerOf(fresh(3), net, cursors), usableUntil: reusableUntil })
    expect(await store.findNet('a question')).toBeDefined()
    expect(await store.findAnswer('question default')).toBeDefined()
    const redis = await look()
    for (const key of await redis.keys(`${keyPrefix}*question*`)) {
      const bytes = (await redis.getBuffer(key))!
      bytes[0] = formatVersion + 1
      await redis.set(key, bytes, 'KEEPTTL')
    }
    expect(await store.findNet('a question')).toBeUndefined()
    expect(await store.findAnswer('question default')).toBeUndefined()
  })

  it('notes the lowest price of a flight by booking class, for a limited time', async () => {
    const { store, keyPrefix } = await open()
    const row = { origin: 'LHR', destination: 'JFK', date: '2027-03-10', member: 'BA117:O:economy', euroCents: 50_000 }
    const until = Date.now() + 60_000
    await store.noteAvailability([row, { ...row, member: 'BA117:J:business', euroCents: 250_000 }], until)
    await store.noteAvailability([{ ...row, euroCents: 48_000 }], until + 60_000)
    await store.noteAvailability([{ ...row, euroCents: 52_000 }], until + 60_000)
    const redis = await look()
    const key = `${keyPrefix}flight:availability:LHR:JFK:2027-03-10`
    expect(await redis.zrange(key, 0, -1, 'WITHSCORES')).toEqual([
      'BA117:O:economy',
      '48000',
      'BA117:J:business',
      '250000',
    ])
    expect(await redis.pexpiretime(key)).toBe(until)
  })

  it('is unavailable at once while Redis is away, says so, and works again when it is back', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const { store } = await open(tunnel.url)
    const view = fresh(10)
    await store.saveView(view)
    await tunnel.cut()
    await vi.waitFor(() => expect(store.health()).toBe('degraded'), { timeout: 2_000, interval: 5 })
    const start = performance.now()
    for (let i = 0; i < 20; i++) await expect(store.findFirstPage(view.head.id)).rejects.toThrow(StoreUnavailable)
    await expect(store.saveView(fresh(10))).rejects.toThrow(StoreUnavailable)
    expect(performance.now() - start).toBeLessThan(150)
    await tunnel.restore()
    await vi.waitFor(() => expect(store.health()).toBe('ok'), { timeout: 5_000, interval: 10 })
    expect(await store.findFirstPage(view.head.id)).toBeDefined()
  })

  it('waits at most 150 ms for a Redis that hangs, and soon not at all', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const { store } = await open(tunnel.url)
    const view = fresh(10)
    await store.saveView(view)
    tunnel.stall()
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      const start = performance.now()
      await expect(store.findFirstPage(view.head.id)).rejects.toThrow(StoreUnavailable)
      waits.push(performance.now() - start)
    }
    expect(Math.max(...waits)).toBeLessThan(300)
    expect(waits.filter(ms => ms > 20).length).toBeLessThanOrEqual(3)
    expect(store.health()).toBe('degraded')
    await tunnel.restore()
    await vi.waitFor(() => expect(store.health()).toBe('ok'), { timeout: 5_000, interval: 10 })
    expect(await store.findFirstPage(view.head.id)).toBeDefined()
  })

  it('gives up a connection that hangs and takes a new one', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const { store } = await open(tunnel.url)
    const view = fresh(10)
    await store.saveView(view)
    tunnel.freeze()
    for (let i = 0; i < 3; i++) await expect(store.findFirstPage(view.head.id)).rejects.toThrow(StoreUnavailable)
    await vi.waitFor(() => expect(store.health()).toBe('ok'), { timeout: 5_000, interval: 10 })
    expect(await store.findFirstPage(view.head.id)).toBeDefined()
  })

  it('says at start-up in one sentence that there is no server', async () => {
    const tunnel = await startTunnel(redisUrl())
    await tunnel.close()
    const store = openRedisOfferStore({ url: tunnel.url, keyPrefix: 'x:', clock: systemClock, log: silentLog })
    closers.push(store.close)
    await expect(store.ready(100)).rejects.toThrow(/^there is no Redis at 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
    expect(store.health()).toBe('degraded')
    const { store: other } = await open()
    await other.ready(100)
  })
})
