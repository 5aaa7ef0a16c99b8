import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { makeRedisEvidence } from '../../src/shopping/evidence.redis.ts'
import { FlightChanges } from '../../src/shopping/flight-changes.ts'
import { layerOfferStores } from '../../src/shopping/layered-offer-store.ts'
import { limitsBesideShared, type MemoryLimits, makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { withNews } from '../../src/shopping/news.ts'
import { openRedisOfferStore } from '../../src/shopping/offer-store.redis.ts'
import type { SearchRequest } from '../../src/shopping/port.ts'
import { makeRedisLeases } from '../../src/shopping/search-lease.redis.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel, type Tunnel } from '../support/tunnel.ts'
import { makeOffer, outbound } from './support/offers.ts'
import { type AnyJson, contextOf, jsonOf, openShopping } from './support/shopping.ts'
import { type FakeSupplier, fakeSupplier } from './support/suppliers.ts'

/** Whole processes (searches, leases, what is learned) over one Redis, one of them through a tunnel that fails. */
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const context = contextOf()
const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
const flights = Array.from({ length: 45 }, (_, i) =>
  makeOffer({
    price: 50_000 + 100 * i,
    slices: [[{ ...outbound, flight: `BA${100 + i}`, departure: `${day}T08:20:00`, arrival: `${day}T11:15:00` }]],
  }),
)
const question = (n: number): SearchRequest => ({
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: day }],
  passengers: [{ type: 'ADT' }],
  accountCodes: [{ carrier: 'BA', code: `A${n}` }],
})

type Process = Awaited<ReturnType<typeof openProcess>>

async function openProcess(
  prefix: string,
  url = redisUrl(),
  supplier: FakeSupplier = fakeSupplier('alpha', flights),
  clock: Clock = systemClock,
  limits: MemoryLimits = limitsBesideShared,
) {
  const changes = new FlightChanges(clock)
  const redis = openRedisOfferStore({
    ...{ url, keyPrefix: prefix, publicPrefix: prefix, changes, clock: clock, log: silentLog },
  })
  await redis.ready(5_000)
  const { shopping } = openShopping([supplier], {
    clock: clock,
    store: layerOfferStores(makeMemoryOfferStore(clock, { changes, limits }), redis, noMetrics, silentLog),
    leases: makeRedisLeases(redis.link, prefix, clock),
    evidence: makeRedisEvidence(redis.link, prefix),
    health: { redis: redis.health, elasticsearch: () => 'off' },
  })
  closers.push(shopping.close)
  return { shopping, supplier }
}

async function search({ shopping }: Process, n: number): Promise<AnyJson> {
  return jsonOf(await shopping.search(question(n), context))
}

async function timed(work: () => Promise<AnyJson>): Promise<number> {
  const start = performance.now()
  expect((await work()).offers).toHaveLength(20)
  return performance.now() - start
}

/** Two waits of a command, and a busy machine. */
const boundMs = 600

describe('a Redis that fails under a search', () => {
  const faults: readonly (readonly [string, (tunnel: Tunnel) => unknown])[] = [
    ['is cut', tunnel => tunnel.cut()],
    ['hangs', tunnel => tunnel.stall()],
    ['is half open', tunnel => tunnel.freeze()],
    ['is slow (60 ms)', tunnel => tunnel.slow(60)],
    ['is slow (400 ms)', tunnel => tunnel.slow(400)],
  ]
  it.each(faults)('%s: none fails and none waits long for it, new questions and old ones', async (_, strike) => {
    const prefix = `${uniqueName()}:`
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const process = await openProcess(prefix, tunnel.url)
    for (let n = 0; n < 5; n++) await search(process, n)
    await strike(tunnel)
    const times: number[] = []
    for (let n = 0; n < 15; n++) times.push(await timed(() => search(process, n)))
    const atOnce = await Promise.all(Array.from({ length: 20 }, (_, n) => timed(() => search(process, 100 + (n % 10)))))
    expect(Math.max(...times, ...atOnce)).toBeLessThan(boundMs)
    await tunnel.restore()
    await vi.waitFor(
      async () => {
        await search(process, 200)
        expect(process.shopping.health().redis).toBe('ok')
      },
      { timeout: 5_000, interval: 10 },
    )
  })
})

