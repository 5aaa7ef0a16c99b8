import { type EpochMs, type Instant, toInstant } from '../../../core/clock.ts'
import type { PassengerId, SegmentId } from '../../../core/ids.ts'
import type { Segment, SegmentFare, Slice, ZoneName } from '../../../core/itinerary.ts'
import { type Money, money } from '../../../core/money.ts'
import type { PassengerFare, PassengerPrice, Requirements, SupplierOffer } from '../../../core/offer.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { findInstant } from '../../../reference/zones.ts'
import { readConditions } from './conditions.ts'
import { decodeFare, readDetails, sameDetails, type TravellerPricing } from './fares.ts'
import { type Flight, type Flights, readFlight } from './flight.ts'
import { boundedRaw } from './offer-size.ts'
import {
  countOf,
  flagOf,
  idOf,
  listOf,
  localDateOf,
  localTimeOf,
  type Place,
  type Raw,
  rawOf,
  textOf,
  Unreadable,
  type Warnings,
  warn,
} from './read.ts'
import { readOfferPrice, readTravellerPrice, settleOffer } from './traveller-price.ts'
import { passengerTypeOf } from './vocabulary.ts'

/** What the reading of all offers of one message shares. */
export type OfferReading = {
  readonly flights: Flights
  readonly warnings: Warnings
  /** Instants of `lastTicketingDate`, which most offers have in common. */
  readonly timeLimits: Map<string, TimeLimit | null>
  /** Whose traveller ids these are; null: `pax_` and the supplier's own. */
  readonly travellers: Readonly<Record<string, PassengerId>> | null
  /** Where the selling office is: dates and time limits are on its clock. */
  readonly officeZone: ZoneName
  /** From the pricing reply. */
  readonly asked: Asked | null
  /** No offer of this message is larger than what a supplierContext may hold. */
  readonly small: boolean
}

export type TimeLimit = { readonly ms: EpochMs; readonly instant: Instant }

/** `bookingRequirements`. */
export type Asked = Pick<Requirements, 'documents' | 'gender' | 'birthDate'>

export function openReading(options: Partial<OfferReading> = {}): OfferReading {
  return {
    flights: options.flights ?? new Map(),
    warnings: options.warnings ?? [],
    timeLimits: options.timeLimits ?? new Map(),
    travellers: options.travellers ?? null,
    officeZone: options.officeZone ?? 'UTC',
    asked: options.asked ?? null,
    small: options.small ?? false,
  }
}

/** Every readable one; each of the others costs a warning. */
export function decodeOffers(list: readonly unknown[], at: string, reading: OfferReading): readonly SupplierOffer[] {
  const offers: SupplierOffer[] = []
  for (let i = 0; i < list.length; i++) {
    const place = (): string => `${at}/${i}`
    try {
      const raw = rawOf(list[i])
      if (raw === null) throw new Unreadable('offer-unreadable', place(), 'an offer is no object')
      offers.push(decodeOffer(raw, place, reading))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      warn(reading.warnings, error.code, error.at, `the offer is left out: ${error.message}`)
    }
  }
  return offers
}

export function decodeOffer(raw: Raw, at: Place, reading: OfferReading): SupplierOffer {
  if (raw.type !== undefined && raw.type !== 'flight-offer') {
    throw new Unreadable('not-an-offer', `${at()}/type`, 'the entry is of another type')
  }
  const journeys = readJourneys(raw, at, reading)
  const flights = journeys.flat()
  const price = rawOf(raw.price)
  const currency = textOf(price?.currency)
  if (price === null || currency === null || !/^[A-Z]{3}$/.test(currency)) {
    throw new Unreadable('price-missing', `${at()}/price`, 'the offer has no price in a currency')
  }
  const pricings = readPricings(raw, flights, currency, at, reading)
  const settled = settleOffer(
    pricings.map(pricing => pricing.price),
    readOfferPrice(price, currency, at),
    at,
    reading.warnings,
  )
  const groups = groupTravellers(pricings, settled)
  const passengers = groups.map(group => group.fare)
  const conditions = readConditions(raw, pricings[0]!.details, { currency, seats: seatsOf(pricings) })
  return {
    provider: 'amadeus',
    validatingCarrier: textOf(listOf(raw.validatingAirlineCodes)[0]),
    total: totalOf(passengers, currency, each => each.total.amountMinor),
    base: totalOf(passengers, currency, each => each.base.amountMinor),
    taxes: totalOf(passengers, currency, each => chargesMinor(each.taxes)),
    fees: totalOf(passengers, currency, each => chargesMinor(each.fees)),
    passengers,
    slices: assemble(journeys, groups),
    conditions,
    requirements: requirementsOf(raw, reading.asked),
    seatsLeft: countOf(raw.numberOfBookableSeats),
    ticketBy: timeLimitOf(raw, flights[0]!.departureMs, reading),
    expiresAt: null,
    supplierContext: {
      offer: boundedRaw(raw, reading.small, at),
      travellers: reading.travellers ?? travellerIds(pricings),
    },
  }
}

