import { LRUCache } from 'lru-cache'
import type { Carrier } from './carriers.ts'
import { connectionMaxMinutes, remoteConnectionMaxMinutes } from './connecting-times.ts'
import { connect, viaOneStop, viaTwoStops } from './connections.ts'
import type { Day } from './days.ts'
import type { Flights, MarketedFlight, OperatedFlight } from './flights.ts'
import type { Node } from './network.ts'
import { viaManyStops } from './remote-connections.ts'

/** Flights from one airport to another as one ticket sells them: every segment under the number of one airline. */
export type Itinerary = {
  readonly segments: readonly MarketedFlight[]
  /** Whose fare it is: the airline that sells the longest segment. */
  readonly owner: Carrier
  readonly minutes: number
  readonly stops: number
  readonly km: number
  /** Tells itineraries apart: flights as sold, with their date. */
  readonly key: string
}

export interface Itineraries {
  between(from: Node, to: Node, day: Day): readonly Itinerary[]
  /** Over three stops, or with waits of nearly a day: for where `between` has nothing. */
  remote(from: Node, to: Node, day: Day): readonly Itinerary[]
}

/** Airport pairs × days in memory, some 50 kB each. */
const cachedMax = 300
/** Of one airport pair and day. */
const connectionsMax = 90
/** With fewer than so many one-stop connections, those with two are looked at. */
const enough = 12

export function createItineraries(flights: Flights): Itineraries {
  const cache = new LRUCache<string, readonly Itinerary[]>({ max: cachedMax })
  function remembered(key: string, make: () => readonly Itinerary[]): readonly Itinerary[] {
    const known = cache.get(key)
    if (known) return known
    const found = make()
    cache.set(key, found)
    return found
  }
  return {
    between: (from, to, day) => remembered(`${from.code}${to.code}${day}`, () => assemble(flights, from, to, day)),
    remote: (from, to, day) => remembered(`${from.code}${to.code}${day}R`, () => goFar(flights, from, to, day)),
  }
}

function assemble(flights: Flights, from: Node, to: Node, day: Day): readonly Itinerary[] {
  const journeys: (readonly OperatedFlight[])[] = []
  for (const route of from.to.get(to) ?? []) for (const flight of flights.on(route, day)) journeys.push([flight])
  const direct = journeys.length
  for (const legs of viaOneStop(from, to)) {
    if (journeys.length - direct >= connectionsMax) break
    journeys.push(...connect(flights, legs, day, connectionMaxMinutes))
  }
  if (journeys.length < enough)
    for (const legs of viaTwoStops(from, to)) {
      if (journeys.length >= connectionsMax / 2) break
      journeys.push(...connect(flights, legs, day, connectionMaxMinutes))
    }
  return sensible(journeys).flatMap(journey => sellers(journey))
}

function goFar(flights: Flights, from: Node, to: Node, day: Day): readonly Itinerary[] {
  const ways = [...viaOneStop(from, to), ...viaTwoStops(from, to), ...viaManyStops(from, to)]
  const journeys = ways.flatMap(legs => connect(flights, legs, day, remoteConnectionMaxMinutes))
  return sensible(journeys).flatMap(journey => sellers(journey))
}

/** Where much is to be had, nobody wants what takes three times as long, nor more than a night or two at an airport. */
function sensible(journeys: readonly (readonly OperatedFlight[])[]): readonly (readonly OperatedFlight[])[] {
  if (journeys.length < enough) return journeys
  const longest = 2 * Math.min(...journeys.map(minutesOf)) + 360
  const quick = journeys.filter(journey => minutesOf(journey) <= longest)
  const [tedious, brisk] = [quick.filter(waitsLong), quick.filter(journey => !waitsLong(journey))]
  return brisk.length < enough ? quick : [...brisk, ...tedious.slice(0, tediousMax)]
}

const tediousMax = 2

function waitsLong(journey: readonly OperatedFlight[]): boolean {
  return journey.some((next, i) => i > 0 && next.departureMs - journey[i - 1]!.arrivalMs > 6 * 3_600_000)
}

function minutesOf(journey: readonly OperatedFlight[]): number {
  return Math.round((journey.at(-1)!.arrivalMs - journey[0]!.departureMs) / 60_000)
}

/** Of one connection. */
const sellersMax = 3

/** Who sells these flights: an airline that has its number on all of them, and whoever flies them,
 *  each under its own number, where nobody of these does. */
function sellers(journey: readonly OperatedFlight[]): Itinerary[] {
  const [first, ...rest] = journey
  if (rest.length === 0) return first!.marketed.map(segment => itineraryOf([segment]))
  const own = journey.map(flight => flight.marketed[0]!)
  const sold: Itinerary[] = []
  for (const carrier of new Set(journey.flatMap(flight => flight.marketed.map(one => one.carrier)))) {
    const segments = journey.map(flight => flight.marketed.find(one => one.carrier === carrier))
    if (segments.every(segment => segment !== undefined)) sold.push(itineraryOf(segments))
    if (sold.length === sellersMax) break
  }
  const mixed = itineraryOf(own)
  return sold.some(one => one.owner === mixed.owner) ? sold : [mixed, ...sold]
}

/** Flights that follow each other, as one journey. */
export function itineraryOf(segments: readonly MarketedFlight[]): Itinerary {
  const longest = segments.reduce((a, b) => (b.operated.route.km > a.operated.route.km ? b : a))
  const first = segments[0]!
  const last = segments.at(-1)!
  return {
    segments,
    owner: longest.carrier,
    minutes: Math.round((last.operated.arrivalMs - first.operated.departureMs) / 60_000),
    stops: segments.length - 1,
    km: segments.reduce((sum, segment) => sum + segment.operated.route.km, 0),
    key: segments.map(({ flight }) => `${flight.carrier}${flight.number}-${flight.departure.slice(0, 10)}`).join('/'),
  }
}
