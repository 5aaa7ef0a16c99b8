import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { Traveller } from '../../../src/core/order.ts'
import { silentLog } from '../../../src/core/log.ts'
import { create } from '../../../src/providers/duffel/index.ts'
import { decode } from '../../../src/providers/duffel/wire/decode.ts'
import {
  ProviderSettingsError,
  type CreateOrderOutcome,
  type Provider,
  type ShopQuery,
} from '../../../src/providers/port.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { json, type Say, type ScriptedHost, startScriptedHost } from './scripted-host.ts'
import { batch, bytesOf, errors, offer, offerFor, order, segment, type Tree } from './wire-messages.ts'

let host: ScriptedHost
let provider: Provider

async function against(say: Say, settings: Readonly<Record<string, string>> = {}): Promise<Provider> {
  host = await startScriptedHost(say)
  provider = create(
    { baseUrl: host.baseUrl, accessToken: 'duffel_test_x', ...settings },
    { clock: systemClock, log: silentLog },
  )
  return provider
}
afterEach(async () => {
  await provider?.close()
  await host?.close()
})

const query: ShopQuery = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime: null }],
  passengers: [{ id: 'pax_a', type: 'ADT', age: null }],
  cabin: 'economy',
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 50,
}
const later = { expires_at: '2999-01-01T00:00:00Z' }
const offered: SupplierOffer = {
  ...decode(bytesOf(offer(later))).offers[0]!,
  supplierContext: { offerId: 'off_1', passengers: { pas_1: 'pax_a' } },
}
const ada: Traveller = {
  id: 'pax_a',
  type: 'ADT',
  title: 'Mrs.',
  givenNames: 'Ada',
  surname: 'Example',
  birthDate: '1990-12-10',
  gender: 'F',
  document: { type: 'passport', number: 'X1', issuingCountry: 'GB', expiryDate: '2035-01-01', nationality: 'GB' },
  loyalty: { carrier: 'BA', number: '123' },
  adultId: null,
}
const contact = { email: 'ada@example.com', phone: '+442071838750' }
const createOrder = (
  more: { travellers?: readonly Traveller[]; hold?: boolean; offer?: SupplierOffer } = {},
): Promise<CreateOrderOutcome> =>
  provider.createOrder(
    { offer: offered, travellers: [ada], contact, reference: 'K7M2QX', hold: false, ...more },
    callWithin(5_000),
  )
const key = {
  locator: 'RZPNX8',
  travellers: [ada],
  supplierContext: { orderId: 'ord_1', passengers: { pas_1: 'pax_a' }, total: '120.50', currency: 'GBP' },
} as const

describe('every call', () => {
  test('carries token, version and trace, and takes a prefix before the path', async () => {
    await against((_, response) => json(response, 404, errors('invalid_request_error', 'not_found')))
    await provider.close()
    provider = create(
      { baseUrl: `${host.baseUrl}/gateway/`, accessToken: 'duffel_test_x' },
      { clock: systemClock, log: silentLog },
    )
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await provider.retrieveOrder(key, { ...callWithin(5_000), traceparent })
    expect(host.asked[0]).toMatchObject({
      path: '/gateway/air/orders/ord_1',
      headers: {
        authorization: 'Bearer duffel_test_x',
        'duffel-version': 'v2',
        'accept-encoding': 'gzip',
        traceparent,
      },
    })
  })

  test.each([
    ['no address', { baseUrl: 'api.duffel.com' }],
    ['no token', { accessToken: '' }],
    ['a token with a line break', { accessToken: 'a\nb' }],
    ['an unknown way to pay', { paymentType: 'cash' }],
  ])('%s is refused at start', (_, wrong) => {
    const settings = { baseUrl: 'https://api.duffel.com', accessToken: 'x', ...wrong }
    expect(() => create(settings, { clock: systemClock, log: silentLog })).toThrow(ProviderSettingsError)
  })

  test.each([
    ['a date', () => new Date(systemClock.now() + 7_000).toUTCString(), 5_000, 8_000],
    ['seconds', () => '12', 12_000, 12_000],
    ['nonsense', () => 'soon', null, null],
  ])('a reset given as %s says when to come back', async (_, reset, from, to) => {
    await against((_asked, response) =>
      json(response, 429, errors('rate_limit_error', 'rate_limit_exceeded'), { 'ratelimit-reset': reset() }),
    )
    const outcome = await provider.shop(query, callWithin(5_000))
    if (outcome.kind !== 'failed') throw new Error('was answered')
    expect(outcome.fault.kind).toBe('rate-limited')
    if (from === null) expect(outcome.fault.retryAfterMs).toBeNull()
    else {
      expect(outcome.fault.retryAfterMs).toBeGreaterThanOrEqual(from)
      expect(outcome.fault.retryAfterMs).toBeLessThanOrEqual(to!)
    }
  })
})

