import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { SupplierOrder, Traveller } from '../../../src/core/order.ts'
import { create } from '../../../src/providers/duffel/index.ts'
import { startSimulator } from '../../../src/providers/duffel/simulator.ts'
import { encodeSearch } from '../../../src/providers/duffel/wire/search.ts'
import type { OrderKey, Provider, ShopQuery } from '../../../src/providers/port.ts'
import { openWorld } from '../../../src/sandbox/open-world.ts'
import type { Effect, RunningSimulator, World } from '../../../src/sandbox/world.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { shapeOf, shortcomings } from './shape.ts'
import type { Tree } from './wire-messages.ts'

const clock = manualClock(Date.UTC(2027, 0, 4, 10))
let world: World
let simulator: RunningSimulator
let provider: Provider

beforeAll(async () => {
  world = await openWorld({ seed: 'duffel', clock, stateDir: null, log: silentLog })
  simulator = await startSimulator({ view: world.view('duffel'), host: '127.0.0.1', port: 0, clock, log: silentLog })
  provider = create(simulator.settings, { clock, log: silentLog })
})
afterAll(async () => {
  await provider?.close()
  await simulator?.close()
  await world?.close()
})

const query = (origin: string, destination: string, more: Partial<ShopQuery> = {}): ShopQuery => ({
  slices: [{ origin, destination, departureDate: '2027-03-10', departureTime: null }],
  passengers: [{ id: 'pax_a', type: 'ADT', age: null }],
  cabin: null,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 20,
  ...more,
})
const ada: Traveller = {
  id: 'pax_a',
  type: 'ADT',
  title: null,
  givenNames: 'Ada',
  surname: 'Example',
  birthDate: '1990-12-10',
  gender: 'F',
  document: { type: 'passport', number: 'X1', issuingCountry: 'GB', expiryDate: '2035-01-01', nationality: 'GB' },
  loyalty: null,
  adultId: null,
}
const contact = { email: 'ada@example.com', phone: '+442071838750' }

async function shop(asked: ShopQuery): Promise<readonly SupplierOffer[]> {
  const outcome = await provider.shop(asked, callWithin(5_000))
  if (outcome.kind !== 'offers') throw new Error(outcome.fault.text)
  return outcome.offers
}
async function confirmed(
  asked: ShopQuery,
  suits: (offer: SupplierOffer) => boolean = () => true,
): Promise<SupplierOffer> {
  const offer = (await shop(asked)).find(suits)!
  const outcome = await provider.confirmPrice({ offer, passengers: asked.passengers }, callWithin(5_000))
  if (outcome.kind !== 'confirmed') throw new Error(outcome.fault.text)
  return outcome.offer
}
const createOrder = (offer: SupplierOffer, hold = false, travellers: readonly Traveller[] = [ada]) =>
  provider.createOrder({ offer, travellers, contact, reference: 'K7M2QX', hold }, callWithin(5_000))
async function ordered(offer: SupplierOffer, hold = false): Promise<SupplierOrder> {
  const outcome = await createOrder(offer, hold)
  if (outcome.kind !== 'created') throw new Error(outcome.fault.text)
  return outcome.order
}
const holdable = (offer: SupplierOffer): boolean => offer.requirements.holdAllowed === true
const keyOf = ({ locators, supplierContext }: SupplierOrder): OrderKey => ({
  locator: locators[0]!.locator,
  supplierContext,
  travellers: [ada],
})
const magic = (effect: Effect): ShopQuery => {
  const route = world.magicRoutes.find(other => other.provider === 'duffel' && other.effect === effect)!
  return query(route.origin, route.destination)
}

type Reply = { readonly status: number; readonly headers: Headers; readonly body: Tree }

async function raw(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const answer = await fetch(`${simulator.baseUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${simulator.settings.accessToken}`,
      'duffel-version': 'v2',
      'content-type': 'application/json',
      ...headers,
    },
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Tree }
}

