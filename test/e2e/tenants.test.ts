import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, bookingOf, daysAhead, searchFor, send } from '../support/front-end.ts'
import { newDataDir, type RunningService, removeDataDir, startService } from '../support/service.ts'
import { redisUrl } from '../support/services.ts'
import { until } from '../support/until.ts'

/** Two tenants on one service, with prices of their own: nothing of one is seen by the other. */
const keys = { acme: 'acme-key-0123456789', globex: 'globex-key-0123456789' } as const
type Tenant = keyof typeof keys

/** Acme adds nothing, Globex a hundred euros a passenger. */
const rules = {
  markups: [
    {
      id: 'globex',
      when: { tenants: ['globex'] },
      add: { amount: '100.00', currency: 'EUR' },
    },
  ],
  fees: [],
}

describe.each([
  ['memory', false],
  ['Redis', true],
] as const)('two tenants over %s', (_, hasRedis) => {
  let service: RunningService
  let redis: Redis | undefined

  beforeAll(async () => {
    const dataDir = newDataDir()
    const file = join(dataDir, 'rules.json')
    writeFileSync(file, JSON.stringify(rules))
    const url = new URL(redisUrl())
    url.pathname = '/10'
    if (hasRedis) redis = new Redis(url.href)
    await redis?.flushdb()
    service = await startService(
      {
        API_KEYS: Object.entries(keys)
          .map(([tenant, key]) => `${tenant}=${key}`)
          .join(','),
        PRICING_RULES_FILE: file,
        ...(hasRedis ? { REDIS_URL: url.href } : {}),
      },
      dataDir,
    )
  })
  afterAll(async () => {
    await redis?.quit()
    await service?.stop()
    if (service) await removeDataDir(service.dataDir)
  })

  const as = (
    tenant: Tenant,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    send(service.baseUrl, method, path, body, { authorization: `Bearer ${keys[tenant]}`, ...headers })

  const bookAs = (tenant: Tenant, body: unknown, key: string = randomUUID()): Promise<Answer> =>
    as(tenant, 'POST', '/v1/bookings', body, { 'idempotency-key': key })

  const expectForeign = ({ status, body }: Answer): void => {
    expect(status).toBe(404)
    expect(body.type).toBe('/problems/not-found')
  }

  test('no key, or a key of nobody, is 401; what needs none still answers', async () => {
    for (const headers of [{}, { authorization: 'Bearer nobody-0123456789abcdef' }, { authorization: keys.acme }]) {
      for (const path of ['/v1/bookings', '/v1/places?query=lon', '/v1/sandbox', '/v1/searches/src_x']) {
        const refused = await send(service.baseUrl, 'GET', path, undefined, headers as Record<string, string>)
        expect(refused).toMatchObject({ status: 401, body: { type: '/problems/unauthenticated' } })
        expect(refused.headers.get('www-authenticate')).toBe('Bearer')
      }
    }
    for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs'])
      expect((await send(service.baseUrl, 'GET', path)).status).toBe(200)
  })

  test('the same search gives each its own price of the same net fares, whoever asks first and again from the cache', async () => {
    const body = searchFor('LHR', 'JFK', { providers: ['sabre'], passengers: [{ type: 'ADT' }, { type: 'ADT' }] })
    const cheapest = async (tenant: Tenant): Promise<Answer['body']> => {
      const search = (await as(tenant, 'POST', '/v1/searches', body)).body
      const path = `/v1/searches/${search.id}/offers?sort=price&limit=1`
      return { cache: search.cache.status, offer: (await as(tenant, 'GET', path)).body.offers[0] }
    }
    const [first, second, third, fourth] = [
      await cheapest('globex'),
      await cheapest('acme'),
      await cheapest('globex'),
      await cheapest('acme'),
    ]
    expect([first.cache, second.cache, third.cache, fourth.cache]).toEqual(['miss', 'hit', 'hit', 'hit'])
    const total = ({ offer }: Answer['body']): number => Number(offer.total.amount)
    expect(total(first) - total(second)).toBeCloseTo(200, 2)
    expect(third.offer.total).toEqual(first.offer.total)
    expect(fourth.offer.total).toEqual(second.offer.total)
    expect(second.offer.price.supplierTotal).toEqual(first.offer.price.supplierTotal)
    expect(new Set([first, second, third, fourth].map(({ offer }) => offer.id)).size).toBe(4)
  })

  test('searches, offers and cursors of one are not there for the other', async () => {
    const { body } = await as('acme', 'POST', '/v1/searches', searchFor('LHR', 'JFK'))
    const [offer] = body.offers
    const ids = body.offers.flatMap((row: Answer['body']) => [
      row.id,
      ...row.alternatives.map((one: Answer['body']) => one.offerId),
    ])
    expectForeign(await as('globex', 'GET', `/v1/searches/${body.id}`))
    expectForeign(await as('globex', 'GET', `/v1/searches/${body.id}/offers`))
    expectForeign(
      await as('globex', 'GET', `/v1/searches/${body.id}/offers?cursor=${encodeURIComponent(body.page.next)}`),
    )
    for (const id of ids) expectForeign(await as('globex', 'GET', `/v1/offers/${id}`))
    expectForeign(await as('globex', 'POST', `/v1/offers/${offer.id}/price`))
    expectForeign(await bookAs('globex', bookingOf(offer)))
    expect((await as('acme', 'GET', `/v1/offers/${offer.id}`)).status).toBe(200)

    const own = (await as('globex', 'POST', '/v1/searches', searchFor('LHR', 'JFK'))).body
    const borrowed = `/v1/searches/${own.id}/offers?cursor=${encodeURIComponent(body.page.next)}`
    expect([404, 422]).toContain((await as('globex', 'GET', borrowed)).status)
  })

  test('bookings, look-ups, lists, payments and quotes of one are not there for the other', async () => {
    const { body } = await as('acme', 'POST', '/v1/searches', searchFor('LHR', 'JFK', { providers: ['sabre'] }))
    const booked = (await bookAs('acme', bookingOf(body.offers[0]))).body
    expect(booked.status).toBe('ticketed')
    const path = `/v1/bookings/${booked.id}`
    const quote = (await as('acme', 'POST', `${path}/cancellation-quotes`)).body
    const lookup = { reference: booked.reference, lastName: 'Example' }

    expectForeign(await as('globex', 'GET', path))
    expectForeign(await as('globex', 'POST', '/v1/bookings/lookup', lookup))
    expect((await as('globex', 'GET', '/v1/bookings')).body.bookings).toEqual([])
    const key = { 'idempotency-key': randomUUID() }
    expectForeign(await as('globex', 'POST', `${path}/payments`, { methodToken: 'tok_visa' }, key))
    expectForeign(await as('globex', 'POST', `${path}/cancellation-quotes`))
    expectForeign(await as('globex', 'POST', `${path}/cancellation-quotes/${quote.id}/confirm`))

    expect((await as('acme', 'GET', path)).body).toEqual(booked)
    expect((await as('acme', 'POST', '/v1/bookings/lookup', lookup)).body.id).toBe(booked.id)
    const listed = (await as('acme', 'GET', '/v1/bookings')).body.bookings.map(({ id }: Answer['body']) => id)
    expect(listed).toContain(booked.id)
    expect((await as('acme', 'POST', `${path}/cancellation-quotes/${quote.id}/confirm`)).status).toBe(200)
  })

  test('the same idempotency key of two tenants is two keys', async () => {
    const key = randomUUID()
    const booking = async (tenant: Tenant): Promise<Answer> => {
      const search = searchFor('LHR', 'JFK', { providers: ['travelport'] })
      const { body } = await as(tenant, 'POST', '/v1/searches', search)
      return bookAs(tenant, bookingOf(body.offers[0]), key)
    }
    const [ofAcme, ofGlobex] = [await booking('acme'), await booking('globex')]
    expect([ofAcme.status, ofGlobex.status]).toEqual([201, 201])
    expect(ofGlobex.body.id).not.toBe(ofAcme.body.id)
  })

  test('log lines say whose they are, and never the key', async () => {
    const date = daysAhead(90)
    const slices = [{ origin: 'LHR', destination: 'JFK', departureDate: date }]
    const { headers } = await as('globex', 'POST', '/v1/searches', searchFor('LHR', 'JFK', { slices }))
    const requestId = headers.get('x-request-id')
    const logged = () => service.log().find(line => line.requestId === requestId)
    await until(() => logged() !== undefined, 'it is in the log')
    expect(logged()).toMatchObject({ tenant: 'globex', status: 201 })
    for (const key of Object.values(keys)) expect(service.output()).not.toContain(key)
  })
})
