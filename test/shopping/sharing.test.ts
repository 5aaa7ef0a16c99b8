import { Redis } from 'ioredis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'
import { flightsAhead, openProcess as openOne, requestAhead } from './support/processes.ts'
import { type AnyJson, contextOf, jsonOf } from './support/shopping.ts'
import { type FakeSupplier, fakeSupplier } from './support/suppliers.ts'

/** Processes of one service over one Redis, on the real clock. */
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const context = contextOf()
const flights = flightsAhead(45)
const request = requestAhead

async function openProcess(prefix: string, supplier: FakeSupplier, url = redisUrl()) {
  const shopping = await openOne({ prefix, suppliers: [supplier], url })
  closers.push(shopping.close)
  return shopping
}

describe('two processes over one Redis', () => {
  it('answer for each other: searches, pages of any sort and filter, explanations, offers, confirmations', async () => {
    const prefix = `${uniqueName()}:`
    const supplier = fakeSupplier('alpha', flights)
    const a = await openProcess(prefix, supplier)
    const b = await openProcess(prefix, supplier)
    const search = jsonOf(await a.search(request, context))
    expect(jsonOf(await b.getSearch(search.id, context))).toEqual(search)
    const queries = [
      {},
      { cursor: search.page.next },
      { sort: 'price', order: 'desc', limit: 7 },
      { sort: 'arrival', priceMax: '520.00', carriers: ['BA'] },
      { explain: true, limit: 3 },
    ] as const
    for (const query of queries) {
      expect(jsonOf(await b.listOffers(search.id, query, context))).toEqual(
        jsonOf(await a.listOffers(search.id, query, context)),
      )
    }
    const { id } = search.offers[3]
    expect(await b.getStoredOffer(id, context)).toEqual(await a.getStoredOffer(id, context))
    supplier.confirm = async offer => ({ kind: 'confirmed', offer: { ...flights[40]!, slices: offer.slices } })
    const changed = await b.confirmPrice(id, context)
    expect(changed.kind).toBe('changed')
    const stored = (changed as AnyJson).stored
    expect(await a.getStoredOffer(stored.offer.id, context)).toEqual(stored)
    await expect(b.getSearch(search.id, contextOf('other'))).rejects.toMatchObject({ type: 'not-found' })
  })

  it('ask suppliers once for one question', async () => {
    const prefix = `${uniqueName()}:`
    const supplier = fakeSupplier('alpha', flights)
    const a = await openProcess(prefix, supplier)
    const b = await openProcess(prefix, supplier)
    await a.search(request, context)
    const probe = new Redis(redisUrl())
    closers.push(async () => probe.disconnect())
    await vi.waitFor(async () => expect(await probe.keys(`${prefix}*net:*`)).toHaveLength(1), { interval: 5 })
    const second = jsonOf(await b.search(request, context))
    expect(supplier.asked).toHaveLength(1)
    expect(second).toMatchObject({ cache: { status: 'hit' }, page: { total: 45 } })
  })
})

describe('when Redis goes away', () => {
  it.each(['cut', 'stall'] as const)(
    'searches, pages and offers go on from memory, without waiting, and it is used again when it is back (%s)',
    async how => {
      const prefix = `${uniqueName()}:`
      const tunnel = await startTunnel(redisUrl())
      closers.push(tunnel.close)
      const supplier = fakeSupplier('alpha', flights)
      const shopping = await openProcess(prefix, supplier, tunnel.url)
      const before = jsonOf(await shopping.search(request, context))
      expect(shopping.health()).toMatchObject({ offers: 'ok', redis: 'ok' })
      await tunnel[how]()
      const times: number[] = []
      for (let i = 0; i < 8; i++) {
        const start = performance.now()
        const passengers = Array.from({ length: 1 + (i % 2) }, () => ({ type: 'ADT' as const }))
        const currency = ['EUR', 'USD', 'GBP', 'JPY'][i % 4]!
        const search = jsonOf(await shopping.search({ ...request, passengers, currency }, context))
        expect(jsonOf(await shopping.listOffers(search.id, { sort: 'price' }, context)).page.total).toBe(
          search.page.total,
        )
        times.push(performance.now() - start)
      }
      expect(jsonOf(await shopping.getOffer(before.offers[0].id, context))).toEqual(before.offers[0])
      expect(Math.max(...times)).toBeLessThan(3_000)
      expect(times.at(-1)).toBeLessThan(1_000)
      expect(shopping.health()).toMatchObject({ offers: 'degraded', redis: 'degraded' })
      await tunnel.restore()
      await vi.waitFor(() => expect(shopping.health().redis).toBe('ok'), { timeout: 5_000, interval: 10 })
      const after = jsonOf(await shopping.search({ ...request, locale: 'fr-FR', maxConnections: 2 }, context))
      const other = await openProcess(prefix, supplier)
      expect(jsonOf(await other.getSearch(after.id, context))).toEqual(after)
    },
  )

  it('a search that another process made is unavailable, not gone, until it would have expired', async () => {
    const prefix = `${uniqueName()}:`
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const supplier = fakeSupplier('alpha', flights)
    const a = await openProcess(prefix, supplier)
    const b = await openProcess(prefix, supplier, tunnel.url)
    const search = jsonOf(await a.search(request, context))
    await tunnel.cut()
    const unavailable = { type: 'unavailable', status: 503 }
    await expect(b.getSearch(search.id, context)).rejects.toMatchObject(unavailable)
    await expect(b.listOffers(search.id, {}, context)).rejects.toMatchObject(unavailable)
    await expect(b.getOffer(search.offers[0].id, context)).rejects.toMatchObject(unavailable)
    await expect(b.getSearch('src_nothing', context)).rejects.toMatchObject({ type: 'not-found' })
  })
})