describe('orders', () => {
  test('an offer can be ordered once; confirming it again finds the same flights under a new id', async () => {
    const offer = await confirmed(query('LHR', 'JFK'))
    await ordered(offer)
    expect(await createOrder(offer)).toMatchObject({ kind: 'created', order: { reference: 'K7M2QX' } })
    const others = create(simulator.settings, { clock, log: silentLog })
    const outcome = await others.confirmPrice(
      { offer, passengers: [{ id: 'pax_a', type: 'ADT', age: null }] },
      callWithin(5_000),
    )
    await others.close()
    if (outcome.kind !== 'confirmed') throw new Error(outcome.fault.text)
    expect(outcome.offer.supplierContext.offerId).not.toBe(offer.supplierContext.offerId)
    expect(outcome.offer.slices).toEqual(offer.slices)
  })

  test('a held order is paid for and ticketed, and paying again changes nothing', async () => {
    const made = await ordered(await confirmed(query('LHR', 'JFK'), holdable), true)
    expect(made).toMatchObject({ status: 'held', documents: [], reference: 'K7M2QX' })
    const first = await provider.issueTickets(keyOf(made), callWithin(5_000))
    expect(first).toMatchObject({ kind: 'ticketed', order: { documents: [{ passengerId: 'pax_a' }] } })
    expect(await provider.issueTickets(keyOf(made), callWithin(5_000))).toEqual(first)
  })

  test('a ticketing host that is busy twice is asked a third time', async () => {
    const made = await ordered(await confirmed(magic('ticketing-fails-twice'), holdable), true)
    const outcomes = []
    for (let n = 0; n < 3; n++) outcomes.push(await provider.issueTickets(keyOf(made), callWithin(5_000)))
    expect(outcomes).toMatchObject([{ retryable: true }, { retryable: true }, { kind: 'ticketed' }])
  })

  test('an instant order that gets no tickets was never made', async () => {
    clock.advance(1_000)
    const offer = await confirmed(magic('ticketing-fails-twice'))
    expect(await createOrder(offer)).toMatchObject({ kind: 'refused', fault: { code: 'order_not_created' } })
    const newest = world
      .view('duffel')
      .listPnrs()
      .toSorted((a, b) => b.createdAt - a.createdAt)[0]
    expect(newest).toMatchObject({ status: 'cancelled', tickets: [] })
  })

  test('an offer whose price has moved is refused as price-changed', async () => {
    const [stale] = await shop(magic('price-up'))
    expect(await createOrder(stale!)).toMatchObject({
      kind: 'refused',
      fault: { kind: 'price-changed', mayHaveBooked: false },
    })
  })

  test('inside the void window all of the money comes back, after it a refund less the penalty', async () => {
    const refundable = (offer: SupplierOffer): boolean => offer.conditions.refund.allowed === true
    const made = await ordered(await confirmed(query('LHR', 'JFK', { offersMax: 100 }), refundable))
    const early = await provider.quoteCancellation(keyOf(made), callWithin(5_000))
    expect(early).toMatchObject({ kind: 'quoted', quote: { kind: 'void', penalty: { amountMinor: 0 } } })
    clock.advance(2 * 86_400_000)
    const late = await provider.quoteCancellation(keyOf(made), callWithin(5_000))
    if (early.kind !== 'quoted' || late.kind !== 'quoted') throw new Error('no quote')
    expect(late.quote.kind).toBe('refund')
    const sum = late.quote.refund.amountMinor + late.quote.penalty.amountMinor
    expect(sum).toBe(made.total!.amountMinor)
    const stale = await provider.cancelOrder({ order: keyOf(made), quote: early.quote }, callWithin(5_000))
    expect(stale).toMatchObject({ kind: 'refused', fault: { code: 'order_cancellation_stale' } })
    const done = await provider.cancelOrder({ order: keyOf(made), quote: late.quote }, callWithin(5_000))
    expect(done).toMatchObject({ kind: 'cancelled', documents: [{ status: 'refunded' }] })
    expect(await provider.retrieveOrder(keyOf(made), callWithin(5_000))).toMatchObject({
      kind: 'found',
      order: { status: 'cancelled', documents: [{ status: 'refunded' }] },
    })
    expect(await provider.quoteCancellation(keyOf(made), callWithin(5_000))).toMatchObject({ kind: 'refused' })
  })

  test('a held order that is not paid in time is cancelled, though its wire says it waits for nothing', async () => {
    const made = await ordered(await confirmed(query('LHR', 'JFK'), holdable), true)
    clock.set(Date.parse(made.ticketBy!) + 1000)
    const reply = await raw('GET', `/air/orders/${String(made.supplierContext.orderId)}`)
    expect(reply.body.data).toMatchObject({ cancelled_at: null, payment_status: { awaiting_payment: false } })
    expect(await provider.retrieveOrder(keyOf(made), callWithin(5_000))).toMatchObject({
      kind: 'found',
      order: { status: 'cancelled' },
    })
    expect(await provider.issueTickets(keyOf(made), callWithin(5_000))).toMatchObject({ kind: 'refused' })
  })

  test('two travellers of one name, an infant without an adult and a missing passport are refused', async () => {
    const family = [
      { id: 'pax_a', type: 'ADT', age: null },
      { id: 'pax_b', type: 'INF', age: 1 },
    ] as const
    const offer = await confirmed(query('LHR', 'JFK', { passengers: family }))
    const baby: Traveller = { ...ada, id: 'pax_b', type: 'INF', adultId: 'pax_a', birthDate: '2026-06-01' }
    const outcomes = [
      await createOrder(offer, false, [ada, baby]),
      await createOrder(offer, false, [ada, { ...baby, givenNames: 'Bea', adultId: null }]),
    ]
    expect(outcomes).toMatchObject([
      { kind: 'refused', fault: { code: 'duplicate_passenger_name' } },
      { kind: 'refused', fault: { kind: 'passenger-data' } },
    ])
    expect(await createOrder(offer, false, [ada, { ...baby, givenNames: 'Bea' }])).toMatchObject({ kind: 'created' })
  })

  test('orders outlive the simulator, offers do not', async () => {
    const made = await ordered(await confirmed(query('LHR', 'JFK')))
    const [other] = await shop(query('LHR', 'JFK'))
    const second = await startSimulator({
      view: world.view('duffel'),
      host: '127.0.0.1',
      port: 0,
      clock,
      log: silentLog,
    })
    const client = create(second.settings, { clock, log: silentLog })
    expect(await client.retrieveOrder(keyOf(made), callWithin(5_000))).toMatchObject({
      kind: 'found',
      order: { status: 'ticketed', locators: made.locators },
    })
    const lost = await client.createOrder(
      { offer: other!, travellers: [ada], contact, reference: 'X', hold: false },
      callWithin(5_000),
    )
    await client.close()
    await second.close()
    expect(lost).toMatchObject({ kind: 'refused', fault: { kind: 'offer-gone' } })
  })
})

