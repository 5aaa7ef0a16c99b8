import { LRUCache } from 'lru-cache'
import type { AirlineCode, AirportCode } from '../core/itinerary.ts'
import { toInstant, toLocal } from '../reference/zones.ts'
import { affinity, type Carrier, carriers } from './carriers.ts'
import { clockText, type Day, dateOf, weekday } from './days.ts'
import { type Layout, layoutOf } from './equipment.ts'
import { codeshareNumbersFrom, departuresOf, type Network, type Route } from './network.ts'
import { fraction, hashInts } from './random.ts'
import { terminalOf } from './terminals.ts'
import { type Departure, departuresOfRoute } from './timetable.ts'
import type { WorldFlight } from './world.ts'

/** One aircraft on one day: what inventory is counted on. */
export type OperatedFlight = {
  readonly route: Route
  readonly day: Day
  /** Unique in the world: `BA175|LHRJFK|2027-03-10`. */
  readonly key: string
  readonly layout: Layout
  readonly departureMs: number
  readonly arrivalMs: number
  /** As sold, by the operating airline first, then by its codeshare partners. */
  readonly marketed: readonly MarketedFlight[]
}

export type MarketedFlight = {
  readonly carrier: Carrier
  readonly operated: OperatedFlight
  readonly flight: WorldFlight
}

export interface Flights {
  /** All of a route on a day (local, at its origin), by departure. */
  on(route: Route, day: Day): readonly OperatedFlight[]
  find(
    carrier: AirlineCode,
    number: string,
    origin: AirportCode,
    destination: AirportCode,
    day: Day,
  ): MarketedFlight | undefined
}

type Codeshare = { readonly carrier: Carrier; readonly number: number }

/** Routes × days in memory: some 2 kB each. */
const cachedMax = 6000
const partnersMax = 3

export function createFlights(network: Network, seed: number): Flights {
  const timetable: (readonly Departure[] | undefined)[] = []
  const codeshares = new Map<string, ReadonlyMap<Route, readonly Codeshare[]>>()
  const cache = new LRUCache<number, readonly OperatedFlight[]>({ max: cachedMax })

  function departures(route: Route): readonly Departure[] {
    timetable[route.index] ??= departuresOfRoute(route, seed)
    return timetable[route.index]!
  }

  function codesharesOf(route: Route): readonly Codeshare[] {
    const key = route.from.code + route.to.code
    let found = codeshares.get(key)
    if (!found) {
      found = codesharesBetween(route.from.to.get(route.to) ?? [], seed)
      codeshares.set(key, found)
    }
    return found.get(route) ?? []
  }

  function on(route: Route, day: Day): readonly OperatedFlight[] {
    const key = route.index * 65_536 + day
    const known = cache.get(key)
    if (known) return known
    const bit = 1 << weekday(day)
    const flights = departures(route)
      .filter(departure => departure.weekdays & bit)
      .map(departure => operate(departure, day, codesharesOf(route), seed))
      .sort((a, b) => a.departureMs - b.departureMs)
    cache.set(key, flights)
    return flights
  }

  return {
    on,
    find(carrier, number, origin, destination, day) {
      const from = network.find(origin)
      const to = network.find(destination)
      for (const route of (to && from?.to.get(to)) || []) {
        for (const operated of on(route, day)) {
          const sold = operated.marketed.find(one => one.flight.carrier === carrier && one.flight.number === number)
          if (sold) return sold
        }
      }
      return undefined
    },
  }
}

