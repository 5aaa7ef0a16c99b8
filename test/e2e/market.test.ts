import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, daysAhead, type Json, searchFor, send } from '../support/front-end.ts'
import { complaintsOf } from '../support/json-schema.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { createTestDatabase, elasticsearchUrl, redisUrl, type TestDatabase, uniqueName } from '../support/services.ts'
import { startTunnel, type Tunnel } from '../support/tunnel.ts'
import { until } from '../support/until.ts'

/** The memory of the market as a front end meets it: searches first, then what is remembered of them. Tenants of this run
 *  alone, since the indices are everybody's. */
const tenants = { one: uniqueName(), other: uniqueName() }
const keyOf = (tenant: keyof typeof tenants): string => `${tenants[tenant]}-0123456789abcdef`

let database: TestDatabase
let tunnel: Tunnel
let service: RunningService
let document: Answer['body']
const date = daysAhead(60)
const month = date.slice(0, 7)

const as = (tenant: keyof typeof tenants, method: string, path: string, body?: unknown, more = {}): Promise<Answer> =>
  send(service.baseUrl, method, path, body, { authorization: `Bearer ${keyOf(tenant)}`, ...more })
/** Asks suppliers: what an earlier run left in Redis was shopped then. */
const shop = (tenant: keyof typeof tenants, body: Json): Promise<Answer> =>
  as(tenant, 'POST', '/v1/searches', body, { 'cache-control': 'no-cache' })
const get = (path: string, tenant: keyof typeof tenants = 'one') => as(tenant, 'GET', path)

/** On a busy machine suppliers are slow: what they found is the subject here, not when. */
const patient = (destination: string, more: Json = {}): Json =>
  searchFor('LON', destination, { deadlineMs: 20_000, ...more })

beforeAll(async () => {
  database = await createTestDatabase()
  tunnel = await startTunnel(elasticsearchUrl())
  service = await startService({
    DATABASE_URL: database.url,
    ELASTICSEARCH_URL: tunnel.url,
    REDIS_URL: redisUrl(),
    API_KEYS: (['one', 'other'] as const).map(tenant => `${tenants[tenant]}=${keyOf(tenant)}`).join(),
  })
  document = (await send(service.baseUrl, 'GET', '/openapi.json')).body
  const back = { origin: 'NYC', destination: 'LON', departureDate: daysAhead(67) }
  const oneWay = { origin: 'LON', destination: 'NYC', departureDate: date }
  for (const slices of [[oneWay], [oneWay, back]]) {
    const { status, body } = await shop('one', patient('NYC', { slices }))
    expect(status, body.detail).toBe(201)
  }
  expect((await shop('one', patient('MAD'))).status).toBe(201)
  expect((await shop('other', patient('ROM'))).status).toBe(201)
  const trips = async () => (await as('one', 'POST', '/v1/market/query', {})).body.facets.trips
  const destinations = async (tenant: keyof typeof tenants) =>
    (await get('/v1/explore?origin=LON', tenant)).body.destinations
  const isThere = async (): Promise<boolean> =>
    (await trips()).length === 2 &&
    (await destinations('one')).length === 2 &&
    (await destinations('other')).length === 1
  await until(isThere, 'it is all there')
}, 60_000)
afterAll(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
  await tunnel?.close()
  await database?.drop()
})

/** As the document says, and with nothing that it does not say. */
function expectDocumented(path: string, method: 'get' | 'post', { status, body }: Answer): void {
  const answer = document.paths[path][method].responses[String(status)]
  const schema = Object.values<Answer['body']>(answer.content)[0].schema
  expect(complaintsOf(document, schema, body, path)).toEqual([])
}

