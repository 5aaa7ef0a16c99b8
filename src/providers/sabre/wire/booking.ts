import type { Money } from '../../../core/money.ts'
import type {
  DocumentStatus,
  OrderPassenger,
  RecordLocator,
  SupplierOrder,
  SupplierOrderStatus,
  TravelDocument,
} from '../../../core/order.ts'
import { passengerTypeOf, withoutTitle } from './codes.ts'
import { flightStatus, readSlices } from './booking-flights.ts'
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
import { type OrderContext, ourIds } from './order-reading.ts'
import { airlineRemarksOf, referenceOf } from './remarks.ts'

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
  const remarks = airlineRemarksOf(body)
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
    ...(remarks.length > 0 ? { remarks } : {}),
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
