import { allRoutes, type Counts, type EvidenceStore, halfLifeMs } from './evidence.ts'
import type { RedisLink } from './redis-link.redis.ts'

/** A hash a supplier: route -> `confirmations changed at`. The script lets the old counts fade before it adds to them, by the
 *  server's clock. After five half-lives without a confirmation nothing is left worth keeping. */
export function makeRedisEvidence(link: RedisLink, keyPrefix: string): EvidenceStore {
  const { redis } = link
  const nameOf = (provider: string): string => `${keyPrefix}evidence:v1:${provider}`
  return {
    async add(provider, route, changed) {
      const args = [halfLifeMs, changed ? 1 : 0, routesMax, 5 * halfLifeMs, allRoutes, route]
      await link.run(() => redis.eval(addScript, 1, nameOf(provider), ...args))
    },
    async read(provider) {
      const fields = await link.run(() => redis.hgetall(nameOf(provider)))
      return new Map(Object.entries(fields).map(([route, text]) => [route, parse(text)]))
    },
  }
}

const routesMax = 2_000

function parse(text: string): Counts {
  const [confirmations = 0, changed = 0, at = 0] = text.split(' ').map(Number)
  return { confirmations, changed, at }
}

const addScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 5, 6 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if known or redis.call('HLEN', KEYS[1]) < tonumber(ARGV[3]) then
    local count, changed, at = string.match(known or '0 0 0', '(%S+) (%S+) (%S+)')
    local left = 2 ^ (-math.max(0, now - tonumber(at)) / tonumber(ARGV[1]))
    count = tonumber(count) * left + 1
    changed = tonumber(changed) * left + tonumber(ARGV[2])
    redis.call('HSET', KEYS[1], ARGV[i], string.format('%.4f %.4f %.0f', count, changed, now))
  end
end
return redis.call('PEXPIRE', KEYS[1], ARGV[4])`
