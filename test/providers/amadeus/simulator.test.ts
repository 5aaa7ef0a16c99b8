import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { SupplierOrder, Traveller } from '../../../src/core/order.ts'
import { create } from '../../../src/providers/amadeus/index.ts'
import { startSimulator } from '../../../src/providers/amadeus/simulator.ts'
import { encodePricingRequest } from '../../../src/providers/amadeus/wire/pricing.ts'
import type { Raw } from '../../../src/providers/amadeus/wire/read.ts'
import { encodeSearch } from '../../../src/providers/amadeus/wire/search-request.ts'
import type { OrderKey, Provider, ShopQuery } from '../../../src/providers/port.ts'
import { openWorld } from '../../../src/sandbox/open-world.ts'
import type { Effect, RunningSimulator, World } from '../../../src/sandbox/world.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { definition, objections, vendorDocument } from './vendor-schema.ts'

const clock = manualClock(Date.UTC(2027, 0, 4, 10))
let world: World
let simulator: RunningSimulator
let provider: Provider

beforeAll(async () => {
  world = await openWorld({ seed: 'amadeus', clock, stateDir: null, log: silentLog })
  simulator = await startSimulator({ view: world.view('amadeus'), host: '127.0.0.1', port: 0, clock, log: silentLog })
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

const traveller = (id: Traveller['id'], type: Traveller['type'], more: Partial<Traveller> = {}): Traveller => ({
  id,
  type,
  title: null,
  givenNames: 'ADA',
  surname: 'EXAMPLE',
  birthDate: '1990-12-10',
  gender: 'F',
  document: null,
  loyalty: null,
  adultId: null,
  ...more,
})
const ada = traveller('pax_a', 'ADT')
const contact = { email: 'ada@example.com', phone: '+442071838750' }

async function shop(asked: ShopQuery): Promise<readonly SupplierOffer[]> {
  const outcome = await provider.shop(asked, callWithin(5_000))
  if (outcome.kind !== 'offers') throw new Error(outcome.fault.text)
  return outcome.offers
}
async function confirmed(asked: ShopQuery, which = 0): Promise<SupplierOffer> {
  const offer = (await shop(asked))[which]!
  const outcome = await provider.confirmPrice({ offer, passengers: asked.passengers }, callWithin(5_000))
  if (outcome.kind !== 'confirmed') throw new Error(outcome.fault.text)
  return outcome.offer
}
const order = (offer: SupplierOffer, travellers: readonly Traveller[], hold = false) =>
  provider.createOrder({ offer, travellers, contact, reference: 'K7M2QX', hold }, callWithin(5_000))
async function ordered(offer: SupplierOffer, hold = false): Promise<SupplierOrder> {
  const outcome = await order(offer, [ada], hold)
  if (outcome.kind !== 'created') throw new Error(outcome.fault.text)
  return outcome.order
}
const keyOf = ({ locators, supplierContext }: SupplierOrder): OrderKey => ({
  locator: locators[0]!.locator,
  supplierContext,
  travellers: [ada],
})
const magic = (effect: Effect): ShopQuery => {
  const route = world.magicRoutes.find(other => other.provider === 'amadeus' && other.effect === effect)!
  return query(route.origin, route.destination)
}

describe('orders', () => {
  test('an old token is renewed in passing', async () => {
    await shop(query('LHR', 'JFK'))
    clock.advance(1_790_000)
    expect((await shop(query('LHR', 'JFK'))).length).toBeGreaterThan(0)
  })

  test('tickets that the office cannot issue at once come with a later look', async () => {
    const made = await ordered(await confirmed(magic('ticketing-fails-twice')))
    expect(made.documents).toEqual([])
    const outcomes = []
    for (let n = 0; n < 2; n++) outcomes.push(await provider.issueTickets(keyOf(made), callWithin(5_000)))
    expect(outcomes).toMatchObject([
      { kind: 'refused', retryable: true, fault: { kind: 'ticketing-failed' } },
      { kind: 'ticketed', order: { status: 'ticketed', documents: [{ passengerId: 'pax_a' }] } },
    ])
  })

  test('a lap infant sits with the adult that the booking names', async () => {
    const family = ['ADT', 'ADT', 'INF'] as const
    const passengers = family.map((type, i) => ({ id: `pax_${'abc'[i]}` as const, type, age: null }))
    const offer = await confirmed(query('LHR', 'JFK', { passengers }))
    const outcome = await order(offer, [
      ada,
      traveller('pax_b', 'ADT', { givenNames: 'BEN' }),
      traveller('pax_c', 'INF', { givenNames: 'CLEO', birthDate: '2026-06-01', adultId: 'pax_b' }),
    ])
    if (outcome.kind !== 'created') throw new Error(outcome.fault.text)
    const pnr = world.view('amadeus').findPnr(outcome.order.locators[0]!.locator)!
    const cleo = pnr.travellers.find(one => one.givenNames === 'CLEO')!
    expect(pnr.travellers.find(one => one.key === cleo.adultKey)?.givenNames).toBe('BEN')
    expect(outcome.order.passengers.map(({ id, type }) => [id, type])).toEqual([
      ['pax_a', 'ADT'],
      ['pax_b', 'ADT'],
      ['pax_c', 'INF'],
    ])
  })

  test('travellers who are not those of the offer never reach the supplier', async () => {
    const offer = await confirmed(query('LHR', 'JFK'))
    for (const others of [[], [traveller('pax_x', 'ADT')], [ada, traveller('pax_b', 'ADT')]]) {
      expect(await order(offer, others)).toMatchObject({ kind: 'refused', fault: { kind: 'invalid-request' } })
    }
  })

  test('an offer whose price has moved is refused as price-changed', async () => {
    const [stale] = await shop(magic('price-up'))
    expect(await order(stale!, [ada])).toMatchObject({
      kind: 'refused',
      fault: { kind: 'price-changed', code: '37200', mayHaveBooked: false },
    })
  })

  test('a fare that must be paid at once cannot be held', async () => {
    const offer = await confirmed(magic('hold-not-allowed'))
    expect(offer.requirements).toMatchObject({ instantPayment: true, holdAllowed: false })
    expect(await order(offer, [ada], true)).toMatchObject({ kind: 'refused', fault: { code: '2668' } })
  })

  test('a held order is released by its time limit, and then is not there', async () => {
    const offers = await shop(query('LHR', 'JFK'))
    const holdable = offers.findIndex(offer => offer.requirements.holdAllowed)
    const made = await ordered(await confirmed(query('LHR', 'JFK'), holdable), true)
    expect(made).toMatchObject({ status: 'held', reference: 'K7M2QX' })
    clock.set(Date.parse(made.ticketBy!) + 1000)
    expect(await provider.retrieveOrder(keyOf(made), callWithin(5_000))).toEqual({ kind: 'absent' })
    expect(await provider.quoteCancellation(keyOf(made), callWithin(5_000))).toMatchObject({ kind: 'refused' })
  })

  test('a ticketed order is neither quoted nor deleted', async () => {
    const made = await ordered(await confirmed(query('LHR', 'JFK')))
    expect(made.status).toBe('ticketed')
    expect(await provider.quoteCancellation(keyOf(made), callWithin(5_000))).toMatchObject({
      kind: 'refused',
      fault: { kind: 'not-cancellable', text: expect.stringContaining('neither voids nor refunds') },
    })
    const nothing = { amountMinor: 0, currency: 'EUR' }
    const quote = { kind: 'release', refund: nothing, penalty: nothing, expiresAt: null, supplierContext: {} } as const
    expect(await provider.cancelOrder({ order: keyOf(made), quote }, callWithin(5_000))).toMatchObject({
      kind: 'refused',
      fault: { kind: 'not-cancellable' },
    })
    expect(await provider.retrieveOrder(keyOf(made), callWithin(5_000))).toMatchObject({ kind: 'found' })
  })

  test('what was stored as JSON is as good as what was not', async () => {
    const offer = JSON.parse(JSON.stringify(await confirmed(query('LHR', 'JFK')))) as SupplierOffer
    const made = JSON.parse(JSON.stringify(await ordered(offer))) as SupplierOrder
    expect(await provider.retrieveOrder(keyOf(made), callWithin(5_000))).toMatchObject({
      kind: 'found',
      order: { locators: made.locators, passengers: [{ id: 'pax_a' }] },
    })
  })
})

describe('searching', () => {
  test('a child alone with its fare basis is priced as it was shown', async () => {
    const asked = query('LHR', 'JFK', { passengers: [{ id: 'pax_a', type: 'CHD', age: null }] })
    const offers = await shop(asked)
    expect(offers.length).toBeGreaterThan(3)
    for (const offer of offers) {
      const outcome = await provider.confirmPrice({ offer, passengers: asked.passengers }, callWithin(5_000))
      expect(outcome).toMatchObject({ kind: 'confirmed', offer: { total: offer.total } })
    }
  })

  test('a window of departure is kept to the minute', async () => {
    const departureTime = { from: '08:30', to: '11:10' }
    const slices = [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime }]
    const offers = await shop(query('LHR', 'JFK', { slices, offersMax: 100 }))
    expect(offers.length).toBeGreaterThan(0)
    for (const offer of offers) {
      const time = offer.slices[0]!.segments[0]!.departure.slice(11, 16)
      expect(time >= '08:30' && time <= '11:10').toBe(true)
    }
  })
})

type Reply = { readonly status: number; readonly body: Raw }

async function raw(method: string, path: string, body?: unknown, authorization?: string): Promise<Reply> {
  const answer = await fetch(`${simulator.baseUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { authorization: authorization ?? `Bearer ${await token()}`, 'content-type': 'application/json' },
  })
  return { status: answer.status, body: (await answer.json()) as Raw }
}

async function token(): Promise<string> {
  const { clientId = '', clientSecret = '' } = simulator.settings
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const answer = await fetch(`${simulator.baseUrl}/v1/security/oauth2/token`, { method: 'POST', body })
  return ((await answer.json()) as { readonly access_token: string }).access_token
}

describe('errors are in the vendor’s words', () => {
  const search = '/v2/shopping/flight-offers'
  test.each([
    ['no token', 'GET', search, undefined, '', 401, 38191],
    ['a token that was never given', 'GET', search, undefined, 'Bearer nonsense', 401, 38190],
    ['a path that is not there', 'GET', '/v9/nothing', undefined, undefined, 404, 38196],
    ['a search without places', 'GET', `${search}?adults=1`, undefined, undefined, 400, 32171],
    ['an empty search', 'POST', search, {}, undefined, 400, 32171],
    [
      'a day in the past',
      'GET',
      `${search}?originLocationCode=LHR&destinationLocationCode=JFK&departureDate=2020-01-01&adults=1`,
      undefined,
      undefined,
      400,
      425,
    ],
    ['a price of nothing', 'POST', '/v1/shopping/flight-offers/pricing', { data: {} }, undefined, 400, 32171],
    ['an order of nothing', 'POST', '/v1/booking/flight-orders', {}, undefined, 400, 32171],
    [
      'an order that is not there',
      'GET',
      '/v1/booking/flight-orders/WlpaWlpafFh8WQ%3D%3D',
      undefined,
      undefined,
      404,
      1797,
    ],
  ] as const)('%s', async (_, method, path, body, authorization, status, code) => {
    const reply = await raw(method, path, body, authorization)
    expect(reply).toMatchObject({ status, body: { errors: [{ status, code, title: expect.any(String) }] } })
  })

  test('an old token', async () => {
    const old = await token()
    clock.advance(1_800_000)
    expect(await raw('GET', search, undefined, `Bearer ${old}`)).toMatchObject({
      status: 401,
      body: { errors: [{ code: 38192 }] },
    })
  })
})

/** Members that the recorded replies have beside those of the vendor's documents. */
const beyondTheDocument = /\/(isUpsellOffer|brandedFareLabel|includedCabinBags|fareRules|associatedAdultId): is not in/

describeFixtures('replies are shaped as the recorded ones and the vendor’s documents', () => {
  const family = ['ADT', 'CHD', 'INF'] as const
  const passengers = family.map((type, i) => ({ id: `pax_${i + 1}` as const, type, age: null }))
  const asked = query('GVA', 'MRU', { passengers })
  const back = { origin: 'MRU', destination: 'GVA', departureDate: '2027-03-20', departureTime: null }

  const searched = async (): Promise<Raw> => {
    const reply = await raw(
      'POST',
      '/v2/shopping/flight-offers',
      encodeSearch({ ...asked, slices: [...asked.slices, back] }),
    )
    expect(reply.status).toBe(200)
    return reply.body
  }
  const priced = async (): Promise<Raw> => {
    const [first] = (await searched()).data as readonly Raw[]
    return (await raw('POST', '/v1/shopping/flight-offers/pricing', encodePricingRequest(first!))).body
  }
  const strays = (found: readonly string[]): readonly string[] => found.filter(line => !beyondTheDocument.test(line))

  test('a search: the document', async () => {
    const document = vendorDocument('FlightOffersSearch_v2')
    const { data, dictionaries } = (await searched()) as {
      readonly data: readonly unknown[]
      readonly dictionaries: unknown
    }
    expect(data.length).toBeGreaterThan(3)
    for (const one of data) expect(strays(objections(document, definition('FlightOffer'), one))).toEqual([])
    expect(objections(document, definition('Dictionaries'), dictionaries)).toEqual([])
  })

  test('a search: every member that recorded offers always have, with its type', async () => {
    const always = membersInAll(
      [
        'search-get-syd-bkk-rt-2adt.json',
        'search-post-gig-mad-rt-adt-chd.json',
        'search-rdu-mia-ow-5.json',
        'search-rdu-mia-ow-3adt-10.json',
        'search-ebb-cdg-rt-30.json',
      ].flatMap(file => dataOf(JSON.parse(readFixture('amadeus-selfservice', file).toString()))),
    )
    expect(always.size).toBeGreaterThan(40)
    for (const one of dataOf(await searched())) {
      const own = members(one)
      for (const member of always) expect(own, JSON.stringify(one).slice(0, 200)).toContain(member)
    }
  })

  test('a price: the document, and what recorded ones always have', async () => {
    const document = vendorDocument('FlightOffersPrice_v1')
    const reply = await priced()
    expect(strays(objections(document, definition('FlightOfferPricingOut'), reply.data))).toEqual([])
    const recorded = ['price-gig-mad-rt-adt-chd.json', 'price-ebb-dxb-rt-qr.json'].map(file => {
      const tree = JSON.parse(readFixture('amadeus-selfservice', file).toString()) as Raw
      return (tree.data ?? tree) as Raw
    })
    const own = members(reply.data)
    for (const member of membersInAll(recorded)) expect(own).toContain(member)
  })

  test('an order and the same retrieved: the document', async () => {
    const document = vendorDocument('FlightCreateOrders_v1')
    const made = await ordered(await confirmed(query('LHR', 'JFK')))
    const id = encodeURIComponent(String(made.supplierContext.orderId))
    const reply = await raw('GET', `/v1/booking/flight-orders/${id}`)
    expect(reply.status).toBe(200)
    expect(strays(objections(document, definition('FlightOrder'), reply.body.data))).toEqual([])
    expect(members(reply.body.data)).toContain('/tickets/*/documentNumber:string')
  })

  test('errors: the document', async () => {
    const document = vendorDocument('FlightOffersSearch_v2')
    const { body } = await raw('GET', '/v2/shopping/flight-offers?adults=1')
    expect(objections(document, definition('Error_400'), body)).toEqual([])
  })
})

function dataOf(tree: unknown): readonly unknown[] {
  return Array.isArray(tree) ? tree : ((tree as Raw).data as readonly unknown[])
}

/** `/price/total:string` … for each member; list places are one. */
function members(tree: unknown, at = '', found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(tree)) for (const item of tree) members(item, `${at}/*`, found)
  else if (typeof tree === 'object' && tree !== null) {
    for (const [name, value] of Object.entries(tree)) members(value, `${at}/${name}`, found)
  } else found.add(`${at}:${typeof tree}`)
  return found
}

function membersInAll(trees: readonly unknown[]): ReadonlySet<string> {
  const [first, ...rest] = trees.map(tree => members(tree))
  return new Set([...first!].filter(member => rest.every(other => other.has(member))))
}
