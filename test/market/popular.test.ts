import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { DecayingScores, halfLifeMs } from '../../src/market/decaying-scores.ts'
import { countPopular } from '../../src/market/popular.ts'
import { makeRedisPopularity } from '../../src/market/popularity.redis.ts'
import { layerPopularity, makeMemoryPopularity, type PopularityStore, routesMax } from '../../src/market/popularity.ts'
import type { SearchRequest } from '../../src/shopping/port.ts'
import { redisUrl, uniqueName } from '../support/services.ts'

const now = Date.parse('2027-01-05T10:00:00Z')
const tally = (tenant: string, counts: Readonly<Record<string, number>>, questions = counts) => ({
  routes: new Map([[tenant, new Map(Object.entries(counts))]]),
  questions: new Map(Object.entries(questions)),
})
const rounded = (found: readonly { readonly member: string; readonly score: number }[]) =>
  found.map(({ member, score }) => [member, Math.round(score * 1e6) / 1e6])

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function openRedis(prefix = uniqueName()) {
  const redis = new Redis(redisUrl())
  closers.push(async () => {
    const keys = await redis.keys(`${prefix}*`)
    if (keys.length > 0) await redis.del(...keys)
    redis.disconnect()
  })
  const store = makeRedisPopularity({ redis, run: work => work() }, prefix)
  return { redis, prefix, store }
}

const stores: readonly (readonly [string, () => PopularityStore])[] = [
  ['memory', () => makeMemoryPopularity(now)],
  ['Redis', () => openRedis().store],
]

describe.each(stores)('popularity in %s', (_name, open) => {
  it('adds up, the most asked first, at most so many', async () => {
    const store = open()
    await store.add(tally('default', { 'LON-NYC': 2, 'LON-PAR': 1 }), now)
    await store.add(tally('default', { 'LON-PAR': 4, 'PAR-ROM': 3 }), now)
    expect(rounded(await store.routes('default', 10, now))).toEqual([
      ['LON-PAR', 5],
      ['PAR-ROM', 3],
      ['LON-NYC', 2],
    ])
    expect(await store.routes('default', 1, now)).toHaveLength(1)
  })

  it('what was asked yesterday counts half, however long nobody asked', async () => {
    const store = open()
    await store.add(tally('default', { 'LON-NYC': 8 }), now)
    await store.add(tally('default', { 'LON-PAR': 5 }), now + halfLifeMs)
    expect(rounded(await store.routes('default', 10, now + halfLifeMs))).toEqual([
      ['LON-PAR', 5],
      ['LON-NYC', 4],
    ])
    expect(rounded(await store.routes('default', 1, now + 2 * halfLifeMs))).toEqual([['LON-PAR', 2.5]])
  })

  it('goes on right over years', async () => {
    const store = open()
    await store.add(tally('default', { 'LON-NYC': 1 }), now)
    for (let day = 1; day <= 800; day += 40) {
      await store.add(tally('default', { 'LON-PAR': 1 }), now + day * halfLifeMs)
    }
    const last = now + 761 * halfLifeMs
    await store.add(tally('default', { 'LON-NYC': 2 }), last)
    expect(rounded(await store.routes('default', 2, last))).toEqual([
      ['LON-NYC', 2],
      ['LON-PAR', 1],
    ])
  })

  it("keeps tenants' routes apart, and questions of all together", async () => {
    const store = open()
    await store.add(tally('acme', { 'LON-NYC': 1 }, { q1: 1 }), now)
    await store.add(tally('other', { 'PAR-ROM': 1 }, { q1: 1, q2: 1 }), now)
    expect(rounded(await store.routes('acme', 10, now))).toEqual([['LON-NYC', 1]])
    expect(rounded(await store.routes('nobody', 10, now))).toEqual([])
    expect(rounded(await store.questions(10, now))).toEqual([
      ['q1', 2],
      ['q2', 1],
    ])
    await store.forgetQuestion('q1')
    expect(rounded(await store.questions(10, now))).toEqual([['q2', 1]])
  })

  it('is bounded, and lets the least asked go', async () => {
    const store = open()
    for (let i = 0; i < 8; i++) {
      const some = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`R${i}-${n}`, 1 + ((n * 7 + i) % 300)]))
      await store.add(tally('default', some), now)
    }
    const kept = await store.routes('default', 10_000, now)
    expect(kept.length).toBeGreaterThanOrEqual(routesMax)
    expect(kept.length).toBeLessThanOrEqual(routesMax * 1.25)
    expect(kept[0]!.score).toBe(300)
    // what came last may wait to be let go
    expect(kept[routesMax - 1]!.score).toBeGreaterThan(80)
  })
})

