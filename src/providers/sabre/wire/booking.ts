import type { Segment } from '../../../core/itinerary.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type {
  DocumentStatus,
  OrderPassenger,
  RecordLocator,
  SupplierOrder,
  SupplierOrderStatus,
  TravelDocument,
} from '../../../core/order.ts'
import { findAirline } from '../../../reference/airlines.ts'
import { passengerCode, passengerTypeOf, withoutTitle } from './codes.ts'
import { flightStatus, readSlices, slicesByJourney } from './booking-flights.ts'
import { type OfficeInstant, officeInstant } from './dates.ts'
import {
  airlineOf,
  currencyOf,
  dateOf,
  type JsonObject,
  moneyOf,
  objectOf,
  objectsOf,
  textOf,
  timeOf,
  wholeOf,
} from './json.ts'
import { flightNumberValue } from './grouped-descriptions.ts'
import { type OrderContext, ourIds } from './order-reading.ts'
import { referenceOf, remarksWith } from './remarks.ts'

/** A booking as createBooking, getBooking and cancelBooking give it. Null where it is none. */
export function readBooking(
  body: JsonObject,
  context: OrderContext,
  confirmationId: string | null = null,
): SupplierOrder | null {
  const locator = textOf(body.bookingId) ?? confirmationId
  if (locator === null) return null
  const travelers = objectsOf(body.travelers)
  const passengers = readPassengers(travelers, context)
  const flights = objectsOf(body.flights)
  const documents = readDocuments(objectsOf(body.flightTickets), passengers)
  const types = [...new Set(passengers.map(passenger => passenger.type ?? 'ADT'))]
  const fares = objectsOf(body.fares)
  return {
    provider: 'sabre',
    status: statusOf(flights, passengers, documents),
    locators: locatorsOf(locator, flights),
    reference: referenceOf(body),
    ticketBy: documents.some(document => document.status === 'issued') ? null : ticketBy(fares, context),
    total: totalOf(body),
    passengers,
    slices: readSlices(flights, objectsOf(body.journeys), types),
    documents,
    supplierContext: { priceQuotes: fares.flatMap(fare => textOf(fare.recordId) ?? []) },
  }
}

function readPassengers(travelers: readonly JsonObject[], context: OrderContext): readonly OrderPassenger[] {
  const names = travelers.map(traveler => ({
    givenName: textOf(traveler.givenName) ?? '',
    surname: textOf(traveler.surname) ?? '',
  }))
  const ids = ourIds(names, context.travellers)
  return travelers.map((traveler, i): OrderPassenger => {
    const code = textOf(traveler.passengerCode)
    return {
      id: ids[i]!,
      type: (code === null ? undefined : passengerTypeOf(code)) ?? null,
      surname: names[i]!.surname,
      givenNames: withoutTitle(names[i]!.givenName),
    }
  })
}

/** Flights that are held, in every status that keeps the seats or waits for us to accept a change. */
const holding = new Set(['HK', 'SS', 'KK', 'KL', 'TK', 'HN', 'NN', 'HL', 'PN', 'RR'])

function statusOf(
  flights: readonly JsonObject[],
  passengers: readonly OrderPassenger[],
  documents: readonly TravelDocument[],
): SupplierOrderStatus {
  if (!flights.some(flight => holding.has(flightStatus(flight) ?? 'HK'))) return 'cancelled'
  const issued = documents.filter(document => document.kind === 'ticket' && document.status === 'issued')
  if (issued.length === 0) return 'held'
  const covered = new Set(issued.map(document => document.passengerId))
  if (!covered.has(null)) return passengers.every(({ id }) => covered.has(id)) ? 'ticketed' : 'partly-ticketed'
  return issued.length >= passengers.length ? 'ticketed' : 'partly-ticketed'
}

function locatorsOf(locator: string, flights: readonly JsonObject[]): readonly RecordLocator[] {
  const found = new Map<string, RecordLocator>()
  for (const flight of flights) {
    const owner = airlineOf(flight.airlineCode)
    const own = textOf(flight.confirmationId)
    if (owner && own && own !== locator) found.set(`${owner}${own}`, { owner, locator: own })
  }
  return [{ owner: 'sabre', locator }, ...found.values()]
}

/** The earliest of the stored prices' limits, in the local time of the office. */
function ticketBy(fares: readonly JsonObject[], context: OrderContext): string | null {
  let earliest: OfficeInstant | null = null
  for (const fare of fares) {
    const details = objectOf(fare.creationDetails)
    const date = dateOf(details.purchaseDeadlineDate)
    const limit = date === null ? null : officeInstant(date, timeOf(details.purchaseDeadlineTime), context.officeZone)
    if (limit && (earliest === null || limit.ms < earliest.ms)) earliest = limit
  }
  return earliest?.text ?? null
}

function totalOf(body: JsonObject): Money | null {
  const said = objectsOf(objectOf(body.payments).flightTotals)[0]
  const currency = currencyOf(said?.currencyCode)
  return currency === null ? null : moneyOf(said?.total, currency)
}

/** Conjunction tickets are written 1606802005008/09: the second number is a document of its own. */
export function ticketNumbers(text: string | null): readonly string[] {
  const match = /^(\d{13})\d?(?:\/(\d{2}))?$/.exec((text ?? '').replace(/-/g, ''))
  if (!match) return []
  const first = match[1]!
  if (match[2] === undefined) return [first]
  return [first, first.slice(0, 11) + match[2]]
}

const statuses: readonly (readonly [RegExp, DocumentStatus])[] = [
  [/void/i, 'void'],
  [/refund/i, 'refunded'],
  [/exchang/i, 'exchanged'],
]

function readDocuments(
  tickets: readonly JsonObject[],
  passengers: readonly OrderPassenger[],
): readonly TravelDocument[] {
  return tickets.flatMap(ticket => {
    const index = wholeOf(ticket.travelerIndex)
    const passengerId = index === null ? null : (passengers[index - 1]?.id ?? null)
    const said = textOf(ticket.ticketStatusName) ?? ''
    const status = statuses.find(([word]) => word.test(said))?.[1] ?? 'issued'
    return ticketNumbers(textOf(ticket.number)).map(
      (number): TravelDocument => ({ kind: 'ticket', number, passengerId, status }),
    )
  })
}

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
