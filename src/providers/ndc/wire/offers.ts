import { toInstant } from '../../../core/clock.ts'
import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import type { Requirements, SupplierOffer } from '../../../core/offer.ts'
import { alternativesOf } from './alternatives.ts'
import { conditionOf } from './conditions.ts'
import { offerContext } from './context.ts'
import { type Flights, groupByConnection, openFlights, toSlice } from './flights.ts'
import type { Message } from './message.ts'
import { instantOf, warn } from './values.ts'
import { type OfferPrice, priceOf } from './offer-price.ts'
import { type KnownPassenger, type Naming, numbered, passengersOf } from './passengers.ts'
import type { FareComponent } from './read-fare.ts'
import type { WireItem } from './read-item.ts'
import type { WireOffer } from './read-offer.ts'
import { componentOf, type FareSource, fareOf } from './segment-fares.ts'

/** The offers of a reply, in its order. One that cannot be sold as it stands (no flight, no price, a reference that leads
 *  nowhere) is left out with a warning. */
export function offersOf(message: Message, naming: Naming = numbered): readonly SupplierOffer[] {
  const flights = openFlights(message)
  const passengers = [...passengersOf(message, naming).values()]
  const offers: SupplierOffer[] = []
  for (const wire of message.offers)
    for (const one of alternativesOf(message, wire)) {
      const offer = toOffer({ message, flights, passengers }, one)
      if (offer) offers.push(offer)
    }
  return offers
}

type Shop = {
  readonly message: Message
  readonly flights: Flights
  readonly passengers: readonly KnownPassenger[]
}

/** A journey of the lists, or segments that the message leaves to be put together. */
type Journey = { readonly ref: string; readonly segmentRefs: readonly string[] }

function toOffer(shop: Shop, wire: WireOffer): SupplierOffer | undefined {
  const { message, passengers } = shop
  const at = `Offer ${wire.id}`
  const journeys = journeysOf(shop, wire, at)
  if (!journeys) return undefined
  const segmentRefs = journeys.flatMap(journey => journey.segmentRefs)
  const price = priceOf(message, {
    at,
    items: wire.items,
    total: wire.total,
    passengers,
    fareKey: ref => fareKey(wire.items, ref, segmentRefs),
  })
  if (!price || price.passengers.length === 0 || price.total.amountMinor < 0) {
    if (price) warn(message, 'no-price', at, 'its passengers or its total make no sense')
    return undefined
  }
  const ticketBy = earliest(message, [...wire.payBy, ...wire.items.flatMap(item => item.payBy)])
  const expires = instantOf(message, wire.expires)
  const rules = (pick: (component: FareComponent) => FareComponent['changes']) =>
    conditionOf(message, wire.items, price, pick)
  return {
    provider: 'ndc',
    validatingCarrier: wire.validatingCarrier ?? wire.owner,
    total: price.total,
    base: price.base,
    taxes: price.taxes,
    fees: price.fees,
    passengers: price.passengers,
    slices: slicesOf(shop, wire, journeys, price, at),
    conditions: { change: rules(one => one.changes), refund: rules(one => one.cancels) },
    requirements: requirementsOf(wire, ticketBy),
    seatsLeft: null,
    ticketBy: ticketBy === undefined ? null : toInstant(ticketBy),
    expiresAt: expires === undefined ? null : toInstant(expires),
    supplierContext: offerContext(message, wire, passengers),
  }
}

/** In the order of travel. Undefined, with a warning, where one is not in the message. */
function journeysOf({ message, flights }: Shop, wire: WireOffer, at: string): readonly Journey[] | undefined {
  const refs = new Set(wire.journeys.map(journey => journey.journeyRef))
  for (const item of wire.items)
    for (const service of item.services)
      if (service.definitionRef === null) for (const ref of service.journeyRefs) refs.add(ref)
  const journeys: Journey[] = [...refs].map(ref => ({ ref, segmentRefs: message.lists.journeys.get(ref) ?? [] }))
  if (journeys.length === 0)
    for (const segmentRefs of groupByConnection(inOrder(flights, looseSegments(wire.items)), flights))
      journeys.push({ ref: '', segmentRefs })
  const dangling = journeys.find(
    journey => journey.segmentRefs.length === 0 || journey.segmentRefs.some(ref => !flights.find(ref)),
  )
  if (journeys.length === 0 || dangling) {
    warn(
      message,
      'reference',
      at,
      dangling ? `the flights of ${dangling.ref || 'a segment'} are not there` : 'it names no flights',
    )
    return undefined
  }
  return journeys.sort((a, b) => compareText(departureOf(flights, a), departureOf(flights, b)))
}

function departureOf(flights: Flights, { segmentRefs }: Journey): string {
  return flights.find(segmentRefs[0]!)?.segment.departure ?? ''
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

function fareKey(items: readonly WireItem[], ref: string, segmentRefs: readonly string[]): string {
  let key = ''
  for (const segmentRef of segmentRefs) {
    const component = componentOf({ items }, ref, segmentRef)?.component
    key += `${component?.fareBasis ?? ''}/${component?.bookingClasses.join('') ?? ''}/${component?.priceClassRef ?? ''} `
  }
  return key
}

function slicesOf(
  { message, flights, passengers }: Shop,
  wire: WireOffer,
  journeys: readonly Journey[],
  price: OfferPrice,
  at: string,
): readonly Slice[] {
  const source: FareSource = { message, at, items: wire.items, journeys: wire.journeys, bags: wire.bags }
  const people = price.refs.map(ref => passengers.find(one => one.ref === ref)!)
  let place = 1
  return journeys.map(({ ref, segmentRefs }) => {
    const own = segmentRefs.map(segmentRef => flights.find(segmentRef)!)
    const fares = (index: number): readonly SegmentFare[] =>
      people.map(person =>
        fareOf(source, person, { segmentRef: segmentRefs[index]!, journeyRef: ref, flight: own[index]! }),
      )
    const slice = toSlice({ journey: flights.journey(segmentRefs), fares, status: () => null }, place)
    place += own.length
    return slice
  })
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
  return {
    documents: null,
    gender: null,
    birthDate: null,
    instantPayment: instant ? true : ticketBy === undefined ? null : false,
    holdAllowed: instant ? false : ticketBy === undefined ? null : true,
  }
}
