import type { Segment } from '../../../core/itinerary.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type { DocumentStatus, OrderPassenger, SupplierOrder } from '../../../core/order.ts'
import { findAirline } from '../../../reference/airlines.ts'
import { passengerCode } from './codes.ts'
import { slicesByJourney } from './booking-flights.ts'
import type { JsonObject } from './json.ts'
import { flightNumberValue } from './grouped-descriptions.ts'
import { remarksWith } from './remarks.ts'

/** What a simulator adds to an order of ours. */
export type BookingDetails = {
  readonly timestamp: string
  readonly signature: string
  readonly createdAt: { readonly date: string; readonly time: string }
  readonly deadline: { readonly date: string; readonly time: string } | null
  readonly pseudoCityCode: string
  /** Of each stored price. */
  readonly prices: readonly {
    readonly code: string
    readonly travelerIndices: readonly number[]
    readonly base: Money
    readonly taxes: readonly { readonly code: string; readonly amount: Money }[]
    readonly total: Money
    readonly fareBases: readonly string[]
  }[]
  readonly tickets: readonly {
    readonly number: string
    readonly travelerIndex: number
    readonly date: string
    readonly status: DocumentStatus
    readonly flightIndexes: readonly number[]
  }[]
}

export function encodeBooking(order: SupplierOrder, details: BookingDetails): JsonObject {
  const segments = order.slices.flatMap(slice => slice.segments)
  const airlines = new Map(order.locators.slice(1).map(({ owner, locator }) => [owner, locator] as const))
  return {
    bookingId: order.locators[0]!.locator,
    ...(segments.length === 0
      ? {}
      : { startDate: segments[0]!.departure.slice(0, 10), endDate: segments.at(-1)!.arrival.slice(0, 10) }),
    isCancelable: segments.length > 0,
    isTicketed: details.tickets.some(ticket => ticket.status === 'issued'),
    creationDetails: {
      creationUserSine: 'AWS',
      creationDate: details.createdAt.date,
      creationTime: details.createdAt.time,
      userWorkPcc: details.pseudoCityCode,
      userHomePcc: details.pseudoCityCode,
    },
    travelers: order.passengers.map(encodePassenger),
    flights: segments.map((segment, i) => encodeFlight(segment, i, order, airlines)),
    journeys: slicesByJourney(order.slices),
    ...(segments.length === 0 ? {} : { fares: details.prices.map((price, i) => encodeFare(price, i, order, details)) }),
    remarks: remarksWith(order.reference),
    ...(details.tickets.length === 0
      ? {}
      : { flightTickets: details.tickets.map(ticket => encodeTicket(ticket, details)) }),
    ...(order.total === null ? {} : { payments: payments(order.total, details) }),
    timestamp: details.timestamp,
    bookingSignature: details.signature,
  }
}

const travelerTypes: ReadonlyMap<string, string> = new Map([
  ['CHD', 'CHILD'],
  ['INF', 'INFANT'],
  ['INS', 'INFANT'],
])

function encodePassenger(passenger: OrderPassenger, index: number): JsonObject {
  const type = passenger.type ?? 'ADT'
  return {
    givenName: passenger.givenNames,
    surname: passenger.surname,
    type: travelerTypes.get(type) ?? 'ADULT',
    passengerCode: passengerCode(type, null),
    nameAssociationId: String(index + 1),
  }
}

const statusNames: ReadonlyMap<string, string> = new Map([
  ['HK', 'Confirmed'],
  ['TK', 'Schedule Change'],
  ['UN', 'Unable, flight does not operate'],
  ['UC', 'Unable to confirm'],
])

function encodeFlight(
  segment: Segment,
  index: number,
  order: SupplierOrder,
  airlines: ReadonlyMap<string, string>,
): JsonObject {
  const { marketing, operating } = segment
  const status = segment.status ?? 'HK'
  const own = airlines.get(marketing.carrier)
  const fare = segment.fares[0]
  return {
    itemId: String(index + 1),
    ...(own === undefined ? {} : { confirmationId: own }),
    sourceType: 'ATPCO',
    flightNumber: flightNumberValue(marketing.number),
    airlineCode: marketing.carrier,
    airlineName: findAirline(marketing.carrier)?.name ?? marketing.carrier,
    ...(operating.number === null ? {} : { operatingFlightNumber: flightNumberValue(operating.number) }),
    ...(operating.carrier === null ? {} : { operatingAirlineCode: operating.carrier }),
    ...(operating.name === null ? {} : { operatingAirlineName: operating.name }),
    fromAirportCode: segment.origin,
    toAirportCode: segment.destination,
    departureDate: segment.departure.slice(0, 10),
    departureTime: segment.departure.slice(11),
    ...(segment.originTerminal === null ? {} : { departureTerminalName: segment.originTerminal }),
    arrivalDate: segment.arrival.slice(0, 10),
    arrivalTime: segment.arrival.slice(11),
    ...(segment.destinationTerminal === null ? {} : { arrivalTerminalName: segment.destinationTerminal }),
    numberOfSeats: order.passengers.filter(passenger => passenger.type !== 'INF').length,
    ...(fare?.cabin ? { cabinTypeName: fare.cabin.toUpperCase(), cabinTypeCode: cabinLetter(fare.cabin) } : {}),
    ...(segment.aircraft === null ? {} : { aircraftTypeCode: segment.aircraft }),
    ...(fare?.bookingClass ? { bookingClass: fare.bookingClass } : {}),
    flightStatusCode: status,
    flightStatusName: statusNames.get(status) ?? status,
    ...(segment.durationMinutes === null ? {} : { durationInMinutes: segment.durationMinutes }),
    ...(segment.stops.length === 0 ? {} : { hiddenStops: segment.stops.map(encodeStop) }),
    travelerIndices: order.passengers.map((_, i) => i + 1),
  }
}

