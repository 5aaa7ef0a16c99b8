/** The memory of the market, what is popular, and who keeps it warm: the part of serve.ts that needs none of the others. */
import type { Config } from './config.ts'
import type { Clock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import type { Metrics } from './core/metrics.ts'
import { begun } from './lifetime.ts'
import type { Convert } from './market/document.ts'
import { openElasticSearch } from './market/index-search.elastic.ts'
import type { SearchIndex } from './market/index-search.ts'
import { openElasticMarket } from './market/market-index.elastic.ts'
import { type MarketIndex, noMarket } from './market/market-index.ts'
import { countPopular, type PopularSearches } from './market/popular.ts'
import { makeRedisPopularity } from './market/popularity.redis.ts'
import { layerPopularity, makeMemoryPopularity } from './market/popularity.ts'
import { noIndex } from './market/reads.ts'
import { startRetention } from './market/retention.elastic.ts'
import { suppliersHaveRoom } from './market/supplier-room.ts'
import { startWarming } from './market/warming.ts'
import type { Providers } from './providers/registry.ts'
import type { Shopping } from './shopping/port.ts'
import { RedisLink } from './shopping/redis-link.redis.ts'
import { makeRedisLeases } from './shopping/search-lease.redis.ts'
import { noLeases, type SearchLeases } from './shopping/search-lease.ts'
import { usable } from './start-checks.ts'

type Parts = { readonly log: Log; readonly metrics: Metrics; readonly clock: Clock }

const indexPrefix = 'fareloom-market'
const keyPrefix = 'fareloom:'

export type MarketMemory = { readonly index: MarketIndex; readonly search: SearchIndex }

/** `isReplacement`: it bears a server that is away. */
export async function openMarket(
  { elasticsearchUrl: url, marketRetentionDays: days }: Config,
  { convert }: { readonly convert: Convert },
  parts: Parts,
  { isReplacement }: { readonly isReplacement: boolean },
): Promise<MarketMemory> {
  if (!url) return { index: noMarket, search: noIndex }
  const place = { url, indexPrefix, ...parts }
  const index = begun('market', openElasticMarket({ ...place, convert }), part => part.close())
  await usable('ELASTICSEARCH_URL', index.ready(), isReplacement)
  const reads = begun('market reads', openElasticSearch(place), part => part.close())
  if (days > 0) begun('market retention', startRetention({ ...place, days }), part => part.close())
  return { index, search: reads.search }
}

export type Popular = { readonly popular: PopularSearches; readonly leases: SearchLeases }

/** Counted over all processes where they share a Redis. */
export function openPopular({ redisUrl }: Config, { log, clock }: Parts): Popular {
  const memory = makeMemoryPopularity(clock.now())
  const counted = (popular: PopularSearches): PopularSearches =>
    begun('popular searches', popular, part => part.close())
  if (!redisUrl) return { popular: counted(countPopular({ store: memory, clock, log })), leases: noLeases }
  // its troubles are those that the offers' own connection tells of
  const link = begun('popularity', new RedisLink(redisUrl, clock, { ...log, info: log.debug, warn: log.debug }), part =>
    part.close(),
  )
  const store = layerPopularity(memory, makeRedisPopularity(link, keyPrefix))
  return {
    popular: counted(countPopular({ store, clock, log })),
    leases: makeRedisLeases(link, keyPrefix, clock),
  }
}

export function warmPopular(
  { warmSearchesPerMinute: searchesPerMinute }: Config,
  parts: Parts,
  { popular, leases }: Popular,
  { shopping, providers }: { readonly shopping: Shopping; readonly providers: Providers },
): void {
  if (searchesPerMinute === 0) return
  const warming = startWarming({
    ...parts,
    popular,
    leases,
    searchesPerMinute,
    search: (request, context) => shopping.search(request, context),
    suppliersHaveRoom: () => suppliersHaveRoom(providers.list()),
  })
  begun('warming', warming, part => part.close())
}
