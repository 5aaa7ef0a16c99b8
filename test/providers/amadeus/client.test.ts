import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { create } from '../../../src/providers/amadeus/index.ts'
import type { Provider, ShopOutcome, ShopQuery } from '../../../src/providers/port.ts'
import { ProviderSettingsError } from '../../../src/providers/port.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { type FakeHost, json, type Respond, startFakeHost } from './fake-host.ts'
import { offer, reply, traveller } from './wire-offers.ts'

const query: ShopQuery = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime: null }],
  passengers: [{ id: 'pax_a', type: 'ADT', age: null }],
  cabin: null,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 10,
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function connect(
  respond: Respond,
  more: { readonly clock?: typeof systemClock; readonly tokenReply?: Parameters<typeof startFakeHost>[1] } = {},
): Promise<{ readonly host: FakeHost; readonly provider: Provider }> {
  const host = await startFakeHost(respond, more.tokenReply)
  const settings = { baseUrl: `${host.baseUrl}/gateway/`, clientId: 'id', clientSecret: 'secret & more' }
  const provider = create(settings, { clock: more.clock ?? systemClock, log: silentLog })
  open.push(
    () => host.close(),
    () => provider.close(),
  )
  return { host, provider }
}

const shop = (provider: Provider, ms = 5_000): Promise<ShopOutcome> => provider.shop(query, callWithin(ms))
const answered: Respond = (_, response) => json(response, 200, reply(offer()))
const faultOf = (outcome: ShopOutcome): unknown => (outcome.kind === 'failed' ? outcome.fault : outcome)

describe('the access token', () => {
  test('is asked for once, however many wait for it', async () => {
    const { host, provider } = await connect(answered)
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => shop(provider)))
    expect(outcomes.map(outcome => outcome.kind)).toEqual(Array(8).fill('offers'))
    expect(host.tokensGiven()).toBe(1)
    const [token, first] = host.received
    expect(token).toMatchObject({ method: 'POST', path: '/gateway/v1/security/oauth2/token' })
    expect(Object.fromEntries(new URLSearchParams(token!.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 'secret & more',
    })
    expect(first!.headers.authorization).toBe('Bearer token-1')
  })

  test('is renewed before it expires', async () => {
    const clock = manualClock(Date.UTC(2027, 0, 1))
    const { host, provider } = await connect(answered, { clock })
    await shop(provider)
    clock.advance(1_700_000)
    await shop(provider)
    expect(host.tokensGiven()).toBe(1)
    clock.advance(50_000)
    await shop(provider)
    expect(host.tokensGiven()).toBe(2)
    expect(host.received.at(-1)!.headers.authorization).toBe('Bearer token-2')
  })

  test.each([38190, 38192])('refused with %i is renewed once, and only once', async code => {
    const refuse: Respond = (request, response) => {
      if (request.headers.authorization === 'Bearer token-2') json(response, 200, reply(offer()))
      else json(response, 401, { errors: [{ status: 401, code, title: 'Invalid access token' }] })
    }
    const { host, provider } = await connect(refuse)
    expect((await shop(provider)).kind).toBe('offers')
    expect(host.tokensGiven()).toBe(2)

    const never = await connect((_, response) => json(response, 401, { errors: [{ status: 401, code, title: 'no' }] }))
    expect(faultOf(await shop(never.provider))).toMatchObject({ kind: 'authentication', code: String(code) })
    expect(never.host.tokensGiven()).toBe(2)
    expect(never.host.received).toHaveLength(4)
  })

  test('another 401 is not tried again', async () => {
    const { host, provider } = await connect((_, response) =>
      json(response, 401, { errors: [{ status: 401, code: 38187, title: 'Invalid parameters' }] }),
    )
    expect(faultOf(await shop(provider))).toMatchObject({ kind: 'authentication', code: '38187' })
    expect(host.received).toHaveLength(2)
  })

  test('that cannot be had is a fault of the call, and the next call asks again', async () => {
    const bad = {
      error: 'invalid_client',
      error_description: 'Client credentials are invalid',
      code: 38187,
      title: 'Invalid parameters',
    }
    const good = { type: 'amadeusOAuth2Token', state: 'approved', access_token: 't', expires_in: 1799 }
    const { provider } = await connect(answered, {
      tokenReply: n => (n === 1 ? { status: 401, body: bad } : { status: 200, body: good }),
    })
    expect(faultOf(await shop(provider))).toMatchObject({ kind: 'authentication', code: '38187', mayHaveBooked: false })
    expect((await shop(provider)).kind).toBe('offers')
  })

  test('one caller who leaves does not take the token from the others', async () => {
    const slow = connect(answered, { tokenReply: undefined })
    const { provider } = await slow
    const [left, stays] = await Promise.all([shop(provider, 0), shop(provider)])
    expect(faultOf(left)).toMatchObject({ kind: 'timeout' })
    expect(stays.kind).toBe('offers')
  })
})

