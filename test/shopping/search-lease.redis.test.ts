import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { StoreUnavailable } from '../../src/shopping/offer-store.ts'
import { RedisLink } from '../../src/shopping/redis-link.redis.ts'
import { makeRedisLeases } from '../../src/shopping/search-lease.redis.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function openLeases(prefix: string, url = redisUrl()) {
  const link = new RedisLink(url, systemClock, silentLog)
  closers.push(() => link.close())
  await link.ready(5_000)
  return makeRedisLeases(link, prefix, systemClock)
}

const never = new AbortController().signal

describe('the lease of a question in Redis', () => {
  it('is held by one process at a time, and free at once when released', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openLeases(prefix), await openLeases(prefix)]
    const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? a : b).acquire('q', 5_000)))
    const held = taken.filter(lease => lease !== undefined)
    expect(held).toHaveLength(1)
    expect(await b.acquire('another', 5_000)).toBeDefined()
    const start = performance.now()
    const waited = b.waitUntilFree('q', 4_000, never).then(() => performance.now() - start)
    await systemClock.sleep(100)
    await held[0]!.release()
    const ms = await waited
    expect(ms).toBeGreaterThan(95)
    expect(ms).toBeLessThan(1_000)
    expect(await b.acquire('q', 5_000)).toBeDefined()
  })

  it('runs out by itself, and what ran out releases and renews nothing of the next holder', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openLeases(prefix), await openLeases(prefix)]
    const first = (await a.acquire('q', 60))!
    expect(await first.renew(80)).toBe(true)
    await b.waitUntilFree('q', 2_000, never)
    const second = (await b.acquire('q', 5_000))!
    expect(await first.renew(5_000)).toBe(false)
    await first.release()
    expect(await a.acquire('q', 5_000)).toBeUndefined()
    expect(await second.renew(5_000)).toBe(true)
  })

  it('waits no longer than asked, nor for who has left', async () => {
    const leases = await openLeases(`${uniqueName()}:`)
    await leases.acquire('q', 10_000)
    const start = performance.now()
    await leases.waitUntilFree('q', 60, never)
    const leaving = new AbortController()
    const waited = leases.waitUntilFree('q', 10_000, leaving.signal)
    leaving.abort()
    await waited
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  it('says that it cannot say while Redis is away', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const leases = await openLeases(`${uniqueName()}:`, tunnel.url)
    const lease = (await leases.acquire('q', 10_000))!
    tunnel.stall()
    const unavailable = expect.any(StoreUnavailable)
    await expect(leases.acquire('q', 10_000)).rejects.toEqual(unavailable)
    await expect(leases.waitUntilFree('q', 10_000, never)).rejects.toEqual(unavailable)
    await expect(lease.renew(10_000)).rejects.toEqual(unavailable)
    await tunnel.restore()
    await vi.waitFor(async () => expect(await leases.acquire('other', 1_000)).toBeDefined(), { timeout: 5_000 })
  })
})
