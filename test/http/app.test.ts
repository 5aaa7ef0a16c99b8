import { describe, expect, test } from 'vitest'
import type { Bookings } from '../../src/booking/port.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import type { RequestContext } from '../../src/core/context.ts'
import { silentLog } from '../../src/core/log.ts'
import { prometheusMetrics } from '../../src/core/metrics.prometheus.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { type Admission, admitAll } from '../../src/http/admission.ts'
import { createApp } from '../../src/http/app.ts'
import { parseApiKeys } from '../../src/http/auth.ts'
import type { LoadClass } from '../../src/http/load-class.ts'
import type { HttpParts } from '../../src/http/parts.ts'
import { createRateLimits, type RateSettings } from '../../src/http/rate-limits.ts'
import type { MarketReads } from '../../src/market/port.ts'
import type { Messaging } from '../../src/messaging/port.ts'
import type { SearchRequest, Shopping } from '../../src/shopping/port.ts'

const search = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10' }],
  passengers: [{ type: 'ADT' }],
}
const passenger = { id: 'pax_1', type: 'ADT', givenNames: 'Ada', surname: 'Example', birthDate: '1990-12-10' }
const booking = {
  offerId: 'off_1',
  passengers: [passenger],
  contact: { email: 'a@example.com', phone: '+442071838750' },
  payment: { methodToken: 'tok_visa' },
}

type Seen = { readonly requests: unknown[]; readonly contexts: RequestContext[] }

type Methods = {
  readonly shopping?: Partial<Shopping>
  readonly bookings?: Partial<Bookings>
  readonly keys?: string
  readonly admission?: Admission
  readonly rates?: RateSettings
  readonly clock?: Clock
  readonly trustedHops?: number
}
const noLimits: RateSettings = { searches: 0, bookings: 0, reads: 0 }