describe('searching', () => {
  test('batches give every offer once and stand for a minute', async () => {
    const created = await raw('POST', '/air/batch_offer_requests', encodeSearch(query('LHR', 'JFK')))
    const { id, total_batches: total } = created.body.data as { readonly id: string; readonly total_batches: number }
    expect(created.body.data).not.toHaveProperty('offers')
    const ids: string[] = []
    for (let remaining = total; remaining > 0; ) {
      const { data } = (await raw('GET', `/air/batch_offer_requests/${id}`)).body as {
        readonly data: { readonly remaining_batches: number; readonly offers: readonly { readonly id: string }[] }
      }
      expect(data.remaining_batches).toBe(remaining - 1)
      remaining = data.remaining_batches
      ids.push(...data.offers.map(offer => offer.id))
    }
    expect(total).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(20)
    clock.advance(61_000)
    expect((await raw('GET', `/air/batch_offer_requests/${id}`)).status).toBe(404)
  })

  test('pages neither repeat nor lose an offer, sorted by price or id', async () => {
    const created = await raw('POST', '/air/offer_requests?return_offers=false', encodeSearch(query('LHR', 'JFK')))
    const { id } = created.body.data as { readonly id: string }
    expect(created.body.data).not.toHaveProperty('offers')
    const whole = (await raw('GET', `/air/offer_requests/${id}`)).body.data as { readonly offers: readonly Tree[] }
    const seen: Tree[] = []
    for (let after: string | null = ''; after !== null; ) {
      const cursor: string = after === '' ? '' : `&after=${after}`
      const { body } = await raw('GET', `/air/offers?offer_request_id=${id}&sort=total_amount&limit=7${cursor}`)
      seen.push(...(body.data as readonly Tree[]))
      after = (body.meta as { readonly after: string | null }).after
    }
    expect(new Set(seen.map(offer => offer.id))).toEqual(new Set(whole.offers.map(offer => offer.id)))
    expect(seen).toHaveLength(whole.offers.length)
    const totals = seen.map(offer => Number(offer.total_amount))
    expect(totals).toEqual(totals.toSorted((a, b) => a - b))
  })
})

