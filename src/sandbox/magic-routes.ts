import type { AirportCode, LocalDate } from '../core/itinerary.ts'
import type { ProviderCode } from '../core/offer.ts'
import { cityCodeOf } from '../reference/airports.ts'
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
  ['ticketing-fails-twice', 'KEF', 'cannot issue the tickets twice, then can'],
  ['connection', 'MLA', 'has connections only'],
  ['technical-stop', 'MRU', 'has flights that land on the way under one number'],
  ['hold-not-allowed', 'LCA', 'sells against payment only'],
]

export const magicRoutes: readonly MagicRoute[] = origins.flatMap(([provider, origin]) =>
  destinations.map(([effect, destination, text]) => ({
    origin,
    destination,
    departureDate: null,
    effect,
    provider,
    text: `${provider} ${text}`,
  })),
)

/** By cities: whoever asks for the city, or is sold its other airport, is struck too. */
const byRoute: ReadonlyMap<string, MagicRoute> = new Map(
  magicRoutes.map(route => [key(route.provider, route.origin, route.destination), route]),
)

function key(provider: ProviderCode, origin: string, destination: string): string {
  return `${provider} ${cityCodeOf(origin) ?? origin}-${cityCodeOf(destination) ?? destination}`
}

export function effectOn(
  provider: ProviderCode,
  origin: AirportCode,
  destination: AirportCode,
  date: LocalDate,
): Effect | null {
  const route = byRoute.get(key(provider, origin, destination))
  if (!route || (route.departureDate !== null && route.departureDate !== date)) return null
  return route.effect
}