function seatsOf(pricings: readonly TravellerPricing[]): number {
  let seats = 0
  for (const pricing of pricings) if (pricing.type !== 'INF') seats++
  return Math.max(seats, 1)
}

function readJourneys(raw: Raw, at: Place, reading: OfferReading): readonly (readonly Flight[])[] {
  const itineraries = listOf(raw.itineraries)
  if (itineraries.length === 0) throw new Unreadable('itinerary-missing', at(), 'the offer has no itinerary')
  const journeys: Flight[][] = []
  for (let i = 0; i < itineraries.length; i++) {
    const segments = listOf(rawOf(itineraries[i])?.segments)
    const flights: Flight[] = []
    for (let k = 0; k < segments.length; k++) {
      const place = (): string => `${at()}/itineraries/${i}/segments/${k}`
      const segment = rawOf(segments[k])
      if (segment === null) throw new Unreadable('segment-missing', place(), 'a segment is no object')
      flights.push(readFlight(segment, place, reading.flights, reading.warnings))
    }
    if (flights.length === 0) throw new Unreadable('segment-missing', at(), 'an itinerary has no segment')
    journeys.push(flights)
  }
  return journeys
}

function readPricings(
  raw: Raw,
  flights: readonly Flight[],
  currency: string,
  at: Place,
  reading: OfferReading,
): readonly TravellerPricing[] {
  const list = listOf(raw.travelerPricings)
  if (list.length === 0) throw new Unreadable('traveller-missing', at(), 'the offer is priced for nobody')
  const segmentIds = flights.map(flight => flight.wireId)
  const pricings: TravellerPricing[] = []
  for (let i = 0; i < list.length; i++) {
    const place = (): string => `${at()}/travelerPricings/${i}`
    const item = rawOf(list[i])
    const wireId = idOf(item?.travelerId)
    const type = passengerTypeOf(item?.travelerType)
    if (item === null || wireId === null || type === null || pricings.some(other => other.wireId === wireId)) {
      throw new Unreadable('traveller-unknown', place(), 'a traveller without an id and type of its own')
    }
    pricings.push({
      wireId,
      id: reading.travellers?.[wireId] ?? `pax_${wireId}`,
      type,
      // with one traveller the offer's price is his
      price: readTravellerPrice(
        item.price ?? (list.length === 1 ? raw.price : undefined),
        currency,
        place,
        reading.warnings,
      ),
      details: readDetails(item.fareDetailsBySegment, segmentIds, place, reading.warnings),
    })
  }
  checkAdults(list, pricings, at, reading.warnings)
  return pricings
}

/** A lap infant names the adult whose seat it shares. */
function checkAdults(
  list: readonly unknown[],
  pricings: readonly TravellerPricing[],
  at: Place,
  warnings: Warnings,
): void {
  for (let i = 0; i < list.length; i++) {
    const adult = idOf(rawOf(list[i])?.associatedAdultId)
    if (adult === null || pricings.some(pricing => pricing.wireId === adult && pricing.type !== 'INF')) continue
    warn(warnings, 'dangling-reference', `${at()}/travelerPricings/${i}/associatedAdultId`, `no adult ${adult}`)
  }
}

type Group = { readonly fare: PassengerFare; readonly first: TravellerPricing }

/** Travellers of one type, price and fare are one entry. */
function groupTravellers(pricings: readonly TravellerPricing[], settled: readonly PassengerPrice[]): readonly Group[] {
  const open: { ids: PassengerId[]; each: PassengerPrice; first: TravellerPricing }[] = []
  for (let i = 0; i < pricings.length; i++) {
    const pricing = pricings[i]!
    const each = settled[i]!
    const group = open.find(
      other =>
        other.first.type === pricing.type &&
        samePrice(other.each, each) &&
        sameDetails(other.first.details, pricing.details),
    )
    if (group) group.ids.push(pricing.id)
    else open.push({ ids: [pricing.id], each, first: pricing })
  }
  return open.map(({ ids, each, first }) => ({ fare: { ids, type: first.type, count: ids.length, each }, first }))
}