describe('searching', () => {
  const batches = (...replies: readonly ((response: Parameters<Say>[1]) => void)[]): Say => {
    let next = 0
    return (asked, response) =>
      asked.method === 'POST' ? json(response, 201, batch(replies.length, undefined)) : replies[next++]!(response)
  }
  const gives =
    (remaining: number, ...offers: readonly Tree[]) =>
    (response: Parameters<Say>[1]): void =>
      json(response, 200, batch(remaining, offers))

  test('asks until nothing remains and puts the batches together', async () => {
    await against(batches(gives(2, offer()), gives(1), gives(0, offer({ id: 'off_2', total_amount: '90.00' }))))
    const outcome = await provider.shop(query, callWithin(5_000))
    expect(outcome).toMatchObject({ kind: 'offers', partial: false })
    if (outcome.kind !== 'offers') return
    expect(outcome.offers.map(found => [found.supplierContext.offerId, found.passengers[0]!.ids])).toEqual([
      ['off_1', ['pax_a']],
      ['off_2', ['pax_a']],
    ])
    expect(host.asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET'])
    expect(host.asked[0]!.body).toEqual({
      data: {
        slices: [{ origin: 'LHR', destination: 'JFK', departure_date: '2027-03-10' }],
        passengers: [{ type: 'adult' }],
        cabin_class: 'economy',
      },
    })
  })

  test('just before the deadline what came by then is the answer, as partial', async () => {
    await against(batches(gives(1, offer()), () => {}))
    const call = callWithin(600)
    const outcome = await provider.shop(query, call)
    // at the deadline itself nobody listens any more
    expect(call.deadline.remainingMs()).toBeGreaterThan(0)
    expect(outcome).toMatchObject({ kind: 'offers', partial: true, offers: [{ total: { amountMinor: 12050 } }] })
  })

  test('a deadline that is put off meanwhile, since somebody with more time asks the same, is put off here', async () => {
    const { deadline, ...call } = callWithin(5_000)
    const start = deadline.remainingMs()
    let wholeMs = 600
    const remainingMs = (): number => Math.max(0, wholeMs - (start - deadline.remainingMs()))
    await against(
      batches(gives(1, offer()), response => {
        wholeMs = 5_000
        setTimeout(() => gives(0, offer({ id: 'off_2' }))(response), 700)
      }),
    )
    const outcome = await provider.shop(query, { ...call, deadline: { ...deadline, remainingMs } })
    expect(outcome).toMatchObject({ kind: 'offers', partial: false, offers: [{}, {}] })
  })

  test('a batch that fails after others leaves what they gave', async () => {
    await against(
      batches(gives(1, offer()), response => json(response, 500, errors('api_error', 'internal_server_error'))),
    )
    expect(await provider.shop(query, callWithin(5_000))).toMatchObject({ kind: 'offers', partial: true, offers: [{}] })
  })

  test('offers of which none can be read are a fault, one of several is left out', async () => {
    await against(batches(gives(0, offer({ passengers: [] }))))
    expect(await provider.shop(query, callWithin(5_000))).toMatchObject({
      kind: 'failed',
      fault: { kind: 'malformed-reply' },
    })
    await provider.close()
    await host.close()
    await against(batches(gives(0, offer({ passengers: [] }), offer({ id: 'off_2' }))))
    expect(await provider.shop(query, callWithin(5_000))).toMatchObject({ kind: 'offers', partial: true, offers: [{}] })
  })

  test('airlines are left out and the cheapest kept here, since the format cannot', async () => {
    const by = (id: string, carrier: string, total: string): Tree =>
      offer({
        id,
        total_amount: total,
        base_amount: null,
        tax_amount: null,
        slices: [{ segments: [segment({ marketing_carrier: { iata_code: carrier } })] }],
      })
    await against(
      batches(
        gives(
          0,
          by('off_1', 'BA', '300.00'),
          by('off_2', 'AA', '100.00'),
          by('off_3', 'BA', '200.00'),
          by('off_4', 'BA', '90.00'),
        ),
      ),
    )
    const carriers = { include: ['BA'], exclude: [] }
    const outcome = await provider.shop({ ...query, carriers, offersMax: 2 }, callWithin(5_000))
    if (outcome.kind !== 'offers') throw new Error(outcome.fault.text)
    expect(outcome.offers.map(found => found.supplierContext.offerId)).toEqual(['off_4', 'off_3'])
  })

  test('children and infants are asked for by age, account codes as private fares', async () => {
    await against(batches(gives(0)))
    await provider.shop(
      {
        ...query,
        passengers: [
          { id: 'pax_a', type: 'ADT', age: 34 },
          { id: 'pax_b', type: 'CHD', age: null },
          { id: 'pax_c', type: 'INF', age: 0 },
        ],
        maxConnections: 5,
        accountCodes: [{ carrier: 'BA', code: 'ACME1' }],
      },
      callWithin(5_000),
    )
    expect(host.asked[0]!.body).toMatchObject({
      data: {
        passengers: [{ type: 'adult' }, { age: 10 }, { age: 0 }],
        max_connections: 2,
        private_fares: { BA: [{ corporate_code: 'ACME1' }] },
      },
    })
  })
})

describe('confirming', () => {
  const confirm = () => provider.confirmPrice({ offer: offered, passengers: query.passengers }, callWithin(5_000))
  const again = offer({ ...later, id: 'off_9', total_amount: '130.50', tax_amount: '30.50' })
  const elsewhere = offer({
    ...later,
    id: 'off_8',
    slices: [{ segments: [segment({ marketing_carrier_flight_number: '1' })] }],
  })
  const gone: Say = (asked, response) => {
    if (asked.path === '/air/offers/off_1') json(response, 422, errors('airline_error', 'offer_no_longer_available'))
    else if (asked.method === 'POST') json(response, 201, batch(1, undefined))
    else json(response, 200, batch(0, [elsewhere, again]))
  }

  test('an offer that is gone is searched for again: same flights, same fares, a new id and the price of now', async () => {
    await against(gone)
    expect(await confirm()).toMatchObject({
      kind: 'confirmed',
      offer: { total: { amountMinor: 13050 }, supplierContext: { offerId: 'off_9', passengers: { pas_1: 'pax_a' } } },
    })
  })

  test.each([
    ['sold out before its time is over', '2999-01-01T00:00:00Z', 'sold-out'],
    ['gone when it is', '2020-01-01T00:00:00Z', 'offer-gone'],
  ])('without the same fare on the same flights it is %s', async (_, expiresAt, kind) => {
    await against((asked, response) => {
      if (asked.path === '/air/offers/off_1') json(response, 422, errors('airline_error', 'offer_no_longer_available'))
      else if (asked.method === 'POST') json(response, 201, batch(1, undefined))
      else json(response, 200, batch(0, [elsewhere]))
    })
    const request = { offer: { ...offered, expiresAt }, passengers: query.passengers }
    expect(await provider.confirmPrice(request, callWithin(5_000))).toMatchObject({
      kind: 'gone',
      fault: { kind, code: 'offer_no_longer_available' },
    })
  })

  test('an offer that an order was sent for is never confirmed again', async () => {
    await against((asked, response) => {
      if (asked.path === '/air/orders') json(response, 422, errors('invalid_state_error', 'insufficient_balance'))
      else gone(asked, response)
    })
    await createOrder()
    expect(await confirm()).toMatchObject({ kind: 'confirmed', offer: { supplierContext: { offerId: 'off_9' } } })
    expect(host.asked.some(asked => asked.path === '/air/offers/off_1')).toBe(false)
  })

  test('an expired offer in the answer counts as gone', async () => {
    await against((asked, response) => {
      if (asked.path === '/air/offers/off_1')
        json(response, 200, { data: offer({ expires_at: '2020-01-01T00:00:00Z' }) })
      else gone(asked, response)
    })
    expect(await confirm()).toMatchObject({ kind: 'confirmed', offer: { supplierContext: { offerId: 'off_9' } } })
  })
})

describe('ordering', () => {
  test('the order is as the vendor documents it', async () => {
    await against((_, response) => json(response, 201, { data: order() }))
    const documents = { requirements: { ...offered.requirements, documents: 'optional' as const } }
    expect(await createOrder({ offer: { ...offered, ...documents } })).toMatchObject({
      kind: 'created',
      order: {
        status: 'ticketed',
        reference: 'K7M2QX',
        passengers: [{ id: 'pax_a' }],
        documents: [{ passengerId: 'pax_a' }],
      },
    })
    expect(host.asked[0]!.body).toEqual({
      data: {
        type: 'instant',
        selected_offers: ['off_1'],
        passengers: [
          {
            id: 'pas_1',
            title: 'mrs',
            given_name: 'Ada',
            family_name: 'Example',
            gender: 'f',
            born_on: '1990-12-10',
            email: 'ada@example.com',
            phone_number: '+442071838750',
            identity_documents: [
              { type: 'passport', unique_identifier: 'X1', issuing_country_code: 'GB', expires_on: '2035-01-01' },
            ],
            loyalty_programme_accounts: [{ airline_iata_code: 'BA', account_number: '123' }],
          },
        ],
        payments: [{ type: 'balance', currency: 'GBP', amount: '120.50' }],
        metadata: { client_ref: 'K7M2QX' },
      },
    })
  })

  test('a held one has no payment; another way to pay is a setting', async () => {
    await against((_, response) => json(response, 201, { data: order() }), { paymentType: 'arc_bsp_cash' })
    await createOrder({ hold: true })
    await createOrder({ offer: { ...offered, supplierContext: { ...offered.supplierContext, offerId: 'off_2' } } })
    const [held, instant] = host.asked.map(asked => (asked.body as { data: Tree }).data)
    expect(held).toMatchObject({ type: 'hold' })
    expect(held).not.toHaveProperty('payments')
    expect(held).not.toHaveProperty('services')
    expect(instant).toMatchObject({ payments: [{ type: 'arc_bsp_cash' }] })
  })

  test('an infant is named by the adult that holds it', async () => {
    await against((_, response) => json(response, 201, { data: order() }))
    const two: SupplierOffer = {
      ...offered,
      supplierContext: { offerId: 'off_1', passengers: { pas_1: 'pax_a', pas_2: 'pax_b' } },
    }
    const baby: Traveller = { ...ada, id: 'pax_b', type: 'INF', givenNames: 'Bea', adultId: 'pax_a' }
    await createOrder({ offer: two, travellers: [baby, ada] })
    expect(host.asked[0]!.body).toMatchObject({
      data: { passengers: [{ id: 'pas_2' }, { id: 'pas_1', infant_passenger_id: 'pas_2' }] },
    })
  })

  test.each([
    ['taken and not finished', 202, { data: order() }],
    ['taken, not readable yet', 200, { data: order() }],
    ['an order that cannot be read', 201, { data: { id: 'ord_1' } }],
    ['a server error', 500, errors('api_error', 'internal_server_error')],
    ['an error of the airline that nobody knows', 422, errors('airline_error', 'airline_unknown')],
    ['a duplicate at the airline', 422, errors('airline_error', 'duplicate_booking')],
    ['a gateway’s page', 504, '<html>'],
  ])('%s is unknown, and the order is never sent again', async (_, status, body) => {
    await against((asked, response) => {
      if (asked.method === 'GET') json(response, 200, { data: [], meta: { after: null } })
      else json(response, status, body)
    })
    expect(await createOrder()).toMatchObject({ kind: 'unknown', fault: { mayHaveBooked: true } })
    expect(host.asked.filter(asked => asked.method === 'POST')).toHaveLength(1)
  })

  test.each([
    ['order_not_created', 502, errors('airline_error', 'order_not_created'), 'refused'],
    ['503 in the vendor’s words', 503, errors('api_error', 'service_unavailable'), 'supplier-error'],
    ['an expired offer', 422, errors('invalid_state_error', 'offer_expired'), 'offer-gone'],
    ['no seats', 422, errors('airline_error', 'offer_no_longer_available', 'There are no seats left'), 'sold-out'],
    ['another price', 422, errors('invalid_state_error', 'price_changed'), 'price-changed'],
    ['no money', 422, errors('invalid_state_error', 'insufficient_balance'), 'payment-declined'],
    ['a name', 422, errors('validation_error', 'invalid_passenger_name'), 'passenger-data'],
  ])('%s is a definite no', async (_, status, body, kind) => {
    await against((_asked, response) => json(response, status, body))
    expect(await createOrder()).toMatchObject({ kind: 'refused', fault: { kind, mayHaveBooked: false } })
  })

  test.each([
    ['our own order', [order({ offer_id: 'off_1' })], { kind: 'created', order: { reference: 'K7M2QX' } }],
    ['none', [], { kind: 'unknown', fault: { kind: 'duplicate' } }],
  ])('an offer that was ordered before, and %s is found', async (_, orders, expected) => {
    await against((asked, response) => {
      if (asked.method === 'GET') json(response, 200, { data: orders, meta: { after: null } })
      else json(response, 422, errors('invalid_state_error', 'order_creation_already_attempted'))
    })
    expect(await createOrder()).toMatchObject(expected)
    expect(host.asked[1]!.query.get('offer_id')).toBe('off_1')
  })

  describe('an offer that somebody else has ordered', () => {
    const attempted = errors('invalid_state_error', 'order_creation_already_attempted')
    const theirs = order({ offer_id: 'off_1', metadata: { client_ref: 'OTHER1' } })
    const sold =
      (...offers: readonly Tree[]): Say =>
      (asked, response) => {
        const [offerId] = (asked.body as { data?: { selected_offers?: string[] } } | null)?.data?.selected_offers ?? []
        if (asked.path === '/air/orders' && asked.method === 'GET')
          json(response, 200, { data: [theirs], meta: { after: null } })
        else if (asked.path === '/air/orders' && offerId === 'off_1') json(response, 422, attempted)
        else if (asked.path === '/air/orders') json(response, 201, { data: order() })
        else if (asked.method === 'POST') json(response, 201, batch(1, undefined))
        else json(response, 200, batch(0, [...offers]))
      }

    test('is searched for again, and ordered under an id of its own', async () => {
      await against(sold(offer({ ...later, id: 'off_9' })))
      expect(await createOrder()).toMatchObject({ kind: 'created', order: { reference: 'K7M2QX' } })
      const sent = host.asked.filter(({ path, method }) => path === '/air/orders' && method === 'POST')
      expect(sent.map(({ body }) => (body as { data: Tree }).data.selected_offers)).toEqual([['off_1'], ['off_9']])
    })

    test('is not asked for a second time in this process', async () => {
      await against(sold(offer({ ...later, id: 'off_9' })))
      await createOrder()
      expect(await createOrder()).toMatchObject({ kind: 'created' })
      expect(host.asked.filter(({ path, method }) => path === '/air/orders' && method === 'POST')).toHaveLength(3)
    })

    test.each([
      ['at another price is not ordered', [offer({ ...later, id: 'off_9', total_amount: '130.50' })], 'price-changed'],
      ['of which no more is found is sold out', [], 'sold-out'],
    ])('%s', async (_, offers, kind) => {
      await against(sold(...offers))
      expect(await createOrder()).toMatchObject({ kind: 'refused', fault: { kind, mayHaveBooked: false } })
    })
  })

  test.each([
    ['a gender that the format does not have', { gender: 'X' as const }],
    ['letters that it does not take', { surname: 'Παπαδόπουλος' }],
    ['somebody who is not in the offer', { id: 'pax_z' as const }],
  ])('%s never leaves us', async (_, more) => {
    await against((_asked, response) => json(response, 201, { data: order() }))
    expect(await createOrder({ travellers: [{ ...ada, ...more }] })).toMatchObject({
      kind: 'refused',
      fault: { kind: 'passenger-data' },
    })
    expect(host.asked).toEqual([])
  })

  test('long names lose their later parts, letters outside the set their shape', async () => {
    await against((_, response) => json(response, 201, { data: order() }))
    await createOrder({
      travellers: [{ ...ada, title: null, givenNames: 'María Auxiliadora Æthelflæd', surname: 'O’Brien-Œuvre' }],
    })
    expect(host.asked[0]!.body).toMatchObject({
      data: { passengers: [{ title: 'ms', given_name: 'María Auxiliadora', family_name: "O'Brien-OEuvre" }] },
    })
  })
})

describe('finding an order by our reference', () => {
  const criteria = {
    reference: 'K7M2QX',
    createdAfter: '2027-01-05T09:00:00Z',
    travellers: [ada],
    segments: [],
  }

  test('pages of orders of the first traveller’s name are looked through, dead and older ones left', async () => {
    const mine = order({ passengers: [{ id: 'pas_7', type: 'adult', given_name: 'ADA', family_name: 'EXAMPLE' }] })
    const pages: readonly (readonly Tree[])[] = [
      [order({ metadata: null }), order({ created_at: '2026-01-01T00:00:00Z' })],
      [order({ cancelled_at: '2027-01-05T11:00:00Z' }), mine],
    ]
    let page = 0
    await against((_, response) => {
      const data = pages[page++]!
      json(response, 200, { data, meta: { limit: 200, after: page < pages.length ? 'next' : null } })
    })
    const outcome = await provider.findOrders(criteria, callWithin(5_000))
    expect(outcome).toMatchObject({ kind: 'found', orders: [{ passengers: [{ id: 'pax_a' }] }] })
    expect(host.asked.map(({ query: sent }) => [sent.get('passenger_name[]'), sent.get('after')])).toEqual([
      ['Example', null],
      ['Example', 'next'],
    ])
  })

  test('pages without end are a fault', async () => {
    await against((_, response) => json(response, 200, { data: [], meta: { after: 'more' } }))
    expect(await provider.findOrders(criteria, callWithin(5_000))).toMatchObject({ kind: 'failed' })
    expect(host.asked).toHaveLength(10)
  })
})

describe('a held order', () => {
  const unpaid = {
    payment_status: { awaiting_payment: true, payment_required_by: '2999-01-01T00:00:00Z' },
    documents: [],
  }
  const pay = () => provider.issueTickets(key, callWithin(5_000))

  test('is paid for what was agreed, and its tickets are waited for', async () => {
    const orders = [order(unpaid), order({ documents: [] }), order()]
    await against((asked, response) => {
      if (asked.method === 'POST') json(response, 201, { data: { id: 'pay_1' } })
      else json(response, 200, { data: orders.shift() })
    })
    expect(await pay()).toMatchObject({ kind: 'ticketed', order: { documents: [{ passengerId: 'pax_a' }] } })
    expect(host.asked.find(asked => asked.method === 'POST')).toMatchObject({
      path: '/air/payments',
      body: { data: { order_id: 'ord_1', payment: { type: 'balance', amount: '120.50', currency: 'GBP' } } },
    })
  })

  test.each([
    ['whose price has changed is not paid', order({ ...unpaid, total_amount: '125.00' }), 'price-changed'],
    ['that was cancelled is not paid', order({ cancelled_at: '2027-01-05T11:00:00Z' }), 'refused'],
  ])('%s', async (_, found, kind) => {
    await against((_asked, response) => json(response, 200, { data: found }))
    expect(await pay()).toMatchObject({ kind: 'refused', retryable: false, fault: { kind } })
    expect(host.asked.every(asked => asked.method === 'GET')).toBe(true)
  })

  test.each([
    [402, errors('invalid_state_error', 'payment_declined'), { kind: 'refused', retryable: false }],
    [503, errors('api_error', 'service_unavailable'), { kind: 'refused', retryable: true }],
    [500, errors('api_error', 'internal_server_error'), { kind: 'unknown' }],
  ])('answered with %d', async (status, body, expected) => {
    await against((asked, response) => {
      if (asked.method === 'POST') json(response, status, body)
      else json(response, 200, { data: order(unpaid) })
    })
    expect(await pay()).toMatchObject(expected)
  })

  test('that was paid already needs its tickets only', async () => {
    const orders = [order({ documents: [] }), order()]
    await against((asked, response) => {
      if (asked.method === 'POST') json(response, 422, errors('invalid_state_error', 'already_paid'))
      else json(response, 200, { data: orders.shift() })
    })
    expect(await pay()).toMatchObject({ kind: 'ticketed' })
  })
})

describe('cancelling', () => {
  const quoted = (cancellation: Tree, more: Tree = {}): Promise<Provider> =>
    against((asked, response) => {
      if (asked.method === 'GET') json(response, 200, { data: order(more) })
      else
        json(response, 201, {
          data: { id: 'ore_1', order_id: 'ord_1', expires_at: '2999-01-01T00:00:00Z', ...cancellation },
        })
    })
  const quote = () => provider.quoteCancellation(key, callWithin(5_000))
  const open = { void_window_ends_at: '2999-01-01T00:00:00Z' }

  test.each([
    ['all of it inside the void window', '120.50', open, 'void', 0],
    ['all of it later', '120.50', {}, 'refund', 0],
    ['less a penalty', '20.00', open, 'refund', 10050],
    ['nothing', '0.00', {}, 'refund', 12050],
  ])('money back: %s', async (_, amount, more, kind, penalty) => {
    await quoted({ refund_amount: amount, refund_currency: 'GBP', refund_to: 'balance' }, more)
    expect(await quote()).toMatchObject({ kind: 'quoted', quote: { kind, penalty: { amountMinor: penalty } } })
  })

  test.each([
    ['vouchers', { refund_amount: '120.50', refund_currency: 'GBP', refund_to: 'voucher' }],
    ['airline credits', { refund_amount: '120.50', refund_currency: 'GBP', refund_to: 'airline_credits' }],
    ['another currency', { refund_amount: '120.50', refund_currency: 'USD', refund_to: 'balance' }],
    ['an amount that nobody knows', { refund_amount: null, refund_currency: null, refund_to: 'balance' }],
  ])('%s cannot be given to a traveller: refused, nothing confirmed', async (_, cancellation) => {
    await quoted(cancellation)
    expect(await quote()).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
  })

  const confirmed = async (say: Say) => {
    await against(say)
    const given = { amountMinor: 12050, currency: 'GBP' }
    const none = { amountMinor: 0, currency: 'GBP' }
    const context = { cancellationId: 'ore_1', documents: ['1252106312810'] }
    const asked = { kind: 'void', refund: given, penalty: none, expiresAt: null, supplierContext: context } as const
    return provider.cancelOrder({ order: key, quote: asked }, callWithin(5_000))
  }
  const dead = order({ cancelled_at: '2027-01-05T11:00:00Z' })

  test('an answer without confirmation is worth what the order says', async () => {
    const states = [dead, order()] as const
    for (const [found, kind] of [
      [states[0], 'cancelled'],
      [states[1], 'unknown'],
    ] as const) {
      const outcome = await confirmed((asked, response) => {
        if (asked.method === 'GET') json(response, 200, { data: found })
        else json(response, 500, errors('api_error', 'internal_server_error'))
      })
      expect(outcome.kind).toBe(kind)
      await provider.close()
      await host.close()
    }
  })

  test('a stale quote is refused while the order lives', async () => {
    const outcome = await confirmed((asked, response) => {
      if (asked.method === 'GET') json(response, 200, { data: order() })
      else json(response, 422, errors('invalid_state_error', 'order_cancellation_stale'))
    })
    expect(outcome).toMatchObject({ kind: 'refused', fault: { code: 'order_cancellation_stale' } })
  })

  test('confirmed: the documents of the quote are void', async () => {
    const outcome = await confirmed((_, response) =>
      json(response, 200, { data: { id: 'ore_1', order_id: 'ord_1', confirmed_at: '2027-01-05T11:00:00Z' } }),
    )
    expect(outcome).toEqual({ kind: 'cancelled', documents: [{ number: '1252106312810', status: 'void' }] })
  })
})

test('offers of several passengers are tied to whom they were asked for', async () => {
  await against((asked, response) =>
    asked.method === 'POST'
      ? json(response, 201, batch(1, undefined))
      : json(response, 200, batch(0, [offerFor(['adult', 'child', 'infant_without_seat'])])),
  )
  const passengers = [
    { id: 'pax_x', type: 'INF', age: 1 },
    { id: 'pax_y', type: 'CHD', age: 8 },
    { id: 'pax_z', type: 'ADT', age: 30 },
  ] as const
  const outcome = await provider.shop({ ...query, passengers }, callWithin(5_000))
  if (outcome.kind !== 'offers') throw new Error(outcome.fault.text)
  expect(outcome.offers[0]!.passengers.map(({ ids, type }) => [ids, type])).toEqual([
    [['pax_z'], 'ADT'],
    [['pax_y'], 'CHD'],
    [['pax_x'], 'INF'],
  ])
})
