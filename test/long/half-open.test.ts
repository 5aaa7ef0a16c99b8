import { afterAll, beforeAll, expect, test } from 'vitest'
import { daysAhead, searchFor, send } from '../support/front-end.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { createTestDatabase, elasticsearchUrl, type TestDatabase } from '../support/services.ts'
import { startTunnel, type Tunnel } from '../support/tunnel.ts'
import { until } from '../support/until.ts'

/** Connections that a firewall has forgotten: nobody is told, nothing passes. Each costs the client a time-out. */
let database: TestDatabase
let elasticsearch: Tunnel
let service: RunningService

beforeAll(async () => {
  database = await createTestDatabase()
  elasticsearch = await startTunnel(elasticsearchUrl())
  service = await startService({ DATABASE_URL: database.url, ELASTICSEARCH_URL: elasticsearch.url })
})
afterAll(async () => {
  await service?.stop()
  await removeDataDir(service.dataDir)
  await elasticsearch.close()
  await database.drop()
})

const search = async (day: number): Promise<number> => {
  const slices = [{ origin: 'LHR', destination: 'JFK', departureDate: daysAhead(day) }]
  const start = performance.now()
  expect((await send(service.baseUrl, 'POST', '/v1/searches', searchFor('LHR', 'JFK', { slices }))).status).toBe(201)
  return performance.now() - start
}

async function metric(name: string): Promise<number> {
  const { body } = await send(service.baseUrl, 'GET', '/metrics')
  const line = (body as string).split('\n').find(text => text.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}
const written = (): Promise<number> => metric('fareloom_market_documents_total{outcome="written"}')

test('frozen connections to Elasticsearch delay no search, and what waited is written over new ones', async () => {
  await search(20)
  await until(async () => (await written()) > 0, 'the first rows are written')
  const before = await written()
  elasticsearch.freeze()
  const times: number[] = []
  for (let day = 21; day < 26; day++) times.push(await search(day))
  console.log(`searches beside frozen connections: ${times.map(ms => ms.toFixed(0)).join(', ')} ms`)
  expect(Math.max(...times)).toBeLessThan(2_000)
  await until(async () => (await metric('fareloom_market_queue_length')) === 0, 'all rows are written', 120_000)
  expect(await written()).toBeGreaterThan(before)
  expect((await send(service.baseUrl, 'GET', '/health/ready')).body).toMatchObject({
    status: 'ok',
    elasticsearch: 'ok',
  })
})