describe('after some searches', () => {
  test('the calendar has the lowest price that was shown, one way and return', async () => {
    const answer = await get(`/v1/calendar?origin=LON&destination=NYC&month=${month}&currency=EUR`)
    expect(answer.status).toBe(200)
    expectDocumented('/v1/calendar', 'get', answer)
    const day = answer.body.days.find((each: Answer['body']) => each.date === date)
    const sorted = await as('one', 'POST', '/v1/searches', searchFor('LON', 'NYC', { cabin: 'economy' }))
    const offers = await get(`/v1/searches/${sorted.body.id}/offers?sort=price&limit=1`)
    expect(day.oneWay).toMatchObject({ trip: 'one-way', price: offers.body.offers[0].total })
    expect(day.return).toMatchObject({ trip: 'return', nights: 7 })
    expect(Date.parse(answer.body.freshness.newest)).toBeGreaterThan(Date.now() - 120_000)
  })

  test('explore has where one gets to, and nothing of another tenant', async () => {
    const answer = await get(`/v1/explore?origin=LON&month=${month}&budget=5000&within=40,-3,6500&currency=USD`)
    expectDocumented('/v1/explore', 'get', answer)
    expect(answer.body.destinations.map((each: Answer['body']) => each.destination)).toEqual(['MAD', 'NYC'])
    expect(answer.body.destinations[0].coordinates).toEqual({
      lat: expect.closeTo(40.5, 0),
      lon: expect.closeTo(-3.6, 0),
    })
    const other = await get('/v1/explore?origin=LON', 'other')
    expect(other.body.destinations.map((each: Answer['body']) => each.destination)).toEqual(['ROM'])
  })

  test('the price history has today', async () => {
    const answer = await get(`/v1/price-history?origin=LON&destination=NYC&departureDate=${date}&currency=GBP`)
    expectDocumented('/v1/price-history', 'get', answer)
    expect(answer.body.history).toHaveLength(1)
    const [{ day, lowest, quartiles, itineraries }] = answer.body.history
    expect(day).toBe(new Date().toISOString().slice(0, 10))
    expect(itineraries).toBeGreaterThan(10)
    const amounts = [lowest, quartiles.q1, quartiles.median, quartiles.q3].map(({ amount }) => Number(amount))
    expect(amounts).toEqual(amounts.toSorted((a, b) => a - b))
  })

  test('questions have pages, facets and words', async () => {
    const question = { text: 'london madrid', limit: 10, sort: { by: 'duration' } }
    const answer = await as('one', 'POST', '/v1/market/query', question)
    expectDocumented('/v1/market/query', 'post', answer)
    expect(answer.body.facets.destinations).toMatchObject([{ value: 'MAD' }])
    const next = await as('one', 'POST', '/v1/market/query', { cursor: answer.body.page.next })
    expectDocumented('/v1/market/query', 'post', next)
    expect(next.body.fares).toHaveLength(10)
    expect((await as('other', 'POST', '/v1/market/query', { cursor: answer.body.page.next })).status).toBe(422)
  })

  test('popular routes are those that were searched, each tenant its own, cached answers counted', async () => {
    for (let i = 0; i < 5; i++) await as('one', 'POST', '/v1/searches', searchFor('LON', 'MAD'))
    const routes = async (tenant: keyof typeof tenants) => (await get('/v1/routes/popular?limit=5', tenant)).body.routes
    await until(async () => (await routes('one'))[0]?.score > 5.9, 'all are counted')
    expect(await routes('one')).toEqual([
      { origin: 'LON', destination: 'MAD', score: expect.closeTo(6, 1) },
      { origin: 'LON', destination: 'NYC', score: expect.closeTo(3, 1) },
    ])
    expect(await routes('other')).toMatchObject([{ destination: 'ROM' }])
    expectDocumented('/v1/routes/popular', 'get', await get('/v1/routes/popular'))
  })

  test.each([
    ['/v1/calendar?origin=LON&destination=NYC', 'query:month'],
    ['/v1/calendar?origin=LON&destination=NYC&month=2027-13', 'query:month'],
    ['/v1/calendar?origin=ZZZ&destination=NYC&month=2027-01', 'query:origin'],
    ['/v1/calendar?origin=LON&destination=LHR&month=2027-01', 'query:destination'],
    ['/v1/calendar?origin=LON&destination=NYC&month=2027-01&nights=-1', 'query:nights'],
    ['/v1/explore?month=2027-01', 'query:origin'],
    ['/v1/explore?origin=LON&within=1,2', 'query:within'],
    ['/v1/explore?origin=LON&within=91,2,3', 'query:within'],
    ['/v1/explore?origin=LON&budget=cheap', 'query:budget'],
    ['/v1/price-history?origin=LON&destination=NYC&departureDate=2027-02-30', 'query:departureDate'],
    ['/v1/price-history?origin=LON&destination=NYC&departureDate=2027-02-20&currency=XQQ', 'query:currency'],
    ['/v1/routes/popular?limit=0', 'query:limit'],
  ])('%s is refused by the name of the field', async (path, pointer) => {
    const answer = await get(path)
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0].pointer).toBe(pointer)
  })

  test('without Elasticsearch it says when to come again, searches go on, and it is back with the server', async () => {
    await tunnel.cut()
    const paths = [
      `/v1/calendar?origin=LON&destination=NYC&month=${month}`,
      '/v1/explore?origin=LON',
      `/v1/price-history?origin=LON&destination=NYC&departureDate=${date}`,
    ]
    for (const answer of [
      ...(await Promise.all(paths.map(path => get(path)))),
      await as('one', 'POST', '/v1/market/query', {}),
    ]) {
      expect(answer.status).toBe(503)
      expect(answer.body).toMatchObject({ type: '/problems/unavailable', retry: 'later' })
      expect(answer.headers.get('retry-after')).toBe('5')
    }
    expect((await as('one', 'POST', '/v1/searches', searchFor('LON', 'MAD'))).status).toBe(201)
    expect((await get('/v1/routes/popular')).status).toBe(200)
    await tunnel.restore()
    expect((await get('/v1/explore?origin=LON')).status).toBe(200)
  })
})