describe('errors are in the vendor’s words', () => {
  const search = encodeSearch(query('LHR', 'JFK')) as { readonly data: Tree }
  const put = (more: Tree): unknown => ({ data: { ...search.data, ...more } })
  test.each([
    ['no token', 'GET', '/air/orders', undefined, { authorization: '' }, 401, 'invalid_authorization_header'],
    ['a wrong token', 'GET', '/air/orders', undefined, { authorization: 'Bearer x' }, 401, 'access_token_not_found'],
    ['an old version', 'GET', '/air/orders', undefined, { 'duffel-version': 'v1' }, 400, 'unsupported_version'],
    ['a path that is not there', 'GET', '/air/nothing', undefined, {}, 404, 'not_found'],
    ['an order that is not there', 'GET', '/air/orders/ord_1', undefined, {}, 404, 'not_found'],
    ['a body without data', 'POST', '/air/offer_requests', {}, {}, 400, 'missing_data_param'],
    [
      'another media type',
      'POST',
      '/air/offer_requests',
      {},
      { 'content-type': 'text/plain' },
      400,
      'missing_data_param',
    ],
    ['no slices', 'POST', '/air/offer_requests', put({ slices: [] }), {}, 422, 'validation_required'],
    [
      'a type and an age',
      'POST',
      '/air/offer_requests',
      put({ passengers: [{ type: 'adult', age: 30 }] }),
      {},
      422,
      'validation_required',
    ],
    [
      'ten passengers',
      'POST',
      '/air/offer_requests',
      put({ passengers: Array(10).fill({ type: 'adult' }) }),
      {},
      422,
      'validation_length',
    ],
    [
      'a cabin of its own',
      'POST',
      '/air/offer_requests',
      put({ cabin_class: 'balcony' }),
      {},
      422,
      'validation_inclusion',
    ],
    ['a page too long', 'GET', '/air/orders?limit=500', undefined, {}, 422, 'validation_inclusion'],
    [
      'a payment in a hold order',
      'POST',
      '/air/orders',
      { data: { type: 'hold', selected_offers: ['off_1'], payments: [{}] } },
      {},
      422,
      'payments_not_allowed_for_order_type',
    ],
  ] as const)('%s', async (_, method, path, body, headers, status, code) => {
    const reply = await raw(method, path, body, headers)
    expect(reply).toMatchObject({ status, body: { meta: { status }, errors: [{ code, title: expect.any(String) }] } })
    expect(reply.headers.get('x-request-id')).toBe((reply.body.meta as Tree).request_id)
  })
})

const recorded = (file: string): Tree => {
  const tree = JSON.parse(readFixture('duffel', file).toString()) as Tree
  return (tree.data ?? tree) as Tree
}

/** What no recording has and the vendor's schema says: penalties that are not known or not to be paid, terminals that are
 *  not known, the time limits of an order that waits for its payment, metadata of ours. */
const inTheSchema =
  /penalty_(amount|currency) is null|_terminal is null|(required_by|expires_at) is string|^\/metadata\//
const strays = (lines: readonly string[]): readonly string[] => lines.filter(line => !inTheSchema.test(line))

