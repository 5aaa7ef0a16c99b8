import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { fault } from '../../src/core/fault.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import type { CreateOrderOutcome } from '../../src/providers/port.ts'
import { FlightChanges } from '../../src/shopping/flight-changes.ts'
import { layerOfferStores } from '../../src/shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { openRedisOfferStore } from '../../src/shopping/offer-store.redis.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { flightsAhead } from '../shopping/support/processes.ts'
import { contextOf, plainPricer } from '../shopping/support/shopping.ts'
import { fakeSupplier } from '../shopping/support/suppliers.ts'
import { closeAll, searchText, service } from './support/quick-service.ts'

afterEach(closeAll)

const unknown: CreateOrderOutcome = { kind: 'unknown', fault: fault('timeout', 'no answer') }

/** A search that is known by its bytes takes a way of its own: what makes an answer unfit holds there too. */
describe('the same bytes are not answered from a cache', () => {
  test('once a flight in the answer has another price, by the next request on', async () => {
    const { ask, shopping, supplier } = await service()
    const first = await ask()
    expect((await ask()).json.cache.status).toBe('hit')
    supplier.confirm = async () => ({ kind: 'confirmed', offer: flightsAhead(46)[45]! })
    await shopping.confirmPrice(first.json.offers[0].id, contextOf())
    expect((await ask()).json.cache.status).toBe('miss')
    expect(supplier.asked).toHaveLength(2)
    expect((await ask()).json.cache.status).toBe('hit')
  })

  test('once an order took seats of a flight in it', async () => {
    const { ask, shopping, supplier } = await service()
    await ask()
    expect((await ask()).json.cache.status).toBe('hit')
    await shopping.noteOrder(flightsAhead(1)[0]!, unknown)
    expect((await ask()).json.cache.status).toBe('miss')
    expect(supplier.asked).toHaveLength(2)
  })

  test('past its time: first stale and asked anew behind it, then not at all', async () => {
    const clock = manualClock(Date.now())
    const { ask, supplier } = await service({ clock })
    await ask()
    const ages: [string, number][] = []
    supplier.answer = () => new Promise(() => {})
    while (ages.at(-1)?.[0] !== 'stale') {
      const { cache } = (await ask()).json
      ages.push([cache.status, cache.ageSeconds])
      clock.advance(60_000)
    }
    expect(ages.slice(0, -1).every(([status]) => status === 'hit')).toBe(true)
    expect(ages.map(([, age]) => age)).toEqual(ages.map((_, i) => 60 * i))
    expect(supplier.asked).toHaveLength(2)
    clock.advance(30 * 60_000)
    supplier.answer = async () => ({ kind: 'offers', offers: flightsAhead(3), partial: false, warnings: [] })
    const { json } = await ask()
    expect([json.cache.status, json.page.total]).toEqual(['miss', 3])
  })

  test('of another tenant: each sees its own prices only, first and again', async () => {
    const keys = 'acme=0123456789abcdef,globex=fedcba9876543210'
    const { ask } = await service({
      keys,
      parts: {
        makePricer: ({ tenant, currency }) => {
          const price = plainPricer(currency)
          return offer => {
            const priced = price(offer)
            const total = {
              ...priced.total,
              amountMinor: priced.total.amountMinor + (tenant === 'acme' ? 1_000 : 7_000),
            }
            return { ...priced, total }
          }
        },
      },
    })
    const as = (key: string) => async () => {
      const { json } = await ask(undefined, { authorization: `Bearer ${key}` })
      return [json.id.slice(4, 17), json.offers[0].total.amount]
    }
    const [acme, globex] = [as('0123456789abcdef'), as('fedcba9876543210')]
    const [first, other] = [await acme(), await globex()]
    expect(Number(other[1]) - Number(first[1])).toBe(60)
    expect(other[0]).not.toBe(first[0])
    for (let n = 0; n < 3; n++) expect([await acme(), await globex()]).toEqual([first, other])
  })
})

describe('over one Redis', () => {
  async function twoServices() {
    const keyPrefix = `${uniqueName()}:`
    const supplier = fakeSupplier('alpha', flightsAhead(45))
    const open = async (isForgetful: boolean) => {
      const changes = new FlightChanges(systemClock)
      const options = {
        url: redisUrl(),
        keyPrefix,
        publicPrefix: keyPrefix,
        changes,
        clock: systemClock,
        log: silentLog,
      }
      const redis = openRedisOfferStore(options)
      await redis.ready(5_000)
      const limits = { viewBytesMax: 1, sharedViewBytesMax: 1, netBytesMax: 1, answerBytesMax: 1, singleBytesMax: 1 }
      const memory = makeMemoryOfferStore(systemClock, isForgetful ? { limits, changes } : { changes })
      return service({ supplier, parts: { store: layerOfferStores(memory, redis, noMetrics, silentLog) } })
    }
    const services = { a: await open(false), b: await open(true), supplier, keyPrefix }
    const probe = new Redis(redisUrl())
    await services.a.ask()
    await vi.waitFor(async () => expect(await probe.keys(`${keyPrefix}*answer:*`)).toHaveLength(1), { interval: 5 })
    probe.disconnect()
    return services
  }

  test('bytes that are known here are answered with what another process has, whole and with ids of their own', async () => {
    const { a, b, supplier } = await twoServices()
    await b.ask()
    const answers = await Promise.all(Array.from({ length: 20 }, () => b.ask()))
    const { json: own } = await a.ask()
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(20)
    for (const { status, json, headers } of answers) {
      expect([status, json.cache.status, json.offers.length]).toEqual([201, 'hit', 20])
      expect(headers.get('ratelimit')).toMatch(/^"searches";r=\d+;t=\d+$/)
      expect(JSON.stringify(json.offers).replaceAll(json.id.slice(4), 'ID')).toBe(
        JSON.stringify(own.offers).replaceAll(own.id.slice(4), 'ID'),
      )
    }
    expect(supplier.asked).toHaveLength(1)
  })

  test('and not with what a process has found changed, in either', async () => {
    const { a, b, supplier } = await twoServices()
    expect([(await a.ask()).json.cache.status, (await b.ask()).json.cache.status]).toEqual(['hit', 'hit'])
    expect((await b.ask()).json.cache.status).toBe('hit')
    await a.shopping.noteOrder(flightsAhead(1)[0]!, unknown)
    // what is held may be used for 20 ms after the record was last read: a's own change is known to it at once
    expect((await a.ask()).json.cache.status).toBe('miss')
    await vi.waitFor(async () => expect((await b.ask(searchText)).json.cache.ageSeconds).toBe(0), { interval: 5 })
    expect(supplier.asked.length).toBeGreaterThanOrEqual(2)
  })

  test('what is looked for and found nowhere is counted against the limit once', async () => {
    const supplier = fakeSupplier('alpha', flightsAhead(3))
    const { ask, shopping } = await service({ supplier, searches: 100 })
    await ask()
    await shopping.noteOrder(flightsAhead(1)[0]!, unknown)
    const { json, headers } = await ask()
    expect(json.cache.status).toBe('miss')
    expect(headers.get('ratelimit')).toMatch(/;r=98;/)
  })
})