function app(methods: Methods = {}) {
  const seen: Seen = { requests: [], contexts: [] }
  const encoder = new TextEncoder()
  const shopping: Partial<Shopping> = {
    search(request: SearchRequest, context) {
      seen.requests.push(request)
      seen.contexts.push(context)
      return Promise.resolve({ id: 'src_1', status: 'complete', body: encoder.encode('{"id":"src_1"}') })
    },
    listOffers(_id, query) {
      seen.requests.push(query)
      return Promise.resolve({ body: encoder.encode('{}') })
    },
    health: () => ({ offers: 'ok', redis: 'off', elasticsearch: 'degraded' }),
    ...methods.shopping,
  }
  const bookings: Partial<Bookings> = {
    create(request, key, context) {
      seen.requests.push({ request, key })
      seen.contexts.push(context)
      return Promise.resolve({ status: 201, contentType: 'application/json', body: encoder.encode('{"id":"bkg_1"}') })
    },
    health: () => Promise.resolve({ status: 'degraded', reason: 'the database does not answer' }),
    ...methods.bookings,
  }
  const parts: HttpParts = {
    shopping: shopping as Shopping,
    bookings: bookings as Bookings,
    providers: { list: () => [{ code: 'amadeus' }] as never, find: () => undefined, close: () => Promise.resolve() },
    messaging: { health: () => ({ messages: 'ok', kafka: 'off' }) } as Partial<Messaging> as Messaging,
    market: {} as MarketReads,
    popular: { routes: () => Promise.resolve([]) },
    sandbox: () => null,
    keys: parseApiKeys(methods.keys),
    admission: methods.admission ?? admitAll,
    rateLimits: createRateLimits(methods.rates ?? noLimits, methods.clock ?? systemClock),
    trustedHops: methods.trustedHops ?? 0,
    clock: systemClock,
    log: silentLog,
    metrics: prometheusMetrics(),
    otherParts: () => ({}),
    version: '0',
  }
  const hono = createApp(parts)
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    hono.request(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return { send, seen }
}

type Problem = {
  type: string
  status: number
  retry: string
  requestId: string
  instance: string
  errors?: { pointer: string; code: string }[]
}
const problemOf = async (response: Response): Promise<Problem> => (await response.json()) as Problem

describe('every answer', () => {
  test('carries a request id, the same as in the problem', async () => {
    const { send } = app()
    const good = await send('POST', '/v1/searches', search)
    expect(good.headers.get('x-request-id')).toMatch(/^req_/)
    expect(good.headers.get('location')).toBe('/v1/searches/src_1')
    for (const path of ['/nowhere', '/v1/searches/nonsense', '/v1/sandbox']) {
      const bad = await send('GET', path)
      expect(bad.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(bad.headers.get('x-request-id')).toBe((await problemOf(bad)).requestId)
    }
  })

  test('keeps a harmless id and a trace of the caller, and no others', async () => {
    const { send, seen } = app()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const kept = await send('POST', '/v1/searches', search, { 'x-request-id': 'abc.1', traceparent })
    expect(kept.headers.get('x-request-id')).toBe('abc.1')
    await send('POST', '/v1/searches', search, { 'x-request-id': 'a b\tc', traceparent: 'zz' })
    expect(seen.contexts.map(context => context.traceparent)).toEqual([traceparent, null])
    expect(seen.contexts[1]!.requestId).toMatch(/^req_/)
    await send('POST', '/v1/searches', search, { 'x-request-id': '4111-1111-1111-1111' })
    expect(seen.contexts[2]!.requestId).toMatch(/^req_/)
  })

  test('our own mistakes are told without their insides', async () => {
    const { send } = app({ shopping: { search: () => Promise.reject(new Error('secret /etc/path')) } })
    const response = await send('POST', '/v1/searches', search)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toMatch(/secret|etc/)
  })

  test('retry-after comes with what can be repeated later', async () => {
    const { send } = app({
      bookings: {
        create: () => Promise.reject(new ProblemError('idempotency-in-progress', 'running', { retryAfterSeconds: 3 })),
      },
    })
    const response = await send('POST', '/v1/bookings', booking, { 'idempotency-key': 'k' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([409, '3'])
    expect(await problemOf(response)).toMatchObject({
      type: '/problems/idempotency-in-progress',
      retry: 'later',
      instance: '/v1/bookings',
    })
  })
})

describe('bad input is refused before anything is asked', () => {
  const cases: readonly (readonly [string, unknown, number, string, string])[] = [
    ['no slices', { ...search, slices: [] }, 422, '/slices', 'too-small'],
    ['seven slices', { ...search, slices: Array(7).fill(search.slices[0]) }, 422, '/slices', 'too-big'],
    ['slices missing', { passengers: search.passengers }, 422, '/slices', 'required'],
    [
      'a date that is none',
      { ...search, slices: [{ ...search.slices[0], departureDate: '2027-02-30' }] },
      422,
      '/slices/0/departureDate',
      'wrong-format',
    ],
    [
      'lower-case airport',
      { ...search, slices: [{ ...search.slices[0], origin: 'lhr' }] },
      422,
      '/slices/0/origin',
      'wrong-format',
    ],
    ['unknown cabin', { ...search, cabin: 'luxury' }, 422, '/cabin', 'unknown-value'],
    [
      'unknown passenger type',
      { ...search, passengers: [{ type: 'XXX' }] },
      422,
      '/passengers/0/type',
      'unknown-value',
    ],
    ['a number as text', { ...search, maxConnections: '1' }, 422, '/maxConnections', 'wrong-type'],
    ['a misspelt field', { ...search, maxConections: 1 }, 422, '/maxConections', 'unknown-field'],
    [
      'a misspelt field inside',
      { ...search, slices: [{ ...search.slices[0], orign: 'LHR' }] },
      422,
      '/slices/0/orign',
      'unknown-field',
    ],
    [
      'waitFor of another shape',
      { ...search, waitFor: { providers: 0, graceMs: 1 } },
      422,
      '/waitFor/providers',
      'too-small',
    ],
    ['a list', [search], 422, '', 'wrong-type'],
  ]
  test.each([
    [{ passengers: search.passengers }, 'is required: a list'],
    [{ ...search, slices: [{ ...search.slices[0], origin: undefined }] }, 'is required: a text'],
    [{ ...search, slices: [{ origin: 'LHR', destination: 'JFK' }] }, 'is required: a date such as 2027-03-10'],
    [{ ...search, maxConnections: '1' }, 'is to be a number'],
    [{ ...search, cabin: 'luxury' }, 'is to be one of economy, premium-economy, business, first'],
    [{ ...search, providers: [] }, 'at least 1 entry'],
    [{ ...search, waitFor: { providers: 51, graceMs: 1 } }, 'at most 50'],
  ])('%j is told in words', async (body, detail) => {
    const { send } = app()
    const { errors } = await problemOf(await send('POST', '/v1/searches', body))
    expect(errors).toMatchObject([{ detail }])
  })

  test.each(cases)('%s', async (_, body, status, pointer, code) => {
    const { send, seen } = app()
    const response = await send('POST', '/v1/searches', body)
    expect(response.status).toBe(status)
    expect((await problemOf(response)).errors).toContainEqual(expect.objectContaining({ pointer, code }))
    expect(seen.requests).toEqual([])
  })

  test('broken JSON is 400 and does not echo the body', async () => {
    const { send } = app()
    const response = await send('POST', '/v1/searches', '{"passengers": Ada')
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain('Ada')
  })

  test.each([
    ['hello', 'unexpected character at position 0'],
    ['{"slices":[}', 'unexpected character at position 11'],
    ['{"slices":[1,', 'it ends too early'],
    ['{"slices":"x', 'it ends too early'],
    ['', 'it ends too early'],
  ])('of %s it says where the mistake is', async (body, words) => {
    const { send } = app()
    const problem = await problemOf(await send('POST', '/v1/searches', body))
    expect(problem).toMatchObject({ detail: expect.stringContaining(words) })
  })

  test('another media type is 415, none too', async () => {
    const { send } = app()
    expect(
      (await send('POST', '/v1/searches', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415)
    expect((await send('POST', '/v1/searches')).status).toBe(415)
    const packed = await send('POST', '/v1/searches', search, { 'content-encoding': 'gzip' })
    expect(packed.status).toBe(415)
    expect((await problemOf(packed)).errors).toEqual([
      expect.objectContaining({ pointer: 'header:content-encoding', code: 'unsupported-content-encoding' }),
    ])
  })

  test('a body over 256 kB is 413, whether its length is declared or not', async () => {
    const { send } = app()
    const large = JSON.stringify({ ...search, locale: 'x'.repeat(300_000) })
    expect((await send('POST', '/v1/searches', large, { 'content-length': String(large.length) })).status).toBe(413)
    expect((await send('POST', '/v1/searches', large)).status).toBe(413)
  })

  test('a card number anywhere is refused and not echoed', async () => {
    const { send, seen } = app()
    const body = { ...booking, metadata: { note: '4111 1111 1111 1111' } }
    const response = await send('POST', '/v1/bookings', body, { 'idempotency-key': 'k' })
    expect(response.status).toBe(422)
    const text = await response.text()
    expect(JSON.parse(text).errors).toContainEqual(
      expect.objectContaining({ pointer: '/metadata/note', code: 'card-number' }),
    )
    expect(text).not.toMatch(/4111/)
    expect(seen.requests).toEqual([])
  })

  test('the idempotency key names itself', async () => {
    const { send } = app()
    for (const [headers, code] of [
      [{}, 'required'],
      [{ 'idempotency-key': 'x'.repeat(256) }, 'wrong-format'],
    ] as const) {
      const problem = await problemOf(await send('POST', '/v1/bookings', booking, headers))
      expect(problem.errors).toEqual([expect.objectContaining({ pointer: 'header:idempotency-key', code })])
    }
  })

  test.each([
    ['sort=cheapest', 'query:sort', 'unknown-value'],
    ['limit=0', 'query:limit', 'too-small'],
    ['limit=101', 'query:limit', 'too-big'],
    ['limit=ten', 'query:limit', 'wrong-format'],
    ['departAfter=25:00', 'query:departAfter', 'wrong-format'],
    ['priceMin=1e3', 'query:priceMin', 'wrong-format'],
    ['carriers=BA,british', 'query:carriers', 'wrong-format'],
    ['sort=price&sort=best', 'query:sort', 'repeated'],
    ['maxstops=1', 'query:maxstops', 'unknown-field'],
    ['__proto__=1', 'query:__proto__', 'unknown-field'],
    ['cabins=luxury', 'query:cabins', 'unknown-value'],
  ])('query %s', async (query, pointer, code) => {
    const { send, seen } = app()
    const response = await send('GET', `/v1/searches/src_1/offers?${query}`)
    expect(response.status).toBe(422)
    expect((await problemOf(response)).errors).toContainEqual(expect.objectContaining({ pointer, code }))
    expect(seen.requests).toEqual([])
  })

  test('a good query arrives parsed', async () => {
    const { send, seen } = app()
    const response = await send(
      'GET',
      '/v1/searches/src_1/offers?sort=price&carriers=BA,AA&maxStops=1&refundable=true&checkedBags=1&limit=5&explain=1',
    )
    expect(response.status).toBe(200)
    expect(seen.requests).toEqual([
      { sort: 'price', carriers: ['BA', 'AA'], maxStops: 1, refundable: true, checkedBags: 1, limit: 5, explain: true },
    ])
  })
})

describe('addresses', () => {
  test('another method is 405 and says which are allowed', async () => {
    const { send } = app()
    const response = await send('DELETE', '/v1/bookings')
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, GET, HEAD')
  })

  test('readiness is 200 without bookings and names every part', async () => {
    const { send } = app()
    const response = await send('GET', '/health/ready')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      status: 'degraded',
      searches: 'ok',
      bookings: 'degraded',
      redis: 'off',
      elasticsearch: 'degraded',
    })
  })

  test('the documentation needs nothing from outside', async () => {
    const { send } = app()
    const html = await (await send('GET', '/docs')).text()
    for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(path).toMatch(/^\//)
      expect((await send('GET', path!)).status).toBe(200)
    }
  })

  test('the bare address leads to the documentation', async () => {
    const answer = await app().send('GET', '/')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/docs'])
  })

  test('the page fills in nothing that need not be sent, and what it fills in can be asked', async () => {
    type Parameter = { name: string; required?: boolean; description?: string; schema?: { example?: unknown } }
    const document = (await (await app().send('GET', '/openapi.json')).json()) as {
      paths: Record<string, Record<string, { parameters?: Parameter[] }>>
    }
    const parameters = Object.values(document.paths).flatMap(path =>
      Object.values(path).flatMap(operation => operation.parameters ?? []),
    )
    expect(parameters.length).toBeGreaterThan(50)
    expect(parameters.filter(({ required, schema }) => !required && schema?.example !== undefined)).toEqual([])
    const departAfter = parameters.find(({ name }) => name === 'departAfter')
    expect(departAfter?.description).toBe('Such as `06:00`.')
    const calendar = document.paths['/v1/calendar']!.get!.parameters!
    const [origin, destination] = ['origin', 'destination'].map(name => calendar.find(one => one.name === name)!.schema)
    expect(origin!.example).not.toBe(destination!.example)
  })

  test('OpenAPI names every route, its errors and examples', async () => {
    const { send } = app()
    const document = (await (await send('GET', '/openapi.json')).json()) as {
      openapi: string
      paths: Record<string, Record<string, { responses: Record<string, unknown>; operationId: string }>>
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/v1/searches',
        '/v1/searches/{id}/offers',
        '/v1/bookings',
        '/v1/bookings/{id}/cancellation-quotes/{quoteId}/confirm',
        '/v1/places',
      ]),
    )
    const ids = Object.values(document.paths).flatMap(path =>
      Object.values(path).map(operation => operation.operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(Object.keys(document.paths['/v1/bookings']!.post!.responses)).toEqual(
      expect.arrayContaining(['201', '202', '402', '409', '422']),
    )
  })

  test('an error in the OpenAPI document is shown with an example of its own status', async () => {
    type Problem = { readonly example?: { readonly status: number; readonly type: string } }
    type Answers = Record<string, { readonly content?: Record<string, Problem> }>
    const document = (await (await app().send('GET', '/openapi.json')).json()) as {
      paths: Record<string, Record<string, { responses: Answers }>>
    }
    const operations = Object.values(document.paths).flatMap(path => Object.values(path))
    const shown = operations.flatMap(({ responses }) =>
      Object.entries(responses).flatMap(([status, { content }]) => {
        const problem = content?.['application/problem+json']
        return problem && status !== '422' ? [{ status, example: problem.example?.status }] : []
      }),
    )
    expect(shown.length).toBeGreaterThan(50)
    expect(shown.filter(({ status, example }) => example !== Number(status))).toEqual([])
  })
})

describe('keys', () => {
  const keys = 'acme=key-of-acme-0001,globex=key-of-globex-01'
  test('without keys everybody is default; with keys the key says who', async () => {
    const open = app()
    await open.send('POST', '/v1/searches', search)
    expect(open.seen.contexts[0]!.tenant).toBe('default')
    const closed = app({ keys })
    await closed.send('POST', '/v1/searches', search, { authorization: 'Bearer key-of-globex-01' })
    expect(closed.seen.contexts[0]!.tenant).toBe('globex')
  })

  test('a wrong key or none is 401, health stays open', async () => {
    const { send } = app({ keys })
    const refused = await send('POST', '/v1/searches', search, { authorization: 'Bearer wrong' })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await send('POST', '/v1/searches', search)).status).toBe(401)
    expect((await send('GET', '/health/live')).status).toBe(200)
  })

  test.each([
    [undefined, 'send the header "Authorization: Bearer <key>" with a key of yours'],
    ['key-of-acme-0001', 'the header Authorization is to be "Bearer <key>"'],
    ['Bearer key-of-nobody-01', 'this key is none that is known here'],
  ])('a request with %s is told what is wrong with it', async (authorization, detail) => {
    const refused = await app({ keys }).send('GET', '/v1/airlines', undefined, authorization ? { authorization } : {})
    expect(await problemOf(refused)).toMatchObject({ status: 401, detail })
  })

  test('keys that cannot be are refused at start', () => {
    expect(() => parseApiKeys('acme=short')).toThrow(/keys of 16 to 256 characters/)
  })
})

describe('a client that asks too often', () => {
  const rates = { searches: 2, bookings: 1, reads: 2 }

  test('is told with every answer what is left', async () => {
    const { send } = app({ rates })
    const first = await send('POST', '/v1/searches', search)
    expect(first.status).toBe(201)
    expect(first.headers.get('ratelimit')).toMatch(/^"searches";r=1;t=\d+$/)
    expect(first.headers.get('ratelimit-policy')).toBe('"searches";q=2;w=60')
    const wrong = await send('POST', '/v1/searches', {})
    expect(wrong.status).toBe(422)
    expect(wrong.headers.get('ratelimit')).toMatch(/^"searches";r=0;/)
  })

  test('gets 429 with retry-after until its minute is over; other kinds of requests and health go on', async () => {
    const { send, seen } = app({ rates })
    for (let each = 0; each < 2; each++) await send('POST', '/v1/searches', search)
    const refused = await send('POST', '/v1/searches', search)
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(50)
    expect(refused.headers.get('ratelimit')).toBe(`"searches";r=0;t=${seconds}`)
    const problem = await problemOf(refused)
    expect(problem).toMatchObject({ type: '/problems/rate-limited', status: 429, retry: 'later' })
    expect(problem).toMatchObject({ instance: '/v1/searches', requestId: refused.headers.get('x-request-id') })
    expect(seen.requests).toHaveLength(2)
    expect((await send('POST', '/v1/bookings', booking, { 'idempotency-key': 'a' })).status).toBe(201)
    expect((await send('GET', '/health/live')).headers.get('ratelimit')).toBeNull()
    expect((await send('GET', '/health/live')).status).toBe(200)
  })

  test('is one key: another key of the same address has its own quota', async () => {
    const { send } = app({ rates, keys: 'acme=acme-key-of-16-characters,globex=globex-key-of-16-char' })
    const as = (key: string) => send('POST', '/v1/searches', search, { authorization: `Bearer ${key}` })
    for (let each = 0; each < 3; each++) await as('acme-key-of-16-characters')
    expect((await as('acme-key-of-16-characters')).status).toBe(429)
    expect((await as('globex-key-of-16-char')).status).toBe(201)
  })

  test('is one address where there are no keys', async () => {
    const { send } = app({ rates, trustedHops: 1 })
    const from = (address: string) => send('POST', '/v1/searches', search, { 'x-forwarded-for': `9.9.9.9, ${address}` })
    for (let each = 0; each < 3; each++) await from('192.0.2.1')
    expect((await from('192.0.2.1')).status).toBe(429)
    expect((await from('192.0.2.2')).status).toBe(201)
  })

  test('cannot guess keys for ever', async () => {
    const { send } = app({ rates, keys: 'acme=acme-key-of-16-characters' })
    const statuses: number[] = []
    for (let each = 0; each < 602; each++)
      statuses.push((await send('GET', '/v1/airlines', undefined, { authorization: `Bearer guess-${each}` })).status)
    expect(statuses.filter(status => status === 401)).toHaveLength(600)
    expect(statuses.at(-1)).toBe(429)
    const good = await send('GET', '/v1/airlines', undefined, { authorization: 'Bearer acme-key-of-16-characters' })
    expect(good.status).toBe(200)
  })
})

describe('too much load', () => {
  const only = (...admitted: readonly LoadClass[]): Admission => ({
    admits: load => load === 'always' || admitted.includes(load),
    admitFanOut: () => () => {},
  })

  test('is refused before anything is done for it: 503 overloaded, when to come back, no more', async () => {
    const { send, seen } = app({ admission: only('booking') })
    const refused = await send('POST', '/v1/searches', search, { 'x-request-id': 'abc' })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await problemOf(refused)).toEqual({
      ...{ type: '/problems/overloaded', title: 'The service is too busy', status: 503, retry: 'later' },
      detail: expect.stringContaining('ask again'),
      ...{ instance: '/v1/searches', requestId: 'abc' },
    })
    expect(seen.requests).toHaveLength(0)
  })

  test.each([
    ['POST', '/v1/bookings', 'booking'],
    ['POST', '/v1/bookings/bkg_1/payments', 'booking'],
    ['POST', '/v1/bookings/bkg_1/cancellation-quotes', 'booking'],
    ['POST', '/v1/offers/off_1/price', 'booking'],
    ['GET', '/v1/bookings/bkg_1', 'booking'],
    ['GET', '/v1/searches/src_1/offers', 'read'],
    ['GET', '/v1/places', 'read'],
    ['POST', '/v1/searches', 'search'],
  ] as const)('%s %s goes as %s', async (method, path, load) => {
    const asked: LoadClass[] = []
    const admission: Admission = {
      admits(kind) {
        asked.push(kind)
        return false
      },
      admitFanOut: () => () => {},
    }
    expect((await app({ admission }).send(method, path)).status).toBe(503)
    expect(asked).toEqual([load])
  })

  test.each(['/health/live', '/health/ready', '/metrics', '/openapi.json'])('%s is always answered', async path => {
    expect((await app({ admission: only() }).send('GET', path)).status).toBe(200)
  })
})