describe('what one process was shown while Redis did not answer it', () => {
  it.each([
    ['hung', (tunnel: Tunnel) => tunnel.stall()],
    ['was cut', (tunnel: Tunnel) => tunnel.cut()],
  ])('the others never say that it has expired, and find it once Redis is back, where it %s', async (_, strike) => {
    const prefix = `${uniqueName()}:`
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const [a, b] = [await openProcess(prefix, tunnel.url), await openProcess(prefix)]
    await strike(tunnel)
    const { id, offers } = await search(a, 1)
    // until the store was asked in vain, and told so
    await vi.waitFor(() => expect(a.shopping.health().redis).toBe('degraded'), { timeout: 5_000, interval: 10 })
    await expect(b.shopping.getSearch(id, context)).rejects.toMatchObject({ type: 'unavailable' })
    await tunnel.restore()
    await vi.waitFor(async () => expect((await b.shopping.getSearch(id, context)).id).toBe(id), { timeout: 9_000 })
    await b.shopping.getOffer(offers[0].id, context)
  })

  it('it shows again itself, though it keeps nothing that Redis has', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const prefix = `${uniqueName()}:`
    const limits = { ...limitsBesideShared, sharedViewBytesMax: 1 }
    const a = await openProcess(prefix, tunnel.url, fakeSupplier('alpha', flights), systemClock, limits)
    const before = await search(a, 0)
    // written behind the answer
    const b = await openProcess(prefix)
    await vi.waitFor(async () => expect((await b.shopping.getSearch(before.id, context)).id).toBe(before.id))
    // its answers come in order: with this one that of the writing has come too
    await search(a, 99)
    await tunnel.cut()
    const shown = await Promise.all(Array.from({ length: 8 }, (_, n) => search(a, 1 + n)))
    // the first is in Redis only
    await expect(a.shopping.getSearch(before.id, context)).rejects.toMatchObject({ type: 'unavailable' })
    for (const { id, offers } of shown) {
      expect((await a.shopping.getSearch(id, context)).id).toBe(id)
      await a.shopping.getOffer(offers[3].id, context)
    }
  })

  it('nor of an offer whose price was confirmed long after its search', async () => {
    const prefix = `${uniqueName()}:`
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    let laterMs = 0
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + laterMs }
    const supplier = (): FakeSupplier => fakeSupplier('alpha', flights)
    const a = await openProcess(prefix, tunnel.url, supplier(), clock)
    const b = await openProcess(prefix, redisUrl(), supplier(), clock)
    const { offers } = await search(a, 1)
    a.supplier.confirm = async offer => ({
      kind: 'confirmed',
      offer: { ...makeOffer({ price: 61_000 }), slices: offer.slices },
    })
    laterMs = 60_000
    await tunnel.stall()
    const confirmed = await a.shopping.confirmPrice(offers[0].id, context)
    const { id } = confirmed.kind === 'changed' ? confirmed.stored.offer : { id: 'off_' as const }
    await expect(b.shopping.getOffer(id, context)).rejects.toMatchObject({ type: 'unavailable' })
    await tunnel.restore()
    await vi.waitFor(async () => expect(jsonOf(await b.shopping.getOffer(id, context)).id).toBe(id), { timeout: 9_000 })
  })
})

describe('what one process sells or finds sold', () => {
  const soldOut = { kind: 'sold-out', code: null, text: 'sold out', mayHaveBooked: false, retryAfterMs: null } as const

  async function openTwo() {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openProcess(prefix), await openProcess(prefix)]
    const first = await search(a, 1)
    await vi.waitFor(async () => expect((await search(b, 1)).cache.status).toBe('hit'))
    return { a, b, first }
  }
  const bothAskAnew = async (a: Process, b: Process): Promise<void> => {
    // a process that has just looked looks again after 20 ms
    await systemClock.sleep(25)
    const before = a.supplier.asked.length + b.supplier.asked.length
    expect((await search(b, 1)).cache.status).not.toBe('hit')
    expect(a.supplier.asked.length + b.supplier.asked.length).toBe(before + 1)
  }

  it('a price that is another one at confirmation is offered by neither again', async () => {
    const { a, b, first } = await openTwo()
    a.supplier.confirm = async offer => ({
      kind: 'confirmed',
      offer: { ...makeOffer({ price: 61_000 }), slices: offer.slices },
    })
    expect((await a.shopping.confirmPrice(first.offers[3].id, context)).kind).toBe('changed')
    await bothAskAnew(a, b)
    expect(b.shopping.cacheReport('alpha').confirmations).toBeLessThanOrEqual(1)
  })

  it('an offer that is gone at confirmation neither', async () => {
    const { a, b, first } = await openTwo()
    a.supplier.confirm = async () => ({ kind: 'gone', fault: soldOut })
    expect((await a.shopping.confirmPrice(first.offers[3].id, context)).kind).toBe('gone')
    await bothAskAnew(a, b)
  })

  it('a price that holds leaves everything in use', async () => {
    const { a, b, first } = await openTwo()
    a.supplier.confirm = async offer => ({ kind: 'confirmed', offer })
    expect((await a.shopping.confirmPrice(first.offers[3].id, context)).kind).toBe('unchanged')
    await systemClock.sleep(25)
    expect((await search(b, 1)).cache.status).toBe('hit')
  })

  it.each(['created', 'unknown', 'sold-out'] as const)('nor what an order took the seats of (%s)', async kind => {
    const { a, b, first } = await openTwo()
    const { net } = await a.shopping.getStoredOffer(first.offers[3].id, context)
    const outcome =
      kind === 'created'
        ? ({ kind, order: {} as never } as const)
        : ({ kind: kind === 'unknown' ? 'unknown' : 'refused', fault: soldOut } as const)
    const provider = withNews({ ...a.supplier, createOrder: async () => outcome }, a.shopping.noteOrder)!
    expect(await provider.createOrder({ offer: net } as never, {} as never)).toBe(outcome)
    await bothAskAnew(a, b)
  })
})
