import type { Cluster, Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { type RateShare, rateWindowMs } from './rate-limits.ts'

/** Counts of all processes together, one key a client. While Redis is away each process counts alone; nobody waits for it. */
export function shareRates(redis: Redis | Cluster, keyPrefix: string): RateShare {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `${keyPrefix}rate`,
    // it only counts: rate-limits.ts compares
    points: Number.MAX_SAFE_INTEGER,
    duration: rateWindowMs / 1000,
    rejectIfRedisNotReady: true,
  })
  return {
    async add(key, count) {
      try {
        const { consumedPoints, msBeforeNext } = await limiter.penalty(key, count)
        return { used: consumedPoints, endsInMs: msBeforeNext }
      } catch {
        return undefined
      }
    },
  }
}
