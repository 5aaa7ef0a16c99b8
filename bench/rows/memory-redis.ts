import { once } from 'node:events'
import { connect } from 'node:net'
import { systemClock } from '../../src/core/clock.ts'
import { limitsBesideShared } from '../../src/shopping/memory-offer-store.ts'
import { inQuick } from '../effort.ts'
import { makeOffer } from '../offers.ts'
import { hasRedis, startOwnRedis } from '../own-redis.ts'
import { day, fullSearch, readyShopping } from '../ready-shopping.ts'
import type { Sheet } from '../row.ts'
import { openSharedStore } from '../shared-store.ts'

const offersEach = 250
const searches = inQuick(10, 40)

/** All that a search leaves in Redis: the net result set, the tenant's view with each of its offers, the ready answer, the index
 *  by flight. */
export const sheet: Sheet = {
  roundsMax: 2,
  ...(hasRedis() ? {} : { unavailable: 'no redis-server on this machine' }),
  lines: [
    {
      name: 'Redis memory per search of 500 offers',
      ...{ unit: 'kB', better: 'lower', aim: null },
      floorIs: 'the encoded offers as JSON',
    },
  ],
  async floor() {
    const offers = Array.from({ length: 2 * offersEach }, (_, i) => makeOffer(i, i, 'alpha', day))
    return [JSON.stringify(offers).length / 1000]
  },
  async value() {
    const server = await startOwnRedis()
    const store = await openSharedStore(server.url, limitsBesideShared)
    const shopping = readyShopping(store, offersEach, true)
    const search = (n: number) => fullSearch(shopping, n, 1.5 * offersEach)
    await search(0)
    const before = await settledBytes(server.url)
    for (let n = 1; n <= searches; n++) await search(n)
    const after = await settledBytes(server.url)
    await store.close()
    await server.close()
    if (after - before < searches * 10_000) throw new Error('next to nothing was stored')
    return [(after - before) / searches / 1000]
  },
}

/** Stored behind the answer: looked at until it stays the same. */
async function settledBytes(url: string): Promise<number> {
  let last = -1
  for (;;) {
    const now = await usedBytes(url)
    if (Math.abs(now - last) < 1_000) return now
    last = now
    await systemClock.sleep(300)
  }
}

async function usedBytes(url: string): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write('INFO memory\r\n')
  let text = ''
  while (!text.includes('maxmemory_policy')) text += String((await once(socket, 'data'))[0])
  // of the data alone: clients' buffers come and go
  const dataset = Number(/used_memory_dataset:(\d+)/.exec(text)?.[1])
  socket.destroy()
  return dataset
}
