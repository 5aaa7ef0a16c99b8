import type { Cluster, Redis } from 'ioredis'
import { halfLifeMs, halvingsMax, type Scored } from './decaying-scores.ts'
import { type PopularityStore, questionsMax, routesMax } from './popularity.ts'

/** A connection that somebody else keeps: `run` throws at once while there is none. */
export type RedisConnection = { readonly redis: Redis | Cluster; run<T>(work: () => Promise<T>): Promise<T> }

/** A set that nobody adds to is gone after so long. */
const idleMs = 30 * 24 * 3_600_000
/** Members in one call: a script holds up everybody else on its node. */
const membersMax = 500

/** One sorted set a tenant and one of questions, each with its landmark under the same hash tag: decay, addition and the
 *  bound are one step on one node of a cluster. */
export function makeRedisPopularity(connection: RedisConnection, keyPrefix: string): PopularityStore {
  const { redis } = connection
  const routesKey = (tenant: string): string => `${keyPrefix}popular:{routes:${tenant}}`
  const questionsKey = `${keyPrefix}popular:{questions}`
  const landmarkOf = (key: string): string => `${key}:landmark`

  const addAll = async (key: string, counts: ReadonlyMap<string, number>, keep: number, now: number): Promise<void> => {
    const entries = [...counts].map(([member, count]) => [count, member]).slice(0, membersMax)
    if (entries.length === 0) return
    const args = [now, halfLifeMs, halvingsMax, keep, idleMs, ...entries.flat()]
    await connection.run(() => redis.eval(addScript, 2, key, landmarkOf(key), ...args))
  }
  const top = async (key: string, limit: number, now: number): Promise<readonly Scored[]> => {
    const answer = await connection.run(() => redis.eval(topScript, 2, key, landmarkOf(key), now, halfLifeMs, limit))
    const flat = answer as readonly string[]
    return Array.from({ length: flat.length / 2 }, (_, i) => ({ member: flat[2 * i]!, score: Number(flat[2 * i + 1]) }))
  }
  return {
    async add({ routes, questions }, now) {
      for (const [tenant, counts] of routes) await addAll(routesKey(tenant), counts, routesMax, now)
      await addAll(questionsKey, questions, questionsMax, now)
    },
    routes: (tenant, limit, now) => top(routesKey(tenant), limit, now),
    questions: (limit, now) => top(questionsKey, limit, now),
    async forgetQuestion(member) {
      await connection.run(() => redis.zrem(questionsKey, member))
    },
  }
}

/** KEYS: set, landmark. ARGV: now, half-life, halvings at most, members kept, idle ms, then weight and member in turn. A set
 *  whose landmark was evicted means nothing any more. */
const addScript = `
local now, halfLife = tonumber(ARGV[1]), tonumber(ARGV[2])
local at = tonumber(redis.call('GET', KEYS[2]))
if not at then
  redis.call('DEL', KEYS[1])
  at = now
elseif (now - at) / halfLife > tonumber(ARGV[3]) then
  redis.call('ZUNIONSTORE', KEYS[1], 1, KEYS[1], 'WEIGHTS', string.format('%.17g', 2 ^ ((at - now) / halfLife)))
  at = now
end
local scale = 2 ^ (math.max(0, now - at) / halfLife)
for i = 6, #ARGV, 2 do
  redis.call('ZINCRBY', KEYS[1], string.format('%.17g', tonumber(ARGV[i]) * scale), ARGV[i + 1])
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
redis.call('SET', KEYS[2], string.format('%.0f', at), 'PX', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1`

/** Scores as they are worth now, as texts: a script's numbers would be cut to whole ones. */
const topScript = `
local at = tonumber(redis.call('GET', KEYS[2]))
if not at then return {} end
local scale = 2 ^ (math.min(0, at - tonumber(ARGV[1])) / tonumber(ARGV[2]))
local found = redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[3]) - 1, 'REV', 'WITHSCORES')
for i = 2, #found, 2 do found[i] = string.format('%.17g', tonumber(found[i]) * scale) end
return found`
