import type { AirlineCode, AirportCode, LocalDate } from '../../../core/itinerary.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type { Contact, IdentityDocument, SupplierOrder, Traveller } from '../../../core/order.ts'
import { WireError } from '../../../core/wire-error.ts'
import { encodeBooking, readBooking } from './booking.ts'
import { givenNameWithTitle, passengerCode, surnameInField } from './codes.ts'
import { flightNumberValue } from './grouped-descriptions.ts'
import type { OrderContext } from './order-reading.ts'
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
import { referenceOf, remarksWith } from './remarks.ts'
import { childService, contactServices, infantService } from './special-services.ts'

/** POST /v1/trip/orders/createBooking for traditional (ATPCO) content: flights in their booking classes, priced by
 *  carrier and brand, refused above the price that was agreed. */
export type BookingRequest = {
  readonly flights: readonly BookingFlight[]
  readonly validatingCarrier: AirlineCode | null
  readonly brands: readonly { readonly code: string; readonly flightIndexes: readonly number[] }[]
  readonly passengerCodes: readonly { readonly code: string; readonly count: number }[]
  /** The most that all passengers together may cost. */
  readonly price: Money
  readonly travellers: readonly Traveller[]
  readonly contact: Contact
  /** Our booking reference: a general remark, the place that getBooking gives back. */
  readonly reference: string
  readonly hold: boolean
  readonly agencyCustomerNumber: string | null
}

export type BookingFlight = {
  readonly carrier: AirlineCode
  readonly number: string
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly departureDate: LocalDate
  /** `HH:MM` */
  readonly departureTime: string
  readonly bookingClass: string
  /** Sold together with the flight before it. */
  readonly married: boolean
}

/** Statuses of a flight that is not ours: the booking must stop there (domain.md 3.3). */
export const haltOnFlightStatusCodes = ['NO', 'UC', 'US', 'UN', 'UU', 'LL', 'HL'] as const

export function encodeBookingRequest(request: BookingRequest): JsonObject {
  const { validatingCarrier, brands, passengerCodes, travellers, contact } = request
  const amount = formatAmount(request.price)
  return {
    agency: {
      ...(request.agencyCustomerNumber === null ? {} : { agencyCustomerNumber: request.agencyCustomerNumber }),
      ticketingPolicy: request.hold ? 'TICKETING_TIME_LIMIT' : 'TODAY',
    },
    flightDetails: {
      flights: request.flights.map(encodeFlight),
      flightPricing: [
        {
          qualifiers: {
            ...(validatingCarrier === null ? {} : { validatingAirlineCode: validatingCarrier }),
            ...(brands.length === 0 ? {} : { brandedFares: brands.map(encodeBrand) }),
            passengersPricing: passengerCodes.map(({ code, count }) => ({
              passengerCode: code,
              numberOfpassengers: count,
            })),
          },
          priceComparisons: [
            { desiredAmount: amount, comparisonType: 'INCREASE_BY_AMOUNT', amount: zeroLike(request.price) },
          ],
        },
      ],
      haltOnFlightStatusCodes,
    },
    travelers: travellers.map(traveller => encodeTraveller(traveller, request)),
    contactInfo: { emails: [contact.email], phones: [contact.phone] },
    payment: { formsOfPayment: [{ type: 'CASH' }] },
    remarks: remarksWith(request.reference),
  }
}

function zeroLike(price: Money): string {
  return formatAmount({ amountMinor: 0, currency: price.currency })
}

function encodeFlight(flight: BookingFlight): JsonObject {
  return {
    flightNumber: flightNumberValue(flight.number),
    airlineCode: flight.carrier,
    fromAirportCode: flight.origin,
    toAirportCode: flight.destination,
    departureDate: flight.departureDate,
    departureTime: flight.departureTime,
    bookingClass: flight.bookingClass,
    flightStatusCode: 'NN',
    isMarriageGroup: flight.married,
  }
}

function encodeBrand(brand: BookingRequest['brands'][number]): JsonObject {
  return { brandCode: brand.code, flightIndices: brand.flightIndexes.map(index => index + 1) }
}

function encodeTraveller(traveller: Traveller, request: BookingRequest): JsonObject {
  const services = servicesOf(traveller, request)
  const { loyalty } = traveller
  return {
    givenName: givenNameWithTitle(traveller.givenNames, traveller.title),
    surname: surnameInField(traveller.surname),
    birthDate: traveller.birthDate,
    passengerCode: passengerCode(traveller.type, null),
    identityDocuments: [identityDocument(traveller)],
    ...(loyalty === null
      ? {}
      : {
          loyaltyPrograms: [
            {
              supplierCode: loyalty.carrier,
              programType: 'FREQUENT_FLYER',
              programNumber: loyalty.number,
              receiverCode: loyalty.carrier,
            },
          ],
        }),
    ...(services.length === 0 ? {} : { specialServices: services }),
  }
}

/** One SSR INFT on the adult for each lap infant, without which no PNR is saved (domain.md 4.1); CHLD; contacts on the
 *  first traveller. */
function servicesOf(traveller: Traveller, request: BookingRequest): readonly JsonObject[] {
  const infants = request.travellers.filter(other => other.type === 'INF' && other.adultId === traveller.id)
  const first = request.travellers[0] === traveller
  return [
    ...infants.map(infantService),
    ...(traveller.type === 'CHD' ? [childService(traveller)] : []),
    ...(first ? contactServices(request.contact) : []),
  ]
}

/** The two words that the documented requests have; `X` is left out. */
function genderOf(traveller: Traveller): JsonObject {
  if (traveller.gender === 'F') return { gender: 'FEMALE' }
  return traveller.gender === 'M' ? { gender: 'MALE' } : {}
}

const documentTypes: Readonly<Record<IdentityDocument['type'], string>> = {
  passport: 'PASSPORT',
  'identity-card': 'NATIONAL_ID_CARD',
}

/** Without a document: what Secure Flight asks for. */
function identityDocument(traveller: Traveller): JsonObject {
  const { document } = traveller
  const person = {
    givenName: givenNameWithTitle(traveller.givenNames, null),
    surname: surnameInField(traveller.surname),
    birthDate: traveller.birthDate,
    ...genderOf(traveller),
  }
  if (!document) return { documentType: 'SECURE_FLIGHT_PASSENGER_DATA', ...person }
  return {
    documentNumber: document.number,
    documentType: documentTypes[document.type],
    expiryDate: document.expiryDate,
    issuingCountryCode: document.issuingCountry,
    citizenshipCountryCode: document.nationality,
    ...person,
  }
}

/** What a simulator makes of a request: of ours, and of the published examples, which have hotels, cars and NDC offers
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

/** The reply: `confirmationId` says that a PNR stands, whatever `errors` say beside it. */
export type CreatedBooking = { readonly confirmationId: string | null; readonly order: SupplierOrder | null }

export function readCreatedBooking(body: JsonObject, context: OrderContext): CreatedBooking {
  const confirmationId = textOf(body.confirmationId) ?? textOf(objectOf(body.booking).bookingId)
  if (!isObject(body.booking)) return { confirmationId, order: null }
  return { confirmationId, order: readBooking(body.booking, context, confirmationId) }
}

export function encodeCreatedBooking(order: SupplierOrder, details: Parameters<typeof encodeBooking>[1]): JsonObject {
  return {
    timestamp: details.timestamp,
    confirmationId: order.locators[0]!.locator,
    booking: encodeBooking(order, details),
  }
}
