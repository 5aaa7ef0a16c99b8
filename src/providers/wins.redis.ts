import type { RedisConnection } from './budget-link.redis.ts'
import type { SharedWins } from './wins.ts'

/** A hash per route: increments commute, so that processes need not know of each other. */
export function openSharedWins({ connection, keyPrefix }: Parts): SharedWins {
  const { redis } = connection
  const keyOf = (route: string): string => `${keyPrefix}{wins:${route}}`
  return {
    add(route, code, amount) {
      const key = keyOf(route)
      connection
        .run(() => Promise.all([redis.hincrbyfloat(key, code, amount), redis.pexpire(key, forgetMs)]))
        .catch(() => {})
    },
    async read(route) {
      const counts = await connection.run(() => redis.hgetall(keyOf(route)))
      return new Map(Object.entries(counts).map(([code, count]) => [code, Number(count)]))
    },
  }
}

type Parts = { readonly connection: RedisConnection; readonly keyPrefix: string }

/** Of a route that nobody searches: eight half-lives. */
const forgetMs = 56 * 86_400_000
