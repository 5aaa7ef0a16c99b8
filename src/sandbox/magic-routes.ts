import type { AirportCode, LocalDate } from '../core/itinerary.ts'
import type { ProviderCode } from '../core/offer.ts'
import { cityCodeOf } from '../reference/airports.ts'
import { hashText } from './random.ts'
import type { Effect, MagicRoute } from './world.ts'

/** Troubles on demand: where a journey begins names the supplier that is struck, where its first slice ends names the
 *  trouble, on every date. All other suppliers answer as always on the same route, and all do on the way back. */
const origins: readonly (readonly [ProviderCode, AirportCode])[] = [
  ['amadeus', 'GVA'],
  ['sabre', 'LYS'],
  ['travelport', 'NCE'],
  ['ndc', 'TLS'],
  ['duffel', 'BOD'],
]

const destinations: readonly (readonly [Effect, AirportCode, string])[] = [
  ['no-offers', 'TIA', 'finds nothing'],
  ['silent', 'SKP', 'takes the search and never answers'],
  ['slow', 'SOF', 'answers after two and a half seconds'],
  ['server-error', 'CLJ', 'fails with its own 500'],
  ['rate-limited', 'KRK', 'says 429 and when to come back'],
  ['html', 'GDN', 'answers 200 with an HTML page'],
  ['cut-off', 'POZ', 'breaks the connection in the middle of its answer'],
  ['price-up', 'RIX', 'wants 8 % more when the price is confirmed'],
  ['price-down', 'VNO', 'wants 6 % less when the price is confirmed'],
  ['sold-out-at-booking', 'TLL', 'confirms the price, and has no seats when it is booked'],
  ['answer-lost', 'HEL', 'makes the booking, and its answer never arrives'],
  [
    'ticketing-fails-twice',
    'KEF',
    'cannot issue the tickets of an order twice, then can; duffel, which tickets as it orders, refuses each one',
  ],
  ['connection', 'MLA', 'has connections only'],
  ['technical-stop', 'MRU', 'has flights that land on the way under one number'],
  ['hold-not-allowed', 'LCA', 'sells against payment only'],
]

/** For suppliers from outside the tree; which of them is up to their code. */
const otherOrigins: readonly AirportCode[] = ['MRS', 'NTE', 'BLQ', 'VCE', 'PRG', 'OPO']

export function magicRoutesOf(provider: ProviderCode): readonly MagicRoute[] {
  const origin = origins.find(([code]) => code === provider)?.[1] ?? otherOriginOf(provider)
  return destinations.map(([effect, destination, text]) => ({
    origin,
    destination,
    departureDate: null,
    effect,
    provider,
    text: `${provider} ${text}`,
  }))
}

function otherOriginOf(provider: ProviderCode): AirportCode {
  return otherOrigins[hashText(0, provider) % otherOrigins.length]!
}

export const magicRoutes: readonly MagicRoute[] = origins.flatMap(([provider]) => magicRoutesOf(provider))

/** By cities: whoever asks for the city, or is sold its other airport, is struck too. */
const byRoute = new Map<ProviderCode, ReadonlyMap<string, MagicRoute>>()

function routesOf(provider: ProviderCode): ReadonlyMap<string, MagicRoute> {
  const known = byRoute.get(provider)
  if (known) return known
  const routes = new Map(magicRoutesOf(provider).map(route => [key(route.origin, route.destination), route]))
  byRoute.set(provider, routes)
  return routes
}

function key(origin: string, destination: string): string {
  return `${cityCodeOf(origin) ?? origin}-${cityCodeOf(destination) ?? destination}`
}

export function effectOn(
  provider: ProviderCode,
  origin: AirportCode,
  destination: AirportCode,
  date: LocalDate,
): Effect | null {
  const route = routesOf(provider).get(key(origin, destination))
  if (!route || (route.departureDate !== null && route.departureDate !== date)) return null
  return route.effect
}
