import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import { nothingRequired, type Requirements, type SupplierOffer } from '../../../core/offer.ts'
import { sharedPassengers } from '../../../core/sharing.ts'
import { atOnce, type Steps } from '../../../core/turns.ts'
import { withOne } from '../../../core/xml/lists.ts'
import { alternativesOf } from './alternatives.ts'
import { RuleBook } from './conditions.ts'
import { type ContextPassengers, contextPassengers, offerContext } from './context.ts'
import { type Flights, groupByConnection, type Journey, openFlights } from './flights.ts'
import type { Message } from './message.ts'
import { priceOf } from './offer-price.ts'
import { type KnownPassenger, type Naming, numbered, passengersOf } from './passengers.ts'
import type { WireItem } from './read-item.ts'
import type { WireOffer } from './read-offer.ts'
import { componentOn, componentsOf, FareBook, type FareSource, holdingOf } from './segment-fares.ts'
import { PriceBook } from './shares.ts'
import { SliceBook } from './slices.ts'
import { instantOf, instantText, warn } from './values.ts'

/** The offers of a reply, in its order. One that cannot be sold as it stands (no flight, no price, a reference that leads
 *  nowhere) is left out with a warning. */
export function offersOf(message: Message, naming: Naming = numbered): readonly SupplierOffer[] {
  return atOnce(offerSteps(message, naming))
}

export function* offerSteps(message: Message, naming: Naming): Steps<readonly SupplierOffer[]> {
  const offers: SupplierOffer[] = []
  const shop = openShop(message, naming)
  for (const wire of message.offers) {
    // An offer of the message may be several of ours.
    for (const one of alternativesOf(shop.prices, wire)) {
      const offer = toOffer(shop, one)
      if (offer) offers.push(offer)
    }
    yield
  }
  return offers
}

/** What the offers of a message share, put together once. */
type Shop = {
  readonly message: Message
  readonly flights: Flights
  readonly passengers: readonly KnownPassenger[]
  readonly contextPassengers: ContextPassengers
  readonly prices: PriceBook
  readonly rules: RuleBook
  readonly fares: FareBook
  readonly slices: SliceBook
}

function openShop(message: Message, naming: Naming): Shop {
  const passengers = [...passengersOf(message, naming).values()]
  return {
    message,
    flights: openFlights(message),
    passengers,
    contextPassengers: contextPassengers(passengers),
    prices: new PriceBook(message),
    rules: new RuleBook(message),
    fares: new FareBook(),
    slices: new SliceBook(),
  }
}

function toOffer(shop: Shop, wire: WireOffer): SupplierOffer | undefined {
  const { message, passengers } = shop
  const { items, total } = wire
  const at = `Offer ${wire.id}`
  const journeys = journeysOf(shop, wire, at)
  if (!journeys) return undefined
  const sameFares = (one: KnownPassenger, other: KnownPassenger): boolean =>
    haveSameFares(items, journeys, one.ref, other.ref)
  const price = priceOf(message, shop.prices, { at, items, total, passengers, sameFares })
  if (!price || price.passengers.length === 0 || price.total.amountMinor < 0) {
    if (price) warn(message, 'no-price', at, 'its passengers or its total make no sense')
    return undefined
  }
  const ticketBy = ticketLimit(message, wire)
  return {
    provider: 'ndc',
    validatingCarrier: wire.validatingCarrier ?? wire.owner,
    total: price.total,
    base: price.base,
    taxes: price.taxes,
    fees: price.fees,
    passengers: sharedPassengers(price.passengers),
    slices: slicesOf(shop, wire, journeys, price.people, at),
    conditions: shop.rules.conditionsOf(items, price),
    requirements: requirementsOf(wire, ticketBy),
    seatsLeft: null,
    ticketBy: instantText(message, ticketBy),
    expiresAt: instantText(message, instantOf(message, wire.expires)),
    supplierContext: offerContext(message, wire, shop.contextPassengers),
  }
}

/** In the order of travel. Undefined, with a warning, where one is not in the message. */
function journeysOf({ message, flights }: Shop, wire: WireOffer, at: string): readonly Journey[] | undefined {
  let refs: readonly string[] = none
  for (const { journeyRef } of wire.journeys) if (!refs.includes(journeyRef)) refs = withOne(refs, journeyRef)
  for (const item of wire.items)
    for (const service of item.services)
      if (service.definitionRef === null)
        for (const ref of service.journeyRefs) if (!refs.includes(ref)) refs = withOne(refs, ref)
  const journeys = new Array<Journey>(refs.length)
  for (let index = 0; index < refs.length; index++) {
    const ref = refs[index]!
    const journey = flights.journey(ref)
    if (!journey) return dangling(message, at, `the flights of ${ref || 'a segment'} are not there`)
    journeys[index] = journey
  }
  if (refs.length === 0)
    for (const segmentRefs of groupByConnection(inOrder(flights, looseSegments(wire.items)), flights))
      journeys.push(flights.loose(segmentRefs)!)
  if (journeys.length === 0) return dangling(message, at, 'it names no flights')
  return isInOrder(journeys) ? journeys : journeys.sort(byDeparture)
}

