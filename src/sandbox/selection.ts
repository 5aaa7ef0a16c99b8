import { brandsOf } from './brands.ts'
import { dayOf } from './days.ts'
import type { MarketedFlight } from './flights.ts'
import { itineraryOf } from './itineraries.ts'
import { type CabinStep, carriedIn, letterOf, stepOf, steps } from './ladders.ts'
import { toOffer } from './offers.ts'
import { bookedIn, type Pick, type Pricing, seatCounts } from './picks.ts'
import { findTender, getTender } from './rates.ts'
import { type Ground, isRoundTrip, purchaseOf } from './shop.ts'
import type { Supplier } from './suppliers.ts'
import { fareBasis, isOnSale, type Market, marketOf, type Purchase } from './tariff.ts'
import { ticketingTerms } from './ticketing-limits.ts'
import type { Effect, WorldOffer, WorldPriceResult, WorldSelection } from './world.ts'

/** What a magic route does to the price once the search is over. */
const priceMoves: Readonly<Partial<Record<Effect, number>>> = { 'price-up': 1.08, 'price-down': 0.94 }
const closedMs = 60 * 60_000
/** A fare that was on sale when it was shopped is so when it is booked, also past midnight. */
const graceMs = 6 * 60 * 60_000

type SelectedSlice = WorldSelection['slices'][number]
export type Selected =
  | { readonly kind: 'found'; readonly picks: readonly Pick[]; readonly pricing: Pricing }
  | { readonly kind: 'gone'; readonly text: string }

/** The flights and fares that a selection names, by the same rules as when they were shopped. */
export function select(ground: Ground, supplier: Supplier, selection: WorldSelection, effect: Effect | null): Selected {
  const flights: (readonly MarketedFlight[])[] = []
  for (const slice of selection.slices) {
    const found = findFlights(ground, supplier, slice)
    if (typeof found === 'string') return gone(found)
    flights.push(found)
  }
  if (flights.length === 0) return gone('no slices')
  const markets = marketsOf(flights, ground.seed)
  const departures = flights.map(slice => slice[0]!.operated.day)
  const purchase = purchaseOf(ground.clock.now() - graceMs, departures)
  const picks: Pick[] = []
  for (const [i, slice] of selection.slices.entries()) {
    const pick = findFare(flights[i]!, markets[i]!, slice, purchase)
    if (typeof pick === 'string') return gone(pick)
    picks.push(pick)
  }
  const tender = findTender(selection.currency) ?? getTender(supplier.currency)
  const factor = (effect && priceMoves[effect]) ?? 1
  return { kind: 'found', picks, pricing: { supplier, tender, seed: ground.seed, factor } }
}

export function priceSelection(
  ground: Ground,
  supplier: Supplier,
  selection: WorldSelection,
  effect: Effect | null,
): WorldPriceResult {
  const selected = select(ground, supplier, selection, effect)
  if (selected.kind === 'gone') return selected
  const short = soldOutSegments(ground, selected.picks, seatsOf(selection))
  if (short.length > 0) return { kind: 'sold-out', segmentIndexes: short }
  return { kind: 'priced', offer: offerOf(ground, selected.picks, selection, selected.pricing, effect) }
}

export function offerOf(
  ground: Ground,
  picks: readonly Pick[],
  selection: WorldSelection,
  pricing: Pricing,
  effect: Effect | null,
): WorldOffer {
  const terms = ticketingTerms(picks, ground.clock.now())
  const holdAllowed = terms.holdAllowed && effect !== 'hold-not-allowed'
  return toOffer(picks, selection.passengers, pricing, ground.inventory, { ...terms, holdAllowed })
}

export function seatsOf(selection: WorldSelection): number {
  return selection.passengers.filter(passenger => passenger.type !== 'INF').length
}

