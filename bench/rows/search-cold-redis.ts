import { limitsBesideShared } from '../../src/shopping/memory-offer-store.ts'
import { coldSearches } from '../cold-row.ts'
import { hasRedis, startOwnRedis } from '../own-redis.ts'
import type { Row } from '../row.ts'
import { openSharedStore } from '../shared-store.ts'

const codes = ['amadeus', 'sabre', 'amadeus', 'ndc', 'travelport']

/** What a search costs where other processes are to page it: each of its offers is written out for Redis behind the answer.
 *  Redis' own CPU is not counted. */
export const row: Row = {
  name: 'cold search written to Redis, three JSON and two XML suppliers',
  unit: 'search',
  floorIs: 'the same search kept in memory alone',
  aim: null,
  ...(hasRedis() ? {} : { unavailable: 'no redis-server on this machine' }),
  floor: () => coldSearches(codes),
  async value() {
    const redis = await startOwnRedis()
    const store = await openSharedStore(redis.url, limitsBesideShared)
    const searches = await coldSearches(codes, store)
    return {
      ...searches,
      async close() {
        await searches.close?.()
        await store.close()
        await redis.close()
      },
    }
  },
}
