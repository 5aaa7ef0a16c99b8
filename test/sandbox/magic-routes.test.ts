import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAirport } from '../../src/reference/airports.ts'
import type { Effect, MagicRoute, World } from '../../src/sandbox/world.ts'
import {
  adult,
  booked,
  bookRequest,
  openTestWorld,
  request,
  segmentsOf,
  selectionOf,
  suppliers,
} from './world-helpers.ts'

const effects: readonly Effect[] = [
  ...(['no-offers', 'silent', 'slow', 'server-error', 'rate-limited', 'html', 'cut-off', 'price-up'] as const),
  ...(['price-down', 'sold-out-at-booking', 'answer-lost', 'ticketing-fails-twice', 'connection'] as const),
  ...(['technical-stop', 'hold-not-allowed'] as const),
]
const date = '2027-03-10'

let world: World
beforeAll(async () => {
  world = await openTestWorld()
})
afterAll(() => world.close())

function routeOf(effect: Effect, provider: string): MagicRoute {
  const route = world.magicRoutes.find(one => one.effect === effect && one.provider === provider)
  if (!route) throw new Error(`no route for ${effect} of ${provider}`)
  return route
}

function shop(route: MagicRoute, provider: string) {
  const slices = [`${route.origin}-${route.destination} ${date}`, `${route.destination}-${route.origin} 2027-03-17`]
  return world.view(provider).shop(request(slices))
}

describe('every supplier has a route for every trouble', () => {
  const grid = suppliers.flatMap(provider => effects.map(effect => [effect, provider] as const))

  test.each(grid)('%s of %s: a real route on which the others sell', (effect, provider) => {
    const route = routeOf(effect, provider)
    for (const code of [route.origin, route.destination]) expect(findAirport(code)?.scheduled).toBe(true)
    expect(route.text).not.toBe('')
    expect(world.view(provider).effect(route.origin, route.destination, date)).toBe(effect)
    for (const other of suppliers.filter(code => code !== provider)) {
      expect(world.view(other).effect(route.origin, route.destination, date)).toBeNull()
      expect(shop(route, other).length, other).toBeGreaterThanOrEqual(5)
    }
    if (effect !== 'no-offers') expect(shop(route, provider).length).toBeGreaterThanOrEqual(5)
  })
})

describe.each(suppliers)('what %s does on its magic routes', provider => {
  test('no-offers: nothing', () => {
    expect(shop(routeOf('no-offers', provider), provider)).toEqual([])
  })

  test.each([
    ['price-up', 1],
    ['price-down', -1],
  ] as const)(
    '%s: another price once the search is over, always the same, and the one that is booked',
    async (effect, sign) => {
      const view = world.view(provider)
      const [one, ...others] = shop(routeOf(effect, provider), provider).slice(0, 5)
      for (const offer of [...others, one!]) {
        const first = view.price(selectionOf(offer, [adult]))
        if (first.kind !== 'priced') throw new Error(first.kind)
        expect(Math.sign(first.offer.total.amountMinor - offer.total.amountMinor)).toBe(sign)
        expect(view.price(selectionOf(first.offer, [adult]))).toEqual(first)
        if (offer === one) expect((await booked(view, first.offer)).offer.total).toEqual(first.offer.total)
      }
    },
  )

  test('sold-out-at-booking: a price, and no seats', async () => {
    const view = world.view(provider)
    const offer = shop(routeOf('sold-out-at-booking', provider), provider)[0]!
    expect(view.price(selectionOf(offer, [adult])).kind).toBe('priced')
    expect((await view.book(bookRequest(offer, [adult]))).kind).toBe('sold-out')
  })

  test('ticketing-fails-twice: twice host-busy without a ticket, then tickets', async () => {
    const view = world.view(provider)
    const { locator } = await booked(view, shop(routeOf('ticketing-fails-twice', provider), provider)[0]!)
    const kinds = []
    for (let i = 0; i < 4; i++) {
      kinds.push((await view.issueTickets(locator)).kind)
      if (i < 2) expect(view.findPnr(locator)?.tickets).toEqual([])
    }
    expect(kinds).toEqual(['host-busy', 'host-busy', 'ticketed', 'ticketed'])
  })

  test('connection and technical-stop: nothing without one on the way out', () => {
    for (const offer of shop(routeOf('connection', provider), provider))
      expect(offer.slices[0]!.segments.length).toBeGreaterThan(1)
    for (const offer of shop(routeOf('technical-stop', provider), provider))
      expect(offer.slices[0]!.segments.some(segment => segment.stops.length > 0)).toBe(true)
  })

  test('hold-not-allowed: sells against payment only', async () => {
    const view = world.view(provider)
    const offers = shop(routeOf('hold-not-allowed', provider), provider)
    for (const offer of offers) expect(offer.holdAllowed).toBe(false)
    expect((await view.book(bookRequest(offers[0]!, [adult], { hold: true }))).kind).toBe('refused')
    expect((await view.book(bookRequest(offers[0]!, [adult]))).kind).toBe('booked')
  })

  test('nothing is struck on the way back', () => {
    for (const route of world.magicRoutes.filter(one => one.provider === provider)) {
      expect(world.view(provider).effect(route.destination, route.origin, date)).toBeNull()
    }
  })
})

test('what is a long flight elsewhere has a stop of its own kind only where it should', () => {
  const direct = world.view('sabre').shop(request([`LHR-JFK ${date}`], { maxConnections: 0 }))
  expect(direct.flatMap(segmentsOf).every(segment => segment.stops.length === 0)).toBe(true)
})
