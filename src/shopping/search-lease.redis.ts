import type { Clock } from '../core/clock.ts'
import { randomText } from '../core/ids.ts'
import type { RedisLink } from './redis-link.redis.ts'
import type { SearchLease, SearchLeases } from './search-lease.ts'

/** Between two looks at a lease that somebody else holds. Looked for and not told: a message is lost with a connection, and a
 *  look costs 40 µs while somebody waits for suppliers, who take a hundred times as long. */
const lookMs = 25

/** One key a question, so that it is on one node of a cluster: SET NX PX with a token that nobody else has. */
export function makeRedisLeases(link: RedisLink, keyPrefix: string, clock: Clock): SearchLeases {
  const { redis } = link
  const nameOf = (key: string): string => `${keyPrefix}lease:${key}`

  const leaseOf = (name: string, token: string): SearchLease => ({
    async renew(ttlMs) {
      return (await link.run(() => redis.eval(renewScript, 1, name, token, ttlMs))) === 1
    },
    async release() {
      await link.run(() => redis.eval(releaseScript, 1, name, token))
    },
  })

  return {
    async acquire(key, ttlMs) {
      const token = randomText(20, tokenDigits)
      const name = nameOf(key)
      const taken = await link.tryRun(() => redis.set(name, token, 'PX', ttlMs, 'NX'))
      return taken === 'OK' ? leaseOf(name, token) : undefined
    },
    async waitUntilFree(key, ms, signal) {
      const until = clock.monotonicMs() + ms
      while (!signal.aborted) {
        const isHeld = (await link.tryRun(() => redis.exists(nameOf(key)))) === 1
        const leftMs = until - clock.monotonicMs()
        if (!isHeld || leftMs <= 0) return
        await clock.sleep(Math.min(lookMs, leftMs), signal).catch(() => undefined)
      }
    },
    async close() {
      // the connection is the store's
    },
  }
}

const tokenDigits = '0123456789abcdefghjkmnpqrstvwxyz'

const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

const releaseScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`
