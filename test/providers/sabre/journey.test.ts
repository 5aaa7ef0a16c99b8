import { afterAll, beforeAll, expect, test } from 'vitest'
import { manualClock, systemClock, toInstant } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { SupplierOrder, Traveller } from '../../../src/core/order.ts'
import type { OrderKey, Provider, ShopPassenger, ShopQuery } from '../../../src/providers/port.ts'
import { create } from '../../../src/providers/sabre/index.ts'
import { startSimulator } from '../../../src/providers/sabre/simulator.ts'
import { openWorld } from '../../../src/sandbox/open-world.ts'
import type { RunningSimulator, World } from '../../../src/sandbox/world.ts'
import { callWithin } from '../../support/fake-provider.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const clock = manualClock(systemClock.now())
const date = (days: number): string => toInstant(clock.now() + days * dayMs).slice(0, 10)

let world: World
let simulator: RunningSimulator
let provider: Provider
beforeAll(async () => {
  world = await openWorld({ seed: 'journey', clock, stateDir: null, log: silentLog })
  simulator = await startSimulator({ view: world.view('sabre'), host: '127.0.0.1', port: 0, clock, log: silentLog })
  provider = create(simulator.settings, { clock, log: silentLog })
})
afterAll(async () => {
  await provider?.close()
  await simulator?.close()
  await world?.close()
})

const passengers: readonly ShopPassenger[] = [
  { id: 'pax_1', type: 'ADT', age: 34 },
  { id: 'pax_2', type: 'CHD', age: 5 },
  { id: 'pax_3', type: 'CHD', age: 10 },
  { id: 'pax_4', type: 'INF', age: 1 },
]
const year = new Date(clock.now()).getUTCFullYear()
const person = (id: Traveller['id'], type: Traveller['type'], givenNames: string, born: number): Traveller => ({
  id,
  type,
  title: type === 'ADT' ? 'MRS' : null,
  givenNames,
  surname: 'Østergård',
  birthDate: `${year - born}-01-02`,
  gender: 'F',
  document: null,
  loyalty: null,
  adultId: type === 'INF' ? 'pax_1' : null,
})
const travellers: readonly Traveller[] = [
  person('pax_1', 'ADT', 'Åse Marie', 34),
  person('pax_2', 'CHD', 'Bo', 5),
  person('pax_3', 'CHD', 'Liv', 10),
  person('pax_4', 'INF', 'Una', 1),
]
const query = (cabin: ShopQuery['cabin'] = 'economy'): ShopQuery => ({
  slices: [
    { origin: 'LHR', destination: 'JFK', departureDate: date(60), departureTime: null },
    { origin: 'JFK', destination: 'LHR', departureDate: date(67), departureTime: null },
  ],
  passengers,
  cabin,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 100,
})

async function offers(cabin?: ShopQuery['cabin']): Promise<readonly SupplierOffer[]> {
  const outcome = await provider.shop(query(cabin), callWithin(10_000))
  if (outcome.kind !== 'offers') throw new Error(outcome.fault.text)
  return outcome.offers
}

async function book(offer: SupplierOffer, hold: boolean): Promise<SupplierOrder> {
  const confirmed = await provider.confirmPrice({ offer, passengers }, callWithin(10_000))
  if (confirmed.kind !== 'confirmed') throw new Error(confirmed.fault.text)
  const contact = { email: 'ada@example.com', phone: '+442071838750' }
  const request = { offer: confirmed.offer, travellers, contact, reference: 'K7M2QX', hold }
  const outcome = await provider.createOrder(request, callWithin(10_000))
  if (outcome.kind !== 'created') throw new Error(`${outcome.kind}: ${outcome.fault.text}`)
  return outcome.order
}

const keyOf = (order: SupplierOrder): OrderKey => ({
  locator: order.locators[0]!.locator,
  supplierContext: order.supplierContext,
  travellers,
})

test('a family with an infant is booked and ticketed at the price agreed, every name ours again', async () => {
  const [offer] = await offers()
  const order = await book(offer!, false)
  expect(order.total).toEqual(offer!.total)
  expect(order.reference).toBe('K7M2QX')
  expect(order.passengers.map(passenger => [passenger.id, passenger.type])).toEqual([
    ['pax_1', 'ADT'],
    ['pax_2', 'CHD'],
    ['pax_3', 'CHD'],
    ['pax_4', 'INF'],
  ])
  const ticketed = await provider.issueTickets(keyOf(order), callWithin(10_000))
  expect(ticketed).toMatchObject({ kind: 'ticketed', order: { status: 'ticketed', ticketBy: null } })
  if (ticketed.kind !== 'ticketed') return
  expect(new Set(ticketed.order.documents.map(document => document.passengerId))).toEqual(
    new Set(['pax_1', 'pax_2', 'pax_3', 'pax_4']),
  )
})

