import type { Clock, EpochMs } from '../core/clock.ts'
import type { Cabin } from '../core/itinerary.ts'
import { airportsOf, cityCodeOf } from '../reference/airports.ts'
import { brandsOf } from './brands.ts'
import { combine, type Option } from './combine.ts'
import { type Day, dayAt, dayOf } from './days.ts'
import { cabinIndex } from './equipment.ts'
import type { Flights } from './flights.ts'
import type { Inventory } from './inventory.ts'
import type { Itineraries, Itinerary } from './itineraries.ts'
import { steps } from './ladders.ts'
import type { Network, Node } from './network.ts'
import { toOffer } from './offers.ts'
import { lowestStep, type Pricing, priceOfSlice } from './picks.ts'
import { findTender, getTender } from './rates.ts'
import type { Supplier } from './suppliers.ts'
import { isOnSale, type Market, marketOf, type Purchase } from './tariff.ts'
import { ticketingTerms } from './ticketing-limits.ts'
import type { Effect, WorldOffer, WorldShopRequest, WorldShopSlice } from './world.ts'

/** The parts that all suppliers share. */
export type Ground = {
  readonly seed: number
  readonly clock: Clock
  readonly network: Network
  readonly flights: Flights
  readonly itineraries: Itineraries
  readonly inventory: Inventory
}

/** Airports of a city that are looked at, busiest first. */
const cityAirportsMax = 5
/** A flight that leaves sooner is not shown; what is shown can be booked for half an hour more. */
const closedMs = 90 * 60_000
/** What an hour is worth when journeys are compared: a supplier shows what sells. */
const dollarsPerHour = 18

export function shop(
  ground: Ground,
  supplier: Supplier,
  request: WorldShopRequest,
  effect: Effect | null,
): WorldOffer[] {
  if (effect === 'no-offers' || request.slices.length === 0) return []
  const tender = findTender(request.currency) ?? getTender(supplier.currency)
  const pricing: Pricing = { supplier, tender, seed: ground.seed, factor: 1 }
  const now = ground.clock.now()
  const offers = cabinShares(request).flatMap(({ cabin, max }) =>
    combine(optionsOf(ground, pricing, request, cabin, effect), max).map(({ picks }) => {
      const terms = ticketingTerms(picks, now)
      const holdAllowed = terms.holdAllowed && effect !== 'hold-not-allowed'
      return toOffer(picks, request.passengers, pricing, ground.inventory, { ...terms, holdAllowed })
    }),
  )
  return offers.sort((a, b) => a.total.amountMinor - b.total.amountMinor)
}

/** Where no cabin is asked for, mostly economy. */
function cabinShares({ cabin, offersMax }: WorldShopRequest): readonly { cabin: Cabin; max: number }[] {
  if (cabin) return [{ cabin, max: offersMax }]
  const upper = Math.floor(offersMax * 0.15)
  return [
    { cabin: 'economy', max: offersMax - 2 * upper },
    { cabin: 'premium-economy', max: upper },
    { cabin: 'business', max: upper },
  ]
}

function optionsOf(
  ground: Ground,
  pricing: Pricing,
  request: WorldShopRequest,
  cabin: Cabin,
  effect: Effect | null,
): readonly (readonly Option[])[] {
  const { slices, passengers } = request
  const seats = passengers.filter(passenger => passenger.type !== 'INF').length
  const purchase = purchaseOf(
    ground.clock.now(),
    slices.map(slice => dayOf(slice.departureDate)),
  )
  const roundTrip = isRoundTrip(slices.map(slice => [cityOf(slice.origin), cityOf(slice.destination)]))
  const base = { seats, cabin, roundTrip, purchase, pricing }
  return slices.map((slice, index) => {
    const fares = createFares(ground, { ...base, departure: dayOf(slice.departureDate) })
    return candidates(ground, pricing.supplier, request, slice)
      .filter(({ itinerary }) => (index > 0 || showsEffect(itinerary, effect)) && hasCabin(itinerary, cabin))
      .flatMap(fares)
  })
}

type FareSearch = {
  readonly seats: number
  readonly cabin: Cabin
  readonly roundTrip: boolean
  readonly departure: Day
  readonly purchase: Purchase
  readonly pricing: Pricing
}

