import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { countPopular } from '../../src/market/popular.ts'
import { makeMemoryPopularity } from '../../src/market/popularity.ts'
import { suppliersHaveRoom } from '../../src/market/supplier-room.ts'
import { startWarming, type WarmingParts } from '../../src/market/warming.ts'
import type { SearchRequest } from '../../src/shopping/port.ts'
import { RedisLink } from '../../src/shopping/redis-link.redis.ts'
import { makeRedisLeases } from '../../src/shopping/search-lease.redis.ts'
import { noLeases } from '../../src/shopping/search-lease.ts'
import { redisUrl, uniqueName } from '../support/services.ts'

const now = Date.parse('2027-01-05T10:00:00Z')
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const to = (destination: string, departureDate = '2027-03-10'): SearchRequest => ({
  slices: [{ origin: 'LHR', destination, departureDate }],
  passengers: [{ type: 'ADT' }],
})

/** Searches are answered as `cache` says, and noted as the service does. */
async function open(asked: Readonly<Record<string, number>>, parts: Partial<WarmingParts> = {}) {
  const clock = manualClock(now)
  const popular = countPopular({ store: makeMemoryPopularity(now), clock, log: silentLog })
  for (const [destination, times] of Object.entries(asked))
    for (let i = 0; i < times; i++) popular.note(to(destination), 'acme')
  await popular.flush()
  const searched: string[] = []
  let ageSeconds = 0
  let cache: 'hit' | 'stale' | 'miss' = 'miss'
  const warming = startWarming({
    ...{ clock, log: silentLog, metrics: noMetrics, popular, leases: noLeases, searchesPerMinute: 60 },
    suppliersHaveRoom: () => true,
    async search(request, { tenant }) {
      popular.note(request, tenant)
      searched.push(`${tenant} ${request.slices[0]!.destination}`)
      return {
        id: 'src_1',
        status: 'complete',
        body: Buffer.from(JSON.stringify({ cache: { status: cache, ageSeconds } })),
      }
    },
    ...parts,
  })
  closers.push(() => warming.close())
  const round = async (afterMs = 0): Promise<readonly string[]> => {
    clock.advance(afterMs)
    searched.length = 0
    await warming.round()
    return [...searched]
  }
  const answersFrom = (status: typeof cache, age = 0): void => {
    cache = status
    ageSeconds = age
  }
  return { warming, popular, round, answersFrom }
}

describe('warming', () => {
  it('asks the questions of the busiest routes, as those who asked them, the busiest first', async () => {
    const { round } = await open({ CDG: 3, JFK: 5, FCO: 1 })
    // a token is there at the start; what nobody but one asked for is left alone
    expect(await round(4_000)).toEqual(['acme JFK', 'acme CDG'])
    expect(await round(4_000)).toEqual([])
    expect(await round(20_000)).toEqual(['acme JFK', 'acme CDG'])
  })

  it('keeps to its budget', async () => {
    const asked = Object.fromEntries(['JFK', 'CDG', 'FCO', 'MAD', 'BER', 'VIE'].map((code, i) => [code, 9 - i]))
    const { round } = await open(asked, { searchesPerMinute: 6 })
    let searches = 0
    for (let second = 0; second < 600; second += 5) searches += (await round(5_000)).length
    expect(searches).toBeGreaterThan(50)
    expect(searches).toBeLessThanOrEqual(61)
  })

  it('a search that is still fresh costs nothing of it, and is looked at again soon', async () => {
    const { round, answersFrom } = await open({ JFK: 5, CDG: 4, FCO: 3 }, { searchesPerMinute: 1 })
    answersFrom('hit')
    expect(await round()).toEqual(['acme JFK', 'acme CDG', 'acme FCO'])
    answersFrom('stale')
    expect(await round(10_000)).toEqual(['acme JFK'])
    expect(await round(1_000)).toEqual([])
  })

  it('a search that has been fresh for long is left alone for long, but not until it is too old', async () => {
    const { round, answersFrom } = await open({ JFK: 5 })
    answersFrom('hit', 100)
    expect(await round()).toEqual(['acme JFK'])
    expect(await round(70_000)).toEqual([])
    expect(await round(20_000)).toEqual(['acme JFK'])
  })

  it('its own searches make nothing more popular', async () => {
    const { round, popular } = await open({ JFK: 2 })
    await round()
    await popular.flush()
    expect(await popular.routes(10, { tenant: 'acme' })).toEqual([{ origin: 'LON', destination: 'NYC', score: 2 }])
  })

  it('does not ask while a supplier has no room', async () => {
    let hasRoom = false
    const { round } = await open({ JFK: 5 }, { suppliersHaveRoom: () => hasRoom })
    expect(await round()).toEqual([])
    hasRoom = true
    expect(await round()).toEqual(['acme JFK'])
  })

  it('forgets what cannot be asked any more, and comes back later to what failed', async () => {
    const errors: Error[] = [new ProblemError('suppliers-unavailable', 'none'), new ProblemError('validation', 'past')]
    let searches = 0
    const { round, popular } = await open(
      { JFK: 5 },
      {
        search: () => {
          searches++
          return Promise.reject(errors.shift()!)
        },
      },
    )
    await round()
    await round(30_000)
    expect(searches).toBe(1)
    await round(30_000)
    expect(searches).toBe(2)
    expect(await popular.questions(10)).toEqual([])
  })

  it('is done by one process at a time, and by another soon after that one ended', async () => {
    const prefix = uniqueName()
    const links = await Promise.all(
      [1, 2].map(async () => {
        const link = new RedisLink(redisUrl(), manualClock(now), silentLog)
        closers.push(() => link.close())
        while (link.redis.status !== 'ready') await new Promise(resolve => link.redis.once('ready', resolve))
        return link
      }),
    )
    const [one, other] = await Promise.all(
      links.map(link => open({ JFK: 5 }, { leases: makeRedisLeases(link, prefix, manualClock(now)) })),
    )
    expect(await one!.round()).toEqual(['acme JFK'])
    expect(await other!.round()).toEqual([])
    expect(await one!.round(30_000)).toEqual(['acme JFK'])
    await one!.warming.close()
    expect(await other!.round()).toEqual(['acme JFK'])
  })
})

describe('whether suppliers have room', () => {
  type Supplier = Parameters<typeof suppliersHaveRoom>[0][number]
  const supplier = (budget: Readonly<Record<string, unknown>> = {}, state: 'closed' | 'open' = 'closed'): Supplier => ({
    capabilities: {} as Supplier['capabilities'],
    operations: () => [{ name: 'shop', state }] as unknown as ReturnType<Supplier['operations']>,
    budget: () =>
      ({
        ...{ looksUsed: null, pausedForMs: 0, waiting: 0, concurrency: { waiting: 0 } },
        ...budget,
      }) as unknown as ReturnType<Supplier['budget']>,
  })

  it.each<readonly [string, Supplier, boolean]>([
    ['nothing is bounded', supplier(), true],
    ['its day has begun', supplier({ looksUsed: 0.5 }), true],
    ['its day is nearly spent', supplier({ looksUsed: 0.8 }), false],
    ['it asked us to pause', supplier({ pausedForMs: 10 }), false],
    ['calls wait for a token', supplier({ waiting: 1 }), false],
    ['calls wait for a place', supplier({ concurrency: { waiting: 1 } }), false],
    ['its breaker is open', supplier({}, 'open'), false],
  ])('%s', (_text, one, expected) => {
    expect(suppliersHaveRoom([supplier(), one])).toBe(expected)
  })
})
