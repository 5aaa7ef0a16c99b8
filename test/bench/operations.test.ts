import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { hasRedis, startOwnRedis } from '../../bench/own-redis.ts'
import type { Shopping } from '../../src/shopping/port.ts'
import { flightsAhead, openProcess, requestAhead } from '../shopping/support/processes.ts'
import { contextOf, jsonOf } from '../shopping/support/shopping.ts'
import { fakeSupplier } from '../shopping/support/suppliers.ts'
import { until } from '../support/until.ts'

/** What an operation asks of others, on a busy machine as on a quiet one: change the numbers knowingly. Statements a booking:
 *  test/booking/round-trips.test.ts. */
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const context = contextOf()

/** Two processes over a Redis that nobody else asks. */
async function twoProcesses() {
  const redis = await startOwnRedis()
  closers.push(() => redis.close())
  const supplier = fakeSupplier('alpha', flightsAhead(45))
  const open = async (): Promise<Shopping> => {
    const shopping = await openProcess({ prefix: 'guard:', suppliers: [supplier], url: redis.url })
    closers.push(() => shopping.close())
    return shopping
  }
  const [a, b] = [await open(), await open()]
  const probe = new Redis(redis.url)
  closers.push(() => probe.disconnect())
  /** Commands since the last time that it was asked, once they have come to an end; by name. */
  const commands = async (): Promise<number> => {
    let before = -1
    let now = 0
    await until(async () => {
      const sum = await calls(probe)
      const isQuiet = sum === before
      before = sum
      now = sum
      return isQuiet
    }, 'Redis is asked no more')
    await probe.config('RESETSTAT')
    return now
  }
  await probe.config('RESETSTAT')
  return { a, b, supplier, commands }
}

/** What the probe asks itself is left out. */
async function calls(probe: Redis): Promise<number> {
  const text = await probe.info('commandstats')
  const lines = [...text.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)]
  return lines.reduce((sum, [, name, count]) => sum + (/^(info|config|ping|client)/.test(name!) ? 0 : Number(count)), 0)
}

test.skipIf(!hasRedis())(
  'a miss asks each supplier once and Redis for few things, a hit for next to nothing',
  async () => {
    const { a, b, supplier, commands } = await twoProcesses()
    await commands()
    await a.search(requestAhead, context)
    const miss = await commands()
    expect(supplier.asked).toHaveLength(1)
    expect(miss, 'commands of a miss').toBeLessThanOrEqual(bounds.miss)

    const searches = 200
    for (let n = 0; n < searches; n++) expect(jsonOf(await a.search(requestAhead, context)).cache.status).toBe('hit')
    const hits = await commands()
    expect(hits / searches, 'commands of a hit in the same process').toBeLessThanOrEqual(bounds.hit)

    expect(jsonOf(await b.search(requestAhead, context)).cache.status).toBe('hit')
    expect(await commands(), 'commands of a hit in another process').toBeLessThanOrEqual(bounds.hitElsewhere)
    expect(supplier.asked).toHaveLength(1)
  },
)

/** Planted: the hit is looked for in Redis each time, as if memory held nothing. */
test.skipIf(!hasRedis())('the bounds see a planted slowness', async () => {
  const { a, supplier, commands } = await twoProcesses()
  await commands()
  await a.search(requestAhead, context)
  await a.search(requestAhead, context, { anew: true })
  expect(await commands(), 'a search asked twice').toBeGreaterThan(bounds.miss)
  expect(supplier.asked.length).toBeGreaterThan(1)
  const searches = 50
  for (let n = 0; n < searches; n++) {
    await a.search(requestAhead, context)
    await a.getSearch(jsonOf(await a.search(requestAhead, context, { anew: true })).id, context)
  }
  expect((await commands()) / searches).toBeGreaterThan(bounds.hit)
})

/** A miss reads the record of changes and both caches, takes and gives back the lease, and writes view, net set and answer. */
const bounds = { miss: 40, hit: 0.2, hitElsewhere: 6 }
