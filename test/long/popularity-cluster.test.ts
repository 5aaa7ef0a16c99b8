import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { makeRedisPopularity } from '../../src/market/popularity.redis.ts'
import { RedisLink } from '../../src/shopping/redis-link.redis.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'

let cluster: RedisCluster
let link: RedisLink
beforeAll(async () => {
  cluster = await startRedisCluster()
  link = new RedisLink(cluster.url, systemClock, silentLog)
  await link.ready(10_000)
}, 60_000)
afterAll(async () => {
  await link?.close()
  await cluster?.close()
})

it('popularity is counted on a cluster, each step on one node', async () => {
  const store = makeRedisPopularity(link, 'fareloom:')
  const now = Date.parse('2027-01-05T10:00:00Z')
  for (let i = 0; i < 20; i++) {
    const routes = new Map([[`tenant-${i}`, new Map([['LON-NYC', 2]])]])
    await store.add({ routes, questions: new Map([['q', 1]]) }, now)
  }
  for (let i = 0; i < 20; i++)
    expect(await store.routes(`tenant-${i}`, 10, now)).toEqual([{ member: 'LON-NYC', score: 2 }])
  expect(await store.questions(10, now)).toEqual([{ member: 'q', score: 20 }])
  await store.forgetQuestion('q')
  expect(await store.questions(10, now)).toEqual([])
})