function operate(departure: Departure, day: Day, codeshares: readonly Codeshare[], seed: number): OperatedFlight {
  const { route } = departure
  const origin = route.from.airport
  const destination = route.to.airport
  const departureMs = toInstant(`${dateOf(day)}T${clockText(departure.minute)}:00`, origin.zone)
  const arrivalMs = departureMs + departure.blockMinutes * 60_000
  const own: WorldFlight = {
    carrier: route.carrier.code,
    number: String(departure.number),
    operatingCarrier: route.carrier.code,
    operatingNumber: String(departure.number),
    origin: origin.code,
    originTerminal: terminalOf(route.from, route.carrier, seed) || null,
    destination: destination.code,
    destinationTerminal: terminalOf(route.to, route.carrier, seed) || null,
    departure: toLocal(departureMs, origin.zone),
    departureZone: origin.zone,
    arrival: toLocal(arrivalMs, destination.zone),
    arrivalZone: destination.zone,
    departureMs,
    arrivalMs,
    durationMinutes: departure.blockMinutes,
    distanceKm: Math.round(route.km),
    aircraft: departure.equipment.code,
    stops: stopsOf(departure, departureMs),
  }
  const marketed: MarketedFlight[] = []
  const operated: OperatedFlight = {
    route,
    day,
    key: `${own.carrier}${own.number}|${own.origin}${own.destination}|${own.departure.slice(0, 10)}`,
    layout: layoutOf(route.carrier, departure.equipment),
    departureMs,
    arrivalMs,
    marketed,
  }
  marketed.push({ carrier: route.carrier, operated, flight: own })
  for (const { carrier, number } of codeshares) {
    const sold = String(number + (departure.number - route.number) / 2)
    marketed.push({ carrier, operated, flight: { ...own, carrier: carrier.code, number: sold } })
  }
  return operated
}

function stopsOf(departure: Departure, departureMs: number): WorldFlight['stops'] {
  const via = departure.route.via
  if (!via) return []
  const landed = departureMs + departure.legMinutes[0]! * 60_000
  return [
    {
      airport: via.code,
      minutes: departure.groundMinutes,
      arrival: toLocal(landed, via.airport.zone),
      departure: toLocal(landed + departure.groundMinutes * 60_000, via.airport.zone),
    },
  ]
}

/** Which partners put their own number on the flights of each airline between two airports: joint venture partners always,
 *  alliance partners with a hub at either end mostly. Numbers of one partner do not overlap. */
function codesharesBetween(routes: readonly Route[], seed: number): ReadonlyMap<Route, readonly Codeshare[]> {
  const taken = new Map<Carrier, Set<number>>()
  const result = new Map<Route, Codeshare[]>()
  for (const route of routes) {
    if (route.carrier.model === 'low-cost') continue
    const ranked = carriers
      .map(partner => ({ partner, rank: codeshareRank(route, partner, seed) }))
      .filter(({ rank }) => rank < 1)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, partnersMax)
    const list = ranked.map(({ partner }) => ({
      carrier: partner,
      number: freeNumber(route, partner, taken, seed),
    }))
    result.set(route, list)
  }
  return result
}

/** Below 1: sells it; the lower, the closer. */
function codeshareRank(route: Route, partner: Carrier, seed: number): number {
  const close = affinity(route.carrier.index, partner.index)
  if (close === 0 || close > 2) return 1
  const ends = Number(route.from.hubOf.has(partner)) + Number(route.to.hubOf.has(partner))
  const [a, b] = route.from.index < route.to.index ? [route.from, route.to] : [route.to, route.from]
  const random = 0.5 * fraction(hashInts(seed, a.index, b.index, partner.index, 7))
  if (close === 1) return [1, 0.3, 0][ends]! + random
  return [1, 0.6, 0.4][ends]! + random
}

function freeNumber(route: Route, partner: Carrier, taken: Map<Carrier, Set<number>>, seed: number): number {
  const used = taken.get(partner) ?? new Set<number>()
  taken.set(partner, used)
  const slots = departuresOf(route.perWeek)
  const range = 9999 - codeshareNumbersFrom - slots
  let number = codeshareNumbersFrom + (hashInts(seed, route.index, partner.index, 8) % range)
  const overlaps = (): boolean => Array.from({ length: slots }, (_, i) => number + i).some(one => used.has(one))
  while (overlaps()) number = codeshareNumbersFrom + ((number + slots - codeshareNumbersFrom) % range)
  for (let i = 0; i < slots; i++) used.add(number + i)
  return number
}
