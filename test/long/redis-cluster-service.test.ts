import { afterAll, beforeAll, expect, it } from 'vitest'
import { bookingOf, book, daysAhead, searchFor, send } from '../support/front-end.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'
import { until } from '../support/until.ts'

/** The service as it is started, two of it over a Redis cluster of six nodes: every part of it that keeps something there. */
let cluster: RedisCluster
let database: TestDatabase
const services: RunningService[] = []

beforeAll(async () => {
  cluster = await startRedisCluster()
  database = await createTestDatabase()
  const env = { DATABASE_URL: database.url, REDIS_URL: cluster.url, MASTER_KEY: Buffer.alloc(32, 3).toString('base64') }
  for (let i = 0; i < 2; i++) services.push(await startService(env))
}, 120_000)
afterAll(async () => {
  for (const service of services) {
    await service.stop()
    await removeDataDir(service.dataDir)
  }
  await database?.drop()
  await cluster?.close()
})

it('two services search, page, book and learn over a cluster, and go on without one of its masters', async () => {
  const [a, b] = services as [RunningService, RunningService]
  const slices = [{ origin: 'LHR', destination: 'JFK', departureDate: daysAhead(40) }]
  const question = searchFor('LHR', 'JFK', { slices })
  const first = (await send(a.baseUrl, 'POST', '/v1/searches', question)).body
  const next = `/v1/searches/${first.id}/offers?cursor=${encodeURIComponent(first.page.next)}`
  expect((await send(b.baseUrl, 'GET', next)).body).toEqual((await send(a.baseUrl, 'GET', next)).body)
  const hit = async (service: RunningService): Promise<string> =>
    (await send(service.baseUrl, 'POST', '/v1/searches', question)).body.cache.status
  await until(async () => (await hit(b)) === 'hit', 'the other one answers from it')

  const { status, body } = await book(b.baseUrl, bookingOf(first.offers[0]))
  expect([status, body.status]).toEqual([201, 'ticketed'])
  const anew = (await send(a.baseUrl, 'POST', '/v1/searches', question)).body
  expect(anew.cache.status).not.toBe('hit')

  const learned = async (): Promise<number> => {
    const { providers } = (await send(a.baseUrl, 'GET', '/v1/providers')).body
    return providers.find((one: { code: string }) => one.code === first.offers[0].provider).cache.confirmations
  }
  await until(async () => (await learned()) >= 0.9, 'what one confirmed the other has counted', 30_000)

  await cluster.killMasterOf('fareloom:shop:v2:changes')
  for (let day = 50; day < 60; day++) {
    const other = searchFor('LHR', 'JFK', { slices: [{ ...slices[0]!, departureDate: daysAhead(day) }] })
    const answer = await send(day % 2 ? a.baseUrl : b.baseUrl, 'POST', '/v1/searches', other)
    expect(answer.status).toBe(201)
    expect(answer.body.offers.length).toBeGreaterThan(0)
  }
  await until(async () => (await send(a.baseUrl, 'GET', '/health/ready')).body.redis === 'ok', 'all is well again')
}, 120_000)
