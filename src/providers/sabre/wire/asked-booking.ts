import type { BookingFlight } from './create-booking.ts'
import type { AirlineCode, LocalDate } from '../../../core/itinerary.ts'
import { WireError } from '../../../core/wire-error.ts'
import {
  airlineOf,
  airportOf,
  booleanOf,
  dateOf,
  flightNumberOf,
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  timeOf,
} from './json.ts'
import { referenceOf } from './remarks.ts'

/** What a simulator makes of a createBooking request: of ours, and of the published examples, which have hotels, cars and NDC offers
 *  too. Travellers by place. */
export type AskedBooking = {
  readonly flights: readonly (BookingFlight & { readonly brandCode: string | null })[]
  readonly validatingCarrier: AirlineCode | null
  /** The most it may cost; null: no comparison was asked for. */
  readonly limit: { readonly desired: number; readonly plus: number } | null
  readonly haltOn: readonly string[]
  readonly travellers: readonly AskedTraveller[]
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly reference: string | null
  readonly hold: boolean
}

export type AskedTraveller = {
  readonly givenName: string
  readonly surname: string
  readonly birthDate: LocalDate | null
  readonly gender: string | null
  readonly code: string
  /** Surnames and given names of the infants named in its SSR INFT. */
  readonly infants: readonly string[]
}

export function decodeBookingRequest(body: unknown): AskedBooking {
  if (!isObject(body)) throw new WireError('no JSON object', '/')
  const details = objectOf(body.flightDetails)
  const pricing = objectsOf(details.flightPricing)
  const qualifiers = objectOf(pricing[0]?.qualifiers)
  const brands = brandsByFlight(objectsOf(qualifiers.brandedFares))
  const comparison = objectsOf(pricing[0]?.priceComparisons)[0]
  const contact = objectOf(body.contactInfo)
  const codes = pricedAs(pricing)
  return {
    flights: objectsOf(details.flights).map((flight, i) => ({
      ...readFlight(flight, i),
      brandCode: brands.get(i) ?? null,
    })),
    validatingCarrier: airlineOf(qualifiers.validatingAirlineCode) ?? airlineOf(pricing[0]?.validatingAirlineCode),
    limit: comparison ? readLimit(comparison) : null,
    haltOn: listOf(details.haltOnFlightStatusCodes).filter(code => typeof code === 'string'),
    travellers: objectsOf(body.travelers).map((traveler, i) => readTraveller(traveler, codes.get(i))),
    emails: listOf(contact.emails).filter(email => typeof email === 'string'),
    phones: listOf(contact.phones).filter(phone => typeof phone === 'string'),
    reference: referenceOf(body),
    hold: textOf(objectOf(body.agency).ticketingPolicy) === 'TICKETING_TIME_LIMIT',
  }
}

function brandsByFlight(brands: readonly JsonObject[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (const brand of brands) {
    const code = textOf(brand.brandCode)
    for (const index of listOf(brand.flightIndices)) if (code && typeof index === 'number') found.set(index - 1, code)
  }
  return found
}

function readLimit(comparison: JsonObject): AskedBooking['limit'] {
  const desired = numberOf(comparison.desiredAmount)
  const amount = numberOf(comparison.amount) ?? 0
  if (desired === null) return null
  return { desired, plus: textOf(comparison.comparisonType) === 'INCREASE_BY_AMOUNT' ? amount : 0 }
}

function readFlight(flight: JsonObject, index: number): BookingFlight {
  const carrier = airlineOf(flight.airlineCode)
  const number = flightNumberOf(flight.flightNumber)
  const origin = airportOf(flight.fromAirportCode)
  const destination = airportOf(flight.toAirportCode)
  const departureDate = dateOf(flight.departureDate)
  const bookingClass = textOf(flight.bookingClass)
  if (!carrier || !number || !origin || !destination || !departureDate || !bookingClass) {
    throw new WireError('a flight lacks a part', `/flightDetails/flights/${index}`)
  }
  return {
    carrier,
    number,
    origin,
    destination,
    departureDate,
    departureTime: (timeOf(flight.departureTime) ?? '00:00:00').slice(0, 5),
    bookingClass,
    married: booleanOf(flight.isMarriageGroup) === true,
  }
}

/** A price of its own for some travellers may be of another type than theirs: a child that is booked as an adult. */
function pricedAs(pricing: readonly JsonObject[]): ReadonlyMap<number, string> {
  const codes = new Map<number, string>()
  for (const { qualifiers } of pricing) {
    const said = objectOf(qualifiers)
    const code = textOf(objectsOf(said.passengersPricing)[0]?.passengerCode)
    for (const index of listOf(said.travelerIndices)) if (code && typeof index === 'number') codes.set(index - 1, code)
  }
  return codes
}

function readTraveller(traveller: JsonObject, pricedCode: string | undefined): AskedTraveller {
  const services = objectsOf(traveller.specialServices).filter(service => textOf(service.code) === 'INFT')
  return {
    givenName: textOf(traveller.givenName) ?? '',
    surname: textOf(traveller.surname) ?? '',
    birthDate: dateOf(traveller.birthDate),
    gender: textOf(traveller.gender) ?? textOf(objectsOf(traveller.identityDocuments)[0]?.gender),
    code: pricedCode ?? textOf(traveller.passengerCode) ?? 'ADT',
    infants: services.map(service =>
      (textOf(service.message) ?? '').replace(/^\//, '').split('/').slice(0, 2).join('/'),
    ),
  }
}