function samePrice(a: PassengerPrice, b: PassengerPrice): boolean {
  if (a.total.amountMinor !== b.total.amountMinor || a.base.amountMinor !== b.base.amountMinor) return false
  return sameCharges(a.taxes, b.taxes) && sameCharges(a.fees, b.fees)
}

function sameCharges(a: PassengerPrice['taxes'], b: PassengerPrice['taxes']): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (a[i]!.code !== b[i]!.code || a[i]!.amount.amountMinor !== b[i]!.amount.amountMinor) return false
  }
  return true
}

function assemble(journeys: readonly (readonly Flight[])[], groups: readonly Group[]): readonly Slice[] {
  const slices: Slice[] = []
  let place = 0
  for (const flights of journeys) {
    const segments: Segment[] = []
    for (const flight of flights) segments.push(segmentOf(flight, place++, groups))
    slices.push(assembleSlice(segments))
  }
  return slices
}

function segmentOf(flight: Flight, place: number, groups: readonly Group[]): Segment {
  return {
    id: segmentIds[place] ?? `seg_${place + 1}`,
    marketing: flight.marketing,
    operating: flight.operating,
    origin: flight.origin,
    originTerminal: flight.originTerminal,
    destination: flight.destination,
    destinationTerminal: flight.destinationTerminal,
    departure: flight.departure,
    departureZone: flight.departureZone,
    arrival: flight.arrival,
    arrivalZone: flight.arrivalZone,
    durationMinutes: flight.durationMinutes,
    aircraft: flight.aircraft,
    stops: flight.stops,
    marriageGroup: null,
    fares: faresOf(place, groups),
    status: flight.status,
  }
}

const segmentIds: readonly SegmentId[] = Array.from({ length: 36 }, (_, i): SegmentId => `seg_${i + 1}`)

/** One a passenger type, two where two passengers of a type fly on different fares. */
function faresOf(place: number, groups: readonly Group[]): readonly SegmentFare[] {
  const fares: SegmentFare[] = []
  for (let i = 0; i < groups.length; i++) {
    const { first } = groups[i]!
    if (i > 0 && toldBefore(groups, i)) continue
    fares.push(decodeFare(first.type, first.details[place] ?? null))
  }
  return fares
}

function toldBefore(groups: readonly Group[], index: number): boolean {
  const { first } = groups[index]!
  for (let i = 0; i < index; i++) {
    const other = groups[i]!.first
    if (other.type === first.type && sameDetails(other.details, first.details)) return true
  }
  return false
}

function totalOf(
  passengers: readonly PassengerFare[],
  currency: string,
  part: (each: PassengerPrice) => number,
): Money {
  let total = 0
  for (const passenger of passengers) total += passenger.count * part(passenger.each)
  return money(total, currency)
}

function chargesMinor(charges: PassengerPrice['taxes']): number {
  let total = 0
  for (const charge of charges) total += charge.amount.amountMinor
  return total
}

function requirementsOf(raw: Raw, asked: Asked | null): Requirements {
  const instant = flagOf(raw.instantTicketingRequired)
  return {
    documents: asked?.documents ?? null,
    gender: asked?.gender ?? null,
    birthDate: asked?.birthDate ?? null,
    instantPayment: instant,
    holdAllowed: instant === null ? null : !instant && raw.paymentCardRequired !== true,
  }
}

/** The last second of `lastTicketingDate` at the office, or the exact time where one is told; never after departure. */
function timeLimitOf(raw: Raw, departs: EpochMs, reading: OfferReading): Instant | null {
  const exact = localTimeOf(raw.lastTicketingDateTime)
  const told = exact ?? textOf(raw.lastTicketingDate)
  if (told === null) return null
  let limit = reading.timeLimits.get(told)
  if (limit === undefined) {
    limit = readTimeLimit(exact, told, reading.officeZone)
    reading.timeLimits.set(told, limit)
  }
  if (limit === null) return null
  return departs < limit.ms ? toInstant(departs) : limit.instant
}

function readTimeLimit(exact: string | null, told: string, zone: ZoneName): TimeLimit | null {
  const date = localDateOf(told)
  const local = exact ?? (date === null ? null : `${date}T23:59:59`)
  const ms = local === null ? undefined : findInstant(local, zone)
  return ms === undefined ? null : { ms, instant: toInstant(ms) }
}

function travellerIds(pricings: readonly TravellerPricing[]): Readonly<Record<string, PassengerId>> {
  const ids: Record<string, PassengerId> = {}
  for (const pricing of pricings) ids[pricing.wireId] = pricing.id
  return ids
}