const none: readonly never[] = []

function dangling(message: Message, at: string, text: string): undefined {
  warn(message, 'reference', at, text)
}

/** Most are: sorting two costs ten times as much as looking. */
function isInOrder(journeys: readonly Journey[]): boolean {
  for (let index = 1; index < journeys.length; index++)
    if (byDeparture(journeys[index - 1]!, journeys[index]!) > 0) return false
  return true
}

function byDeparture(a: Journey, b: Journey): number {
  return compareText(a.places[0]!.flight.segment.departure, b.places[0]!.flight.segment.departure)
}

function looseSegments(items: readonly WireItem[]): readonly string[] {
  const refs = new Set<string>()
  for (const item of items) {
    for (const detail of item.fares)
      for (const component of detail.components) for (const ref of component.segmentRefs) refs.add(ref)
    for (const service of item.services)
      if (service.definitionRef === null) for (const ref of service.segmentRefs) refs.add(ref)
  }
  return [...refs]
}

export function inOrder(flights: Flights, refs: readonly string[]): readonly string[] {
  const departure = (ref: string): string => flights.find(ref)?.segment.departure ?? ''
  return [...refs].sort((a, b) => compareText(departure(a), departure(b)))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether two passengers have the same fare, class and brand on every segment. */
function haveSameFares(items: readonly WireItem[], journeys: readonly Journey[], one: string, other: string): boolean {
  const some = componentsOf(items, one)
  const others = componentsOf(items, other)
  if (some === others) return true
  for (const { segmentRefs } of journeys)
    for (const segmentRef of segmentRefs) {
      const mine = componentOn(some, segmentRef)
      const theirs = componentOn(others, segmentRef)
      if (mine === theirs) continue
      if ((mine?.fareBasis ?? '') !== (theirs?.fareBasis ?? '')) return false
      if ((mine?.priceClassRef ?? '') !== (theirs?.priceClassRef ?? '')) return false
      if ((mine?.bookingClasses.join('') ?? '') !== (theirs?.bookingClasses.join('') ?? '')) return false
    }
  return true
}

function slicesOf(
  { message, fares, slices }: Shop,
  wire: WireOffer,
  journeys: readonly Journey[],
  people: readonly KnownPassenger[],
  at: string,
): readonly Slice[] {
  const source: FareSource = { message, at, items: wire.items, journeys: wire.journeys, bags: wire.bags }
  const holdings = people.map(person => holdingOf(source, person))
  // Sized at once: a list that grows from nothing takes room for 17.
  const own = new Array<Slice>(journeys.length)
  let place = 1
  for (let index = 0; index < journeys.length; index++) {
    const journey = journeys[index]!
    const bought = new Array<SegmentFare>(journey.places.length * people.length)
    let next = 0
    for (let nth = 0; nth < journey.places.length; nth++)
      for (let person = 0; person < holdings.length; person++)
        bought[next++] = fares.fareOf(source, holdings[person]!, journey.places[nth]!)
    own[index] = slices.sliceOf(journey, place, bought, people.length)
    place += journey.places.length
  }
  return own
}

function ticketLimit(message: Message, { payBy, items }: WireOffer): number | undefined {
  let first = earliest(message, payBy)
  for (const item of items) {
    const limit = earliest(message, item.payBy)
    if (limit !== undefined && (first === undefined || limit < first)) first = limit
  }
  return first
}

export function earliest(message: Message, limits: readonly string[]): number | undefined {
  let first: number | undefined
  for (const limit of limits) {
    const ms = instantOf(message, limit)
    if (ms !== undefined && (first === undefined || ms < first)) first = ms
  }
  return first
}

/** No time to pay is paying at once. */
function requirementsOf(wire: WireOffer, ticketBy: number | undefined): Requirements {
  const instant = wire.items.some(item => item.payWithin !== null && /^P(T?0[A-Z])+$/.test(item.payWithin))
  if (instant) return paidAtOnce
  return ticketBy === undefined ? nothingRequired : paidLater
}

const paidAtOnce: Requirements = { ...nothingRequired, instantPayment: true, holdAllowed: false }
const paidLater: Requirements = { ...nothingRequired, instantPayment: false, holdAllowed: true }