describe('popularity in Redis', () => {
  it('is one for all processes, and has an end', async () => {
    const { redis, prefix, store } = openRedis()
    const other = openRedis(prefix).store
    await store.add(tally('default', { 'LON-NYC': 1 }), now)
    await other.add(tally('default', { 'LON-NYC': 2 }), now)
    expect(rounded(await store.routes('default', 10, now))).toEqual([['LON-NYC', 3]])
    const keys = await redis.keys(`${prefix}*`)
    expect(keys).toHaveLength(4)
    for (const key of keys) expect(await redis.pttl(key), key).toBeGreaterThan(0)
  })

  it('keys of one step share a hash tag', async () => {
    const { redis, prefix, store } = openRedis()
    await store.add(tally('default', { 'LON-NYC': 1 }), now)
    const tags = (await redis.keys(`${prefix}*`)).map(key => /\{(.*)\}/.exec(key)?.[1])
    expect(tags.toSorted()).toEqual(['questions', 'questions', 'routes:default', 'routes:default'])
  })

  it('memory answers while it is away, with what this process has seen', async () => {
    const memory = makeMemoryPopularity(now)
    const away = makeRedisPopularity(
      { redis: {} as Redis, run: () => Promise.reject(new Error('not connected')) },
      uniqueName(),
    )
    const store = layerPopularity(memory, away)
    await store.add(tally('default', { 'LON-NYC': 1 }), now)
    expect(rounded(await store.routes('default', 10, now))).toEqual([['LON-NYC', 1]])
  })
})

const request: SearchRequest = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10' }],
  passengers: [{ type: 'ADT' }],
  currency: 'EUR',
}
const to = (destination: string): SearchRequest => ({
  ...request,
  slices: [{ ...request.slices[0]!, destination }],
})

describe('counting searches', () => {
  function open() {
    const clock = manualClock(now)
    const popular = countPopular({ store: makeMemoryPopularity(now), clock, log: silentLog })
    const routes = async (tenant = 'default') =>
      (await popular.routes(10, { tenant })).map(
        ({ origin, destination, score }) => `${origin}-${destination} ${score}`,
      )
    return { clock, popular, routes }
  }

  it('is by cities, within a second and by itself', async () => {
    const { clock, popular, routes } = open()
    for (const airport of ['JFK', 'EWR', 'NYC', 'CDG']) popular.note(to(airport), 'default')
    expect(await routes()).toEqual([])
    clock.advance(1_000)
    expect(await routes()).toEqual(['LON-NYC 3', 'LON-PAR 1'])
  })

  it('keeps the question itself, whole and as its tenant asked it', async () => {
    const { popular } = open()
    popular.note({ ...request, deadlineMs: 1_000, waitFor: 'all', locale: 'en' }, 'acme')
    popular.note(request, 'acme')
    await popular.flush()
    const [question] = await popular.questions(10)
    expect(question).toMatchObject({ tenant: 'acme', route: 'LON-NYC', request, score: 2 })
    await popular.forget(question!)
    expect(await popular.questions(10)).toEqual([])
  })

  it('keeps no question with an account code, nor one of our own', async () => {
    const { popular, routes } = open()
    popular.note({ ...request, accountCodes: [{ carrier: 'BA', code: 'ACME' }] }, 'default')
    const warmed = to('CDG')
    popular.passOver(warmed)
    popular.note(warmed, 'default')
    await popular.flush()
    expect(await popular.questions(10)).toEqual([])
    expect(await routes()).toEqual(['LON-NYC 1'])
  })

  it('under any load looks at a few of the searches and counts them for the rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200_000 }), async searches => {
        const { popular } = open()
        for (let i = 0; i < searches; i++) popular.note(i % 4 === 3 ? to('CDG') : request, 'default')
        await popular.flush()
        const total = (await popular.routes(10, { tenant: 'default' })).reduce((sum, { score }) => sum + score, 0)
        // one stride more or less at the end
        expect(Math.abs(total - searches)).toBeLessThanOrEqual(Math.max(1, searches / 128))
      }),
      { numRuns: 20 },
    )
  })

  it('what is added to a decayed score is worth what it is worth now', () => {
    const scores = new DecayingScores(10, now)
    scores.add('a', 1, now)
    scores.add('a', 1, now + 3 * halfLifeMs)
    expect(scores.top(1, now + 3 * halfLifeMs)[0]!.score).toBeCloseTo(1.125, 9)
  })
})