describeFixtures('replies have what the recorded ones always have, of the same types', () => {
  const offers = [
    ...(recorded('offer-request-create-68offers.json').offers as readonly unknown[]),
    ...(recorded('offer-request-create-2pax.json').offers as readonly unknown[]),
    recorded('offer-show-aa-2seg.json'),
    recorded('offer-get.json'),
    recorded('offer-with-services.json'),
  ]
  const passengers = [
    { id: 'pax_a', type: 'ADT', age: null },
    { id: 'pax_b', type: 'CHD', age: 8 },
    { id: 'pax_c', type: 'INF', age: 1 },
  ] as const
  const asked = [query('LHR', 'JFK', { passengers }), query('BOD', 'MRU'), query('LON', 'NYC'), query('BOD', 'LCA')]

  test('offer requests and their offers', async () => {
    const requests = [
      ...(recorded('offer-requests-list-50.json') as unknown as readonly unknown[]),
      recorded('offer-request-create-68offers.json'),
    ]
    const ours: Tree[] = []
    for (const one of asked) ours.push((await raw('POST', '/air/offer_requests', encodeSearch(one))).body.data as Tree)
    expect(ours.flatMap(one => one.offers as readonly Tree[]).length).toBeGreaterThan(50)
    expect(shortcomings(shapeOf(ours.map(({ offers: _, ...rest }) => rest)), shapeOf(requests))).toEqual([])
    expect(strays(shortcomings(shapeOf(ours.flatMap(one => one.offers as readonly Tree[])), shapeOf(offers)))).toEqual(
      [],
    )
  })

  test('a single offer', async () => {
    const offer = await confirmed(query('LHR', 'JFK'))
    const reply = await raw(
      'GET',
      `/air/offers/${String(offer.supplierContext.offerId)}?return_available_services=true`,
    )
    expect(strays(shortcomings(shapeOf([reply.body.data]), shapeOf(offers)))).toEqual([])
  })

  test('orders: instant, held, cancelled', async () => {
    const orders = [recorded('order-create-instant.json'), recorded('order-show-rt.json')]
    const instant = await ordered(await confirmed(query('LHR', 'JFK')))
    const held = await ordered(await confirmed(query('LHR', 'CDG'), holdable), true)
    const gone = await ordered(await confirmed(query('LHR', 'AMS')))
    const quote = await provider.quoteCancellation(keyOf(gone), callWithin(5_000))
    if (quote.kind !== 'quoted') throw new Error(quote.fault.text)
    await provider.cancelOrder({ order: keyOf(gone), quote: quote.quote }, callWithin(5_000))
    const ours: unknown[] = []
    for (const { supplierContext } of [instant, held, gone])
      ours.push((await raw('GET', `/air/orders/${String(supplierContext.orderId)}`)).body.data)
    expect(ours[2]).toMatchObject({ cancelled_at: expect.any(String) })
    expect(strays(shortcomings(shapeOf(ours), shapeOf(orders), shapeOf(offers)))).toEqual([])
  })

  test('errors', async () => {
    const files = ['airline', 'authentication', 'invalid-request', 'invalid-state', 'rate-limit', 'validation']
    const errors = files.map(name => JSON.parse(readFixture('duffel', `error-${name}.json`).toString()) as unknown)
    const ours = [
      (await raw('GET', '/air/orders/ord_1')).body,
      (await raw('POST', '/air/offer_requests', { data: {} })).body,
      (await raw('GET', '/air/orders', undefined, { 'duffel-version': 'v1' })).body,
    ]
    expect(shortcomings(shapeOf(ours), shapeOf(errors))).toEqual([])
  })
})

describe('replies of which nothing was recorded have what the vendor documents', () => {
  test('batches, payments, cancellations, pages', async () => {
    const created = await raw('POST', '/air/batch_offer_requests', encodeSearch(query('LHR', 'JFK')))
    expect(created.status).toBe(201)
    expect(created.body.data).toMatchObject({
      id: expect.stringMatching(/^orq_/),
      client_key: expect.any(String),
      created_at: expect.any(String),
      live_mode: false,
      total_batches: expect.any(Number),
      remaining_batches: expect.any(Number),
    })
    const made = await ordered(await confirmed(query('LHR', 'JFK'), holdable), true)
    const { orderId, total, currency } = made.supplierContext
    const payment = { type: 'balance', amount: total, currency }
    expect(await raw('POST', '/air/payments', { data: { order_id: orderId, payment } })).toMatchObject({
      status: 201,
      body: { data: { id: expect.stringMatching(/^pay_/), created_at: expect.any(String), ...payment } },
    })
    const cancellation = await raw('POST', '/air/order_cancellations', { data: { order_id: orderId } })
    expect(cancellation).toMatchObject({
      status: 201,
      body: {
        data: {
          id: expect.stringMatching(/^ore_/),
          order_id: orderId,
          refund_amount: expect.stringMatching(/^\d+\.\d\d$/),
          refund_currency: 'GBP',
          refund_to: 'balance',
          expires_at: expect.any(String),
          confirmed_at: null,
          airline_credits: [],
        },
      },
    })
    const page = await raw('GET', '/air/orders?limit=1')
    expect(page.body).toMatchObject({
      data: [{ id: expect.stringMatching(/^ord_/) }],
      meta: { limit: 1, before: null },
    })
  })
})