/** The cheapest fare of each brand that is to be had. Itineraries of one airline and number of stops share a market. */
function createFares(ground: Ground, search: FareSearch): (candidate: Candidate) => readonly Option[] {
  const { cabin, seats, purchase, pricing, departure, roundTrip } = search
  const markets = new Map<string, { readonly market: Market; readonly onSale: readonly boolean[] }>()
  return ({ itinerary, from, to }) => {
    const { owner, stops } = itinerary
    const key = `${owner.code}${from.code}${to.code}${stops}`
    let known = markets.get(key)
    if (!known) {
      const market = marketOf({ owner, from, to, departure, roundTrip, stops }, ground.seed)
      const onSale = Array.from({ length: steps[cabinIndex[cabin]] }, (_, i) => isOnSale(market, cabin, i, purchase))
      known = { market, onSale }
      markets.set(key, known)
    }
    const { market, onSale } = known
    const step = lowestStep(itinerary, cabin, seats, onSale, ground.inventory)
    if (step === undefined) return []
    return brandsOf(owner, cabin).map(terms => toOption({ itinerary, market, cabin, step, terms }, pricing))
  }
}

function toOption(pick: Option['pick'], pricing: Pricing): Option {
  const { base, taxes } = priceOfSlice(pick, 'ADT', pricing)
  const dollars = taxes.reduce((sum, tax) => sum + tax.minor, base) / pricing.tender.perDollar
  return { pick, dollars, cost: dollars + (pick.itinerary.minutes / 60) * dollarsPerHour }
}

export function purchaseOf(now: EpochMs, departures: readonly Day[]): Purchase {
  return { today: dayAt(now), firstDeparture: departures[0]!, lastDeparture: departures.at(-1)! }
}

/** From city to city: it ends where it began. */
export function isRoundTrip(cities: readonly (readonly [string, string])[]): boolean {
  return cities.length > 1 && cities[0]![0] === cities.at(-1)![1]
}

function cityOf(code: string): string {
  return cityCodeOf(code) ?? code
}

type Candidate = { readonly itinerary: Itinerary; readonly from: Node; readonly to: Node }

function candidates(
  ground: Ground,
  supplier: Supplier,
  request: WorldShopRequest,
  slice: WorldShopSlice,
): readonly Candidate[] {
  const day = dayOf(slice.departureDate)
  const ends = nodesOf(ground.network, slice.origin)
    .flatMap(from => nodesOf(ground.network, slice.destination).map(to => ({ from, to })))
    .filter(({ from, to }) => from !== to)
  const collect = (how: 'between' | 'remote', some: typeof ends): readonly Candidate[] =>
    some.flatMap(({ from, to }) =>
      ground.itineraries[how](from, to, day)
        .filter(itinerary => isWanted(ground, supplier, request, slice, itinerary))
        .map(itinerary => ({ itinerary, from, to })),
    )
  const found = collect('between', ends)
  return found.length > 0 ? found : collect('remote', ends.slice(0, 1))
}

function nodesOf(network: Network, code: string): readonly Node[] {
  return airportsOf(code)
    .flatMap(airport => network.find(airport) ?? [])
    .sort((a, b) => b.to.size - a.to.size)
    .slice(0, cityAirportsMax)
}

function isWanted(
  ground: Ground,
  supplier: Supplier,
  { maxConnections, carriers }: WorldShopRequest,
  { departureTime }: WorldShopSlice,
  itinerary: Itinerary,
): boolean {
  if (maxConnections !== null && itinerary.stops > maxConnections) return false
  const first = itinerary.segments[0]!
  if (first.operated.departureMs < ground.clock.now() + closedMs) return false
  if (departureTime) {
    const time = first.flight.departure.slice(11, 16)
    if (time < departureTime.from || time > departureTime.to) return false
  }
  for (const { carrier } of itinerary.segments) {
    if (!supplier.sells.has(carrier) || carriers.exclude.includes(carrier.code)) return false
    if (carriers.include.length > 0 && !carriers.include.includes(carrier.code)) return false
  }
  return true
}

/** The longest flight decides. */
function hasCabin(itinerary: Itinerary, cabin: Cabin): boolean {
  const longest = itinerary.segments.reduce((a, b) => (b.operated.route.km > a.operated.route.km ? b : a))
  return longest.operated.layout[cabinIndex[cabin]] > 0
}

function showsEffect(itinerary: Itinerary, effect: Effect | null): boolean {
  if (effect === 'connection') return itinerary.stops > 0
  if (effect === 'technical-stop') return itinerary.segments.some(({ flight }) => flight.stops.length > 0)
  return true
}