function cabinLetter(cabin: string): string {
  return cabin === 'economy' ? 'Y' : cabin === 'premium-economy' ? 'S' : cabin === 'business' ? 'C' : 'F'
}

function encodeStop(stop: Segment['stops'][number]): JsonObject {
  return { airportCode: stop.airport, ...(stop.minutes === null ? {} : { durationInMinutes: stop.minutes }) }
}

function encodeFare(
  price: BookingDetails['prices'][number],
  index: number,
  order: SupplierOrder,
  details: BookingDetails,
): JsonObject {
  const { currency } = price.total
  const taxes = price.taxes.reduce((sum, tax) => sum + tax.amount.amountMinor, 0)
  return {
    creationDetails: {
      creationDate: details.createdAt.date,
      creationTime: details.createdAt.time,
      ...(details.deadline === null
        ? {}
        : { purchaseDeadlineDate: details.deadline.date, purchaseDeadlineTime: details.deadline.time }),
      userWorkPcc: details.pseudoCityCode,
      userHomePcc: details.pseudoCityCode,
    },
    airlineCode: order.slices[0]?.segments[0]?.marketing.carrier ?? '',
    travelerIndices: price.travelerIndices,
    fareConstruction: price.fareBases.map(fareBasisCode => ({ fareBasisCode, isCurrentItinerary: true })),
    taxBreakdown: price.taxes.map(tax => ({
      taxCode: tax.code,
      taxAmount: { amount: formatAmount(tax.amount), currencyCode: currency },
    })),
    totals: {
      subtotal: formatAmount(price.base),
      taxes: formatAmount({ amountMinor: taxes, currency }),
      total: formatAmount(price.total),
      currencyCode: currency,
    },
    pricingTypeCode: 'S',
    pricingTypeName: 'System',
    pricingStatusCode: 'A',
    pricingStatusName: 'Active',
    requestedTravelerType: price.code,
    pricedTravelerType: price.code,
    recordTypeCode: 'PQ',
    recordTypeName: 'Price Quote',
    recordId: String(index + 1),
  }
}

const ticketStatuses: Readonly<Record<DocumentStatus, readonly [name: string, code: string]>> = {
  issued: ['Issued', 'TE'],
  void: ['Voided', 'TV'],
  refunded: ['Refunded', 'TR'],
  exchanged: ['Exchanged', 'TX'],
}

const couponStatuses: Readonly<Record<DocumentStatus, readonly [name: string, code: string]>> = {
  issued: ['Not Flown', 'I'],
  void: ['Voided', 'V'],
  refunded: ['Refunded', 'R'],
  exchanged: ['Exchanged', 'E'],
}

export function encodeTicket(ticket: BookingDetails['tickets'][number], details: BookingDetails): JsonObject {
  const [ticketStatusName, ticketStatusCode] = ticketStatuses[ticket.status]
  const [couponStatus, couponStatusCode] = couponStatuses[ticket.status]
  const price = details.prices.find(entry => entry.travelerIndices.includes(ticket.travelerIndex))
  return {
    number: ticket.number,
    date: ticket.date,
    travelerIndex: ticket.travelerIndex,
    flightCoupons: ticket.flightIndexes.map(index => ({ itemId: String(index + 1), couponStatus, couponStatusCode })),
    ...(price ? { payment: { total: formatAmount(price.total), currencyCode: price.total.currency } } : {}),
    ticketStatusName,
    ticketStatusCode,
    ticketingPcc: details.pseudoCityCode,
  }
}

function payments(total: Money, details: BookingDetails): JsonObject {
  let base = 0
  for (const price of details.prices) base += price.base.amountMinor * price.travelerIndices.length
  const subtotal = { amountMinor: base, currency: total.currency }
  const taxes = { amountMinor: total.amountMinor - base, currency: total.currency }
  const all = {
    subtotal: formatAmount(subtotal),
    taxes: formatAmount(taxes),
    total: formatAmount(total),
    currencyCode: total.currency,
  }
  return { flightTotals: [all] }
}
