import { systemClock } from '../../src/core/clock.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { hasRedis, startOwnRedis } from '../own-redis.ts'
import type { Row } from '../row.ts'
import { bareServer, searchOnce, searchVariant, startSearchService } from '../search-service.ts'
import { openSharedStore } from '../shared-store.ts'

/** A search that another process has made: requests read the ready first page from Redis, those that are there at once (16) in one
 *  GET, and nothing is kept in memory (a real process keeps it, and the next request is the row "from memory"). Redis' own CPU
 *  is not counted. */
export const row: Row = {
  name: 'search answered from Redis, made by another process',
  unit: 'request',
  floorIs: 'bare node:http POST with a fixed body of the same size',
  isRate: true,
  aim: { ratioMin: 0.4 },
  ...(hasRedis() ? {} : { unavailable: 'no redis-server on this machine' }),
  note:
    'Sixteen ask for the same at once and share a read: with the flags of decision 0008 72 to 78 µs of CPU against 32 (0.43), ' +
    'without them 103 to 122; on a busy machine 0.31 to 0.54 was seen, 0.43 in the whole run ' +
    'before this. With a GET for each answer 0.15 to 0.23: the client reads ' +
    'into fresh slabs of 64 kB and puts replies together in a fresh pool, and only a reader of our own over one fixed buffer ' +
    'would mend that; a process keeps what it has read, so a question comes this way once.',
  async floor() {
    const service = await startSearchService(makeMemoryOfferStore(systemClock))
    const { byteLength } = await searchOnce(service.port)
    await service.close()
    return bareServer(byteLength)
  },
  async value() {
    const redis = await startOwnRedis()
    const first = await openProcess(redis.url)
    const { byteLength } = await searchOnce(first.port)
    await first.close()
    const second = await openProcess(redis.url)
    const again: { cache: { status: string } } = JSON.parse((await searchOnce(second.port)).toString())
    if (again.cache.status !== 'hit') throw new Error(`cache ${again.cache.status} instead of hit`)
    return searchVariant(second.port, byteLength, async () => {
      await second.close()
      await redis.close()
    })
  },
}

const nothing = { viewBytesMax: 1, sharedViewBytesMax: 1, netBytesMax: 1, answerBytesMax: 1, singleBytesMax: 1 }

async function openProcess(url: string): Promise<{ readonly port: number; close(): Promise<void> }> {
  const store = await openSharedStore(url, nothing)
  const service = await startSearchService(store)
  return {
    port: service.port,
    async close() {
      await service.close()
      await store.close()
    },
  }
}
