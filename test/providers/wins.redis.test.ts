import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { openSharedWins } from '../../src/providers/wins.redis.ts'
import { makeWins } from '../../src/providers/wins.ts'
import { RedisLink } from '../../src/shopping/redis-link.redis.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

describe('wins shared through Redis', () => {
  test('another process knows what was won, whenever it was, and routes are forgotten at last', async () => {
    const keyPrefix = `${uniqueName()}:`
    const connection = new RedisLink(redisUrl(), systemClock, silentLog)
    await connection.ready(5_000)
    closers.push(() => connection.close())
    const clock = manualClock(Date.UTC(2027, 0, 5))
    const open = () => makeWins({ clock, shared: openSharedWins({ connection, keyPrefix }) })
    const [one, other] = [open(), open()]
    one.note('LON-NYC', 'sabre', 3)
    clock.advance(7 * 86_400_000)
    other.note('LON-NYC', 'duffel', 1)
    const third = open()
    await until(() => third.of('LON-NYC').size === 2, 'both counts are there')
    expect(third.of('LON-NYC').get('sabre')).toBeCloseTo(1.5, 6)
    expect(third.of('LON-NYC').get('duffel')).toBeCloseTo(1, 6)
    // what it noted itself is not counted twice
    clock.advance(31_000)
    other.of('LON-NYC')
    await until(() => other.of('LON-NYC').size === 2, 'it has read them too')
    expect(other.of('LON-NYC').get('duffel')).toBeCloseTo(1, 3)
    const redis = new Redis(redisUrl())
    closers.push(() => redis.disconnect())
    expect(await redis.pttl(`${keyPrefix}{wins:LON-NYC}`)).toBeGreaterThan(0)
  })
})
