import { expect, test } from 'vitest'
import { systemClock, toInstant } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { hashText } from '../../src/sandbox/random.ts'
import { openWorld } from '../../src/sandbox/open-world.ts'
import type { WorldOffer } from '../../src/sandbox/world.ts'

/** Codes that lead to each of the cities where such routes may begin. */
const codes = [
  ...new Map(
    'abcdefghijklmnopqrstuvwxyz'.split('').map(letter => [hashText(0, `s${letter}`) % 6, `s${letter}`]),
  ).values(),
]

test.for(codes)('a supplier that the sandbox does not know (%s) has every magic route, on any day', async code => {
  const world = await openWorld({ seed: 'others', clock: systemClock, stateDir: null, log: silentLog })
  const view = world.view(code)
  const routes = world.magicRoutes.filter(route => route.provider === code)
  expect(routes.map(route => route.effect)).toContain('answer-lost')
  for (const { origin, destination, effect } of routes) {
    for (let day = 40; day < 47; day++) {
      const departureDate = toInstant(systemClock.now() + day * 86_400_000).slice(0, 10)
      expect(view.effect(origin, destination, departureDate)).toBe(effect)
      expect(world.view('sabre').effect(origin, destination, departureDate)).toBeNull()
      const offers = view.shop({
        slices: [{ origin, destination, departureDate, departureTime: null }],
        passengers: [{ type: 'ADT', age: null }],
        cabin: 'economy',
        currency: 'EUR',
        pointOfSale: 'GB',
        maxConnections: null,
        carriers: { include: [], exclude: [] },
        offersMax: 50,
      })
      if (effect === 'no-offers') expect(offers).toEqual([])
      else expect(offers.length, `${origin}-${destination} ${departureDate}`).toBeGreaterThan(0)
      if (effect === 'technical-stop') expect(offers.some(hasStop), `${origin}-${destination}`).toBe(true)
      if (effect === 'connection') expect(offers.every(offer => offer.slices[0]!.segments.length > 1)).toBe(true)
    }
  }
  await world.close()
})

function hasStop({ slices }: WorldOffer): boolean {
  return slices[0]!.segments.some(segment => segment.stops.length > 0)
}
