import type { AirlineCode, AirportCode, LocalDate } from '../../../core/itinerary.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type { Contact, IdentityDocument, SupplierOrder, Traveller } from '../../../core/order.ts'
import { readBooking } from './booking.ts'
import { type BookingDetails, encodeBooking } from './booking-write.ts'
import { givenNameWithTitle, passengerCode, surnameInField } from './codes.ts'
import { flightNumberValue } from './grouped-descriptions.ts'
import type { OrderContext } from './order-reading.ts'
import { isObject, type JsonObject, objectOf, textOf } from './json.ts'
import { remarksWith } from './remarks.ts'
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

/** The reply: `confirmationId` says that a PNR stands, whatever `errors` say beside it. */
export type CreatedBooking = { readonly confirmationId: string | null; readonly order: SupplierOrder | null }

export function readCreatedBooking(body: JsonObject, context: OrderContext): CreatedBooking {
  const confirmationId = textOf(body.confirmationId) ?? textOf(objectOf(body.booking).bookingId)
  if (!isObject(body.booking)) return { confirmationId, order: null }
  return { confirmationId, order: readBooking(body.booking, context, confirmationId) }
}

export function encodeCreatedBooking(order: SupplierOrder, details: BookingDetails): JsonObject {
  return {
    timestamp: details.timestamp,
    confirmationId: order.locators[0]!.locator,
    booking: encodeBooking(order, details),
  }
}