export function soldOutSegments(ground: Ground, picks: readonly Pick[], seats: number): readonly number[] {
  const short: number[] = []
  let index = 0
  for (const pick of picks)
    for (const [i, segment] of pick.itinerary.segments.entries()) {
      const { cabin, step } = bookedIn(pick, i)
      if (ground.inventory.available(segment.operated, cabin, step) < seats) short.push(index)
      index++
    }
  return short
}

/** In the flat order of segments, which is that of the picks' seats. */
export function seatsToTake(picks: readonly Pick[], count: number) {
  return picks.flatMap(pick => seatCounts(pick, count))
}

function gone(text: string): Selected & { readonly kind: 'gone' } {
  return { kind: 'gone', text }
}

function findFlights(ground: Ground, supplier: Supplier, slice: SelectedSlice): readonly MarketedFlight[] | string {
  const flights: MarketedFlight[] = []
  for (const { carrier, number, origin, destination, departureDate } of slice.segments) {
    const name = `${carrier}${number} ${origin}-${destination} on ${departureDate}`
    const flight = ground.flights.find(carrier, String(Number(number)), origin, destination, dayOf(departureDate))
    if (!flight || !supplier.sells.has(flight.carrier)) return `no flight ${name}`
    if (flight.operated.departureMs < ground.clock.now() + closedMs) return `${name} is closed`
    flights.push(flight)
  }
  return flights.length > 0 ? flights : 'a slice without flights'
}

function marketsOf(flights: readonly (readonly MarketedFlight[])[], seed: number): readonly Market[] {
  const ends = flights.map(slice => [slice[0]!.operated.route.from, slice.at(-1)!.operated.route.to] as const)
  const roundTrip = isRoundTrip(ends.map(([from, to]) => [from.airport.cityCode, to.airport.cityCode]))
  return flights.map((slice, i) => {
    const [from, to] = ends[i]!
    const { owner, stops } = itineraryOf(slice)
    return marketOf({ owner, from, to, departure: slice[0]!.operated.day, roundTrip, stops }, seed)
  })
}

function findFare(
  flights: readonly MarketedFlight[],
  market: Market,
  slice: SelectedSlice,
  purchase: Purchase,
): Pick | string {
  const itinerary = itineraryOf(flights)
  const wanted = slice.fareBasis?.split('/')[0] ?? null
  for (const { cabin, step } of stepsLike(flights, market, slice)) {
    if (!isOnSale(market, cabin, step, purchase)) continue
    for (const terms of brandsOf(market.owner, cabin)) {
      if (wanted !== null && fareBasis(market, cabin, step, terms) !== wanted) continue
      const pick: Pick = { itinerary, market, cabin, step, terms }
      const classes = slice.segments.map(segment => segment.bookingClass)
      if (classes.every((letter, i) => bookedIn(pick, i).bookingClass === letter)) return pick
    }
  }
  return `no fare ${wanted ?? ''} in class ${slice.segments[0]!.bookingClass} of ${market.owner.code}`
}

/** Steps that put the owner's own segment into the class asked for: one, and the cabins above where the aircraft does not
 *  have them; cheapest first. */
function stepsLike(flights: readonly MarketedFlight[], market: Market, slice: SelectedSlice): readonly CabinStep[] {
  const index = Math.max(
    0,
    flights.findIndex(flight => flight.carrier === market.owner),
  )
  const letter = slice.segments[index]!.bookingClass
  const exact = stepOf(market.owner, letter)
  if (!exact) return []
  const layout = flights[index]!.operated.layout
  const above = (['premium-economy', 'business', 'first'] as const).flatMap(cabin =>
    Array.from({ length: steps[cabin === 'first' ? 3 : cabin === 'business' ? 2 : 1] }, (_, step) => ({ cabin, step })),
  )
  const carried = above.filter(({ cabin, step }) => {
    const placed = carriedIn(layout, cabin, step)
    return placed.cabin !== cabin && letterOf(market.owner, placed.cabin, placed.step) === letter
  })
  return [exact, ...carried]
}