test('business class is asked for, sold and confirmed', async () => {
  const found = await offers('business')
  expect(found.length).toBeGreaterThan(5)
  expect(
    found.every(offer => offer.slices.some(slice => slice.segments.some(s => s.fares[0]!.cabin === 'business'))),
  ).toBe(true)
  const order = await book(found[0]!, true)
  expect(order.total).toEqual(found[0]!.total)
})

test('several fares of one itinerary are offers of their own, refundable ones among them', async () => {
  const found = await offers()
  const flights = (offer: SupplierOffer): string =>
    JSON.stringify(offer.slices.map(slice => slice.segments.map(s => [s.marketing, s.departure])))
  expect(new Set(found.map(flights)).size).toBeLessThan(found.length)
  expect(found.some(offer => offer.conditions.refund.allowed === true)).toBe(true)
})

test('an offer whose seats were sold since is sold out, not merely gone', async () => {
  const offer = (await offers()).find(({ seatsLeft }) => seatsLeft !== null && seatsLeft < 9)!
  // three seats each: the infant has none
  for (let seats = offer.seatsLeft!; seats >= 3; seats -= 3) await book(offer, false)
  const confirmed = await provider.confirmPrice({ offer, passengers }, callWithin(10_000))
  expect(confirmed).toMatchObject({ kind: 'gone', fault: { kind: 'sold-out' } })
})

test('a fare is void on the day of issue, refunded with a penalty on the next, and then its booking is gone', async () => {
  const offer = (await offers()).find(candidate => candidate.conditions.refund.allowed === true)
  const order = await book(offer!, false)
  const ticketed = await provider.issueTickets(keyOf(order), callWithin(10_000))
  if (ticketed.kind !== 'ticketed') throw new Error(ticketed.fault.text)
  const today = await provider.quoteCancellation(keyOf(order), callWithin(10_000))
  expect(today).toMatchObject({
    kind: 'quoted',
    quote: { kind: 'void', refund: order.total, penalty: { amountMinor: 0 } },
  })
  clock.advance(26 * hourMs)
  const quoted = await provider.quoteCancellation(keyOf(order), callWithin(10_000))
  if (quoted.kind !== 'quoted') throw new Error(quoted.fault.text)
  const { quote } = quoted
  expect(quote.kind).toBe('refund')
  expect(quote.refund.amountMinor + quote.penalty.amountMinor).toBe(order.total!.amountMinor)
  if (today.kind === 'quoted') {
    const late = await provider.cancelOrder({ order: keyOf(order), quote: today.quote }, callWithin(10_000))
    expect(late).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
  }
  const cancel = { order: keyOf(order), quote }
  const outcome = await provider.cancelOrder(cancel, callWithin(10_000))
  expect(outcome).toMatchObject({ kind: 'cancelled' })
  if (outcome.kind !== 'cancelled') return
  expect(outcome.documents.map(document => document.status)).toEqual(ticketed.order.documents.map(() => 'refunded'))
  expect(await provider.cancelOrder(cancel, callWithin(10_000))).toEqual(outcome)
  const found = await provider.retrieveOrder(keyOf(order), callWithin(10_000))
  expect(found).toMatchObject({ kind: 'found', order: { status: 'cancelled', slices: [] } })
})

test('a hold that nobody pays for falls to its time limit', async () => {
  const offer = (await offers()).find(candidate => candidate.requirements.holdAllowed !== false)
  const order = await book(offer!, true)
  expect(order.status).toBe('held')
  clock.set(Date.parse(order.ticketBy!) + 2 * 60_000)
  const found = await provider.retrieveOrder(keyOf(order), callWithin(10_000))
  expect(found).toMatchObject({ kind: 'found', order: { status: 'cancelled' } })
  expect(await provider.issueTickets(keyOf(order), callWithin(10_000))).toMatchObject({
    kind: 'refused',
    retryable: false,
  })
})