describe('transport', () => {
  test('asks as the vendor wants and sends the trace on', async () => {
    const { host, provider } = await connect(answered)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await provider.shop(query, { ...callWithin(5_000), traceparent })
    expect(host.received[1]).toMatchObject({
      method: 'POST',
      path: '/gateway/v2/shopping/flight-offers',
      headers: {
        traceparent,
        'x-http-method-override': 'GET',
        'content-type': 'application/vnd.amadeus+json',
        'accept-encoding': 'gzip',
      },
    })
  })

  test('a compressed reply is unpacked, a broken one refused', async () => {
    const body = gzipSync(JSON.stringify(reply(...Array.from({ length: 50 }, () => offer()))))
    const send =
      (bytes: Buffer): Respond =>
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(bytes)
      }
    const { provider } = await connect(send(body))
    expect(await shop(provider)).toMatchObject({ kind: 'offers', offers: { length: 50 } })
    const broken = await connect(send(body.subarray(0, 200)))
    expect(faultOf(await shop(broken.provider))).toMatchObject({ kind: 'malformed-reply' })
  })

  test('a reply over the limit is refused, packed or not', async () => {
    const huge = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20))
    const { provider } = await connect((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(huge)
    })
    expect(faultOf(await shop(provider))).toMatchObject({
      kind: 'malformed-reply',
      text: expect.stringContaining('more than'),
    })
  })

  test('HTML is a malformed reply whatever it says', async () => {
    const { provider } = await connect((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html></html>')
    })
    expect(faultOf(await shop(provider))).toMatchObject({
      kind: 'malformed-reply',
      text: expect.stringContaining('text/html'),
    })
  })

  test.each([
    ['retry-after', '7', 7_000],
    ['ratelimit-reset', '3', 3_000],
    ['x-other', '3', null],
  ])('429 with %s says when to come back', async (name, value, retryAfterMs) => {
    const errors = [{ status: 429, code: 38194, title: 'Too many requests' }]
    const { provider } = await connect((_, response) => json(response, 429, { errors }, { [name]: value }))
    expect(faultOf(await shop(provider))).toMatchObject({ kind: 'rate-limited', code: '38194', retryAfterMs })
  })

  test('a page instead of an error body leaves the status to speak', async () => {
    const { provider } = await connect((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' })
      response.end('<html>Bad gateway</html>')
    })
    expect(faultOf(await shop(provider))).toMatchObject({ kind: 'supplier-error', text: 'HTTP 502' })
  })

  test('a connection that breaks in the reply is a fault', async () => {
    const { provider } = await connect((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"data":')
      response.destroy()
    })
    expect(faultOf(await shop(provider))).toMatchObject({ kind: 'connection' })
  })

  test('silence ends at the deadline, and the caller who leaves is told so', async () => {
    const { provider } = await connect(() => {})
    expect(faultOf(await shop(provider, 100))).toMatchObject({ kind: 'timeout', text: 'no answer within 100 ms' })
    const call = callWithin(5_000)
    const asked = provider.shop(query, call)
    call.deadline.cancel(new Error('nobody waits'))
    expect(faultOf(await asked)).toMatchObject({ kind: 'cancelled' })
  })

  test('no offers by an error is an answer', async () => {
    const errors = [{ status: 400, code: 931, title: 'NO ITINERARY FOUND' }]
    const { provider } = await connect((_, response) => json(response, 400, { errors }))
    expect(await shop(provider)).toMatchObject({ kind: 'offers', offers: [] })
  })

  test('a reply whose offers are all unreadable is no empty answer', async () => {
    const { provider } = await connect((_, response) => json(response, 200, reply(offer({ price: null }))))
    expect(faultOf(await shop(provider))).toMatchObject({ kind: 'malformed-reply' })
  })

  test('an offer priced for others than were asked is left out', async () => {
    const others = offer({ id: '2', travelerPricings: [traveller('2')] })
    const { provider } = await connect((_, response) => json(response, 200, reply(offer(), others)))
    expect(await shop(provider)).toMatchObject({
      kind: 'offers',
      partial: true,
      offers: [{ passengers: [{ ids: ['pax_a'] }] }],
      warnings: [{ code: 'traveller-unknown' }],
    })
  })

  test('what the supplier says to have left out makes the answer partial', async () => {
    const warnings = [{ code: 4926, title: 'SOME OFFERS WERE LEFT OUT' }]
    const { provider } = await connect((_, response) => json(response, 200, { ...reply(offer()), warnings }))
    expect(await shop(provider)).toMatchObject({ kind: 'offers', partial: true, warnings: [{ code: '4926' }] })
  })
})

describe('settings', () => {
  const good = { baseUrl: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b' }
  test.each([
    ['baseUrl', 'nowhere', /BASE_URL/],
    ['baseUrl', 'ftp://127.0.0.1', /BASE_URL/],
    ['clientId', '', /CLIENT_ID/],
    ['clientSecret', '', /CLIENT_SECRET/],
    ['officeZone', 'Mars/Olympus', /OFFICE_ZONE/],
  ])('%s "%s" is refused by name', (name, value, reason) => {
    const make = (): Provider => create({ ...good, [name]: value }, { clock: systemClock, log: silentLog })
    expect(make).toThrow(ProviderSettingsError)
    expect(make).toThrow(reason)
  })
})
