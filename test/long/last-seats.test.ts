import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { openWorld } from '../../src/sandbox/open-world.ts'
import type { WorldOffer, WorldSelection, WorldView } from '../../src/sandbox/world.ts'
import { type Caller, type Heard, type Json, makeCaller, type Request } from '../../scripts/torture/caller.ts'
import { bookingOf, daysAhead, searchFor, send } from '../support/front-end.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'

/** Front ends in crowds want the last fifty seats of a flight at once, through the whole service. Those told to come back (an
 *  overloaded service, a supplier with too many calls waiting) come back with the same key. */
const seats = 50
const crowds = [
  { supplier: 'ndc', attempts: 2_000 },
  { supplier: 'travelport', attempts: 300 },
  { supplier: 'sabre', attempts: 300 },
  { supplier: 'amadeus', attempts: 300 },
  { supplier: 'duffel', attempts: 300 },
] as const
const seed = 'last-seats'
/** 2,000 took 100 s on two cores at a load of 15, 465 s at one of 21. Orders whose answer was lost in the crowd are looked for until the supplier's
 *  settle time has passed: two and a half minutes at duffel. */
const withinMs = 480_000

let service: RunningService
beforeEach(async () => {
  service = await startService({ SANDBOX_SEED: seed, RATE_LIMIT_BOOKINGS_PER_MINUTE: '0' })
})
afterEach(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
})

const routes = [
  ['LHR', 'JFK'],
  ['FRA', 'MAD'],
  ['CDG', 'FCO'],
  ['AMS', 'LIS'],
  ['MUC', 'VIE'],
] as const

type Rare = { readonly origin: string; readonly destination: string; readonly days: number; readonly offer: WorldOffer }

/** A nonstop flight with exactly that many seats left in the class on offer: the sandbox is the same for the same seed. */
async function findRare(supplier: string): Promise<Rare> {
  const world = await openWorld({ seed, clock: systemClock, stateDir: null, log: silentLog })
  const view = world.view(supplier)
  for (let days = 30; days < 120; days++) {
    for (const [origin, destination] of routes) {
      const offer = shop(view, origin, destination, days).find(one => hasExactly(view, one, seats))
      if (offer) return { origin, destination, days, offer }
    }
  }
  throw new Error('no flight has so many seats left')
}

function shop(view: WorldView, origin: string, destination: string, days: number): readonly WorldOffer[] {
  const offers = view.shop({
    slices: [{ origin, destination, departureDate: daysAhead(days), departureTime: null }],
    passengers: [{ type: 'ADT', age: null }],
    cabin: null,
    currency: 'EUR',
    pointOfSale: 'GB',
    maxConnections: 0,
    carriers: { include: [], exclude: [] },
    offersMax: 50,
  })
  return offers.filter(offer => offer.slices[0]!.segments.length === 1)
}

function hasExactly(view: WorldView, offer: WorldOffer, count: number): boolean {
  const fits = (passengers: number): boolean => view.price(selectionOf(offer, passengers)).kind === 'priced'
  return fits(count) && !fits(count + 1)
}

function selectionOf(offer: WorldOffer, passengers: number): WorldSelection {
  return {
    slices: offer.slices.map((slice, i) => ({
      segments: slice.segments.map(segment => ({ ...segment, departureDate: segment.departure.slice(0, 10) })),
      fareBasis: offer.passengers[0]!.fares[i]!.fareBasis,
    })),
    passengers: Array.from({ length: passengers }, () => ({ type: 'ADT' as const, age: null })),
    currency: 'EUR',
    pointOfSale: 'GB',
  }
}

/** The same one as the service shows it. */
async function findShown(supplier: string, { origin, destination, days, offer }: Rare): Promise<Json> {
  const [segment] = offer.slices[0]!.segments
  const { fareBasis } = offer.passengers[0]!.fares[0]!
  const search = searchFor(origin, destination, {
    slices: [{ origin, destination, departureDate: daysAhead(days) }],
    providers: [supplier],
    maxConnections: 0,
  })
  const found = await send(service.baseUrl, 'POST', '/v1/searches', search)
  const page = await send(service.baseUrl, 'GET', `/v1/searches/${found.body.id}/offers?limit=100`)
  const shown = page.body.offers.find((one: Json) => {
    const [flight] = one.slices[0].segments
    const sameFlight = flight.marketing.carrier === segment!.carrier && flight.marketing.number === segment!.number
    return sameFlight && flight.fares[0].fareBasis.startsWith(fareBasis)
  })
  if (!shown) throw new Error(`${segment!.carrier}${segment!.number} ${fareBasis} is not among the offers`)
  return shown
}

/** Where it is still under way (202) the key is sent again too: it waits, or finds the end. */
async function attempt(caller: Caller, request: Request, until: number): Promise<Heard | undefined> {
  for (;;) {
    const heard = await caller.send(request, until)
    if (heard?.status !== 202) return heard
  }
}

function countsOf(answers: readonly (Heard | undefined)[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const heard of answers) {
    const name = heard ? `${heard.status} ${heard.body?.type ?? heard.body?.status}` : 'no answer'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const title =
  '$attempts attempts at once on 50 seats of $supplier: 50 tickets, the others are told, and nobody else is charged'
test.each(crowds)(title, { timeout: withinMs + 120_000 }, async ({ supplier, attempts }) => {
  const offer = await findShown(supplier, await findRare(supplier))
  const caller = makeCaller(service.baseUrl, attempts)
  const until = performance.now() + withinMs
  const body = bookingOf(offer)
  const answers = await Promise.all(
    Array.from({ length: attempts }, (_, i) =>
      attempt(caller, { method: 'POST', path: '/v1/bookings', body, key: `attempt-${i}` }, until),
    ),
  )
  await caller.close()
  expect(countsOf(answers)).toEqual({ '201 ticketed': seats, '409 /problems/sold-out': attempts - seats })

  const { simulators, gateway } = (await send(service.baseUrl, 'GET', '/v1/sandbox')).body
  const { baseUrl } = simulators.find((one: Json) => one.code === supplier)
  const orders: readonly Json[] = (await send(baseUrl, 'GET', '/_sandbox/orders')).body.orders
  expect(orders.map(({ status }) => status)).toEqual(Array(seats).fill('live'))
  expect(orders.reduce((sum, order) => sum + order.seats[0].count, 0)).toBe(seats)
  expect(new Set(orders.flatMap(order => order.tickets.map((ticket: Json) => ticket.number))).size).toBe(seats)
  expect((await send(service.baseUrl, 'POST', `/v1/offers/${offer.id}/price`)).body).toMatchObject({ kind: 'gone' })

  const ledger: readonly Json[] = (await send(gateway.baseUrl, 'GET', '/_sandbox/ledger')).body.entries
  const paymentsOf = (kind: string): readonly string[] =>
    ledger.filter(entry => entry.kind === kind).map(entry => entry.reference)
  const captures = ledger.filter(({ kind }) => kind === 'capture')
  expect(captures.map(({ amount }) => amount)).toEqual(Array(seats).fill(offer.total))
  expect(new Set(paymentsOf('capture')).size).toBe(seats)
  expect([...paymentsOf('capture'), ...paymentsOf('void')].sort()).toEqual([...paymentsOf('authorise')].sort())
})
