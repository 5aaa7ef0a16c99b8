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

/** What the probe asks itself is left out, and the record of changed flights: it is read on once in 20 ms at most, whoever asks
 *  for whatever, so how often says how long a test took. */
async function calls(probe: Redis): Promise<number> {
  const text = await probe.info('commandstats')
  const lines = [...text.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)]
  const isOthers = (name: string): boolean => /^(info|config|ping|client|xrange)/.test(name)
  return lines.reduce((sum, [, name, count]) => sum + (isOthers(name!) ? 0 : Number(count)), 0)
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
    expect(await commands(), 'commands of 200 hits in the same process').toBe(bounds.hits)

    expect(jsonOf(await b.search(requestAhead, context)).cache.status).toBe('hit')
    expect(await commands(), 'commands of a hit in another process').toBe(bounds.hitElsewhere)
    expect(supplier.asked).toHaveLength(1)
  },
)

test.skipIf(!hasRedis())(
  'who asks another process at once for what this one has read nothing of shares one read',
  async () => {
    const { a, b, commands } = await twoProcesses()
    await a.search(requestAhead, context)
    await commands()
    const answers = await Promise.all(Array.from({ length: 20 }, () => b.search(requestAhead, context)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(20)
    expect(answers.map(answer => jsonOf(answer).cache.status)).toEqual(answers.map(() => 'hit'))
    expect(await commands()).toBe(bounds.hitElsewhere)
  },
)

/** Planted: what the bounds stand for, and one thing more. */
test.skipIf(!hasRedis())('the bounds see a planted slowness', async () => {
  const { a, b, supplier, commands } = await twoProcesses()
  await commands()
  const { id } = jsonOf(await a.search(requestAhead, context))
  await a.search(requestAhead, context, { anew: true })
  expect(await commands(), 'a search asked twice').toBeGreaterThan(bounds.miss)
  expect(supplier.asked.length).toBeGreaterThan(1)
  await a.search(requestAhead, context)
  await b.getSearch(id, context)
  expect(await commands(), 'one GET beside 200 hits').toBeGreaterThan(bounds.hits)
  await b.search(requestAhead, context)
  await b.listOffers(id, { limit: 1 }, context)
  expect(await commands(), 'a hit elsewhere and a page').toBeGreaterThan(bounds.hitElsewhere)
})

/** A miss reads answer, net set and both again with the lease in hand, takes and gives back the lease (SET, EVAL with DEL), and
 *  writes the view (2 HSET, 5 ZADD, SET and what ends them), the net set, the answer and the lowest prices: 26, and one more for a
 *  lease that must be renewed on a slow machine. A hit elsewhere is one GET of the ready page. */
const bounds = { miss: 27, hits: 0, hitElsewhere: 1 }
