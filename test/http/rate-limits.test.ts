import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { createRateLimits, type RateShare } from '../../src/http/rate-limits.ts'
import { shareRates } from '../../src/http/rate-share.redis.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { until } from '../support/until.ts'

const settings = { searches: 3, bookings: 2, reads: 0 }

describe('limits per client', () => {
  test('a client gets its quota in a minute, then waits for the next one', () => {
    const clock = manualClock(0)
    const limits = createRateLimits(settings, clock)
    const allowed = () => limits.take('searches', 'a')!.allowed
    expect([allowed(), allowed(), allowed(), allowed()]).toEqual([true, true, true, false])
    clock.advance(59_000)
    expect(allowed()).toBe(false)
    clock.advance(1_000)
    expect(allowed()).toBe(true)
  })

  test('says what is left and until when, in the structured fields of the draft', () => {
    const clock = manualClock(0)
    const limits = createRateLimits(settings, clock)
    limits.take('searches', 'a')
    clock.advance(18_500)
    expect(limits.take('searches', 'a')).toEqual({
      ...{ name: 'searches', allowed: true, retryAfterSeconds: 42 },
      ...{ limit: '"searches";r=1;t=42', policy: '"searches";q=3;w=60' },
    })
  })

  test('one client does not use up another one, nor searches the bookings', () => {
    const limits = createRateLimits(settings, manualClock(0))
    for (let each = 0; each < 10; each++) limits.take('searches', 'greedy')
    expect(limits.take('searches', 'greedy')!.allowed).toBe(false)
    expect(limits.take('bookings', 'greedy')!.allowed).toBe(true)
    expect(limits.take('searches', 'modest')!.allowed).toBe(true)
  })

  test('0 is no limit, and no header', () => {
    expect(createRateLimits(settings, manualClock(0)).take('reads', 'a')).toBeUndefined()
  })
})

describe('limits over two processes', () => {
  let redis: Redis
  const prefix = `${uniqueName()}:`
  beforeAll(() => {
    redis = new Redis(redisUrl())
  })
  afterAll(async () => {
    const keys = await redis.keys(`${prefix}*`)
    if (keys.length > 0) await redis.del(keys)
    redis.disconnect()
  })
  const client = uniqueName()
  const pair = (share: () => RateShare) =>
    [share(), share()].map(each => createRateLimits({ ...settings, searches: 100 }, systemClock, each)) as [
      ReturnType<typeof createRateLimits>,
      ReturnType<typeof createRateLimits>,
    ]

  test('what one has let through counts in the other', async () => {
    const [here, there] = pair(() => shareRates(redis, prefix))
    for (let each = 0; each < 100; each++) expect(here.take('searches', client)!.allowed).toBe(true)
    await until(() => !there.take('searches', client)!.allowed, 'the other process knows')
    expect(await redis.pttl(`${prefix}rate:searches ${client}`)).toBeGreaterThan(50_000)
  })

  test('without Redis each counts alone, and together again once it is back', async () => {
    const shared = shareRates(redis, prefix)
    let isAway = true
    const share: RateShare = {
      add: (key, count) => (isAway ? Promise.resolve(undefined) : shared.add(key, count)),
    }
    const [here, there] = pair(() => share)
    const other = uniqueName()
    for (let each = 0; each < 60; each++) here.take('searches', other)
    for (let each = 0; each < 30; each++) there.take('searches', other)
    expect(here.take('searches', other)!.limit).toMatch(/r=39;/)
    isAway = false
    await until(() => {
      const left = Number(/r=(\d+)/.exec(here.take('searches', other)!.limit)![1])
      return left < 100 - 60 - 30
    }, 'what both had counted is one sum')
  })
})
