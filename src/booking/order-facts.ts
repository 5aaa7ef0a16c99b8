import { type Instant, parseInstant } from '../core/clock.ts'
import type { RecordLocator, SupplierOrder, TravelDocument } from '../core/order.ts'
import { earliestTicketBy, findTimeLimit } from '../reference/time-limit.ts'
import type { Booking } from './booking.ts'
import type { OrderFacts } from './events.ts'

/** An order as the supplier has it, without names and without what only the supplier understands; undefined for a cancelled one. */
export function factsOf(booking: Booking, order: SupplierOrder): OrderFacts | undefined {
  if (order.status === 'cancelled') return undefined
  const cancelledPassengerIds = order.passengers.flatMap(({ id, cancelled }) => (id && cancelled ? [id] : []))
  return {
    status: order.status,
    locators: order.locators.map(({ owner, locator }): RecordLocator => ({ owner, locator })),
    ticketBy: order.status === 'held' ? ticketByOf(booking, order) : order.ticketBy,
    total: order.total,
    documents: documentsOf(order),
    segments: segmentStatuses(booking, order),
    ...(cancelledPassengerIds.length > 0 ? { cancelledPassengerIds } : {}),
  }
}

/** The earliest of the fare's limit, what airlines wrote into the order, and the departure. */
function ticketByOf({ sale, createdAt }: Booking, { ticketBy, remarks = [] }: SupplierOrder): Instant | null {
  const origin = sale.net.slices[0]?.origin
  const limits = remarks.flatMap(({ carrier, text, at }) => {
    const atMs = (at === null ? undefined : parseInstant(at)) ?? createdAt
    return findTimeLimit({ text, carrier, origin, atMs }) ?? []
  })
  return earliestTicketBy({ fare: ticketBy, remarks: limits, departureMs: sale.departsAt })
}

/** A number that a supplier lists twice is one document. */
function documentsOf({ documents }: SupplierOrder): readonly TravelDocument[] {
  const byNumber = new Map(documents.map(document => [document.number, document]))
  return [...byNumber.values()].map(({ kind, number, passengerId, status }) => ({ kind, number, passengerId, status }))
}

/** By flight and date; an order that lists its flights otherwise says nothing about ours. */
function segmentStatuses(booking: Booking, order: SupplierOrder): OrderFacts['segments'] {
  const theirs = order.slices.flatMap(slice => slice.segments)
  return booking.sale.net.slices
    .flatMap(slice => slice.segments)
    .flatMap(({ id, marketing, departure, origin }) => {
      const same = theirs.find(
        other =>
          other.marketing.carrier === marketing.carrier &&
          other.marketing.number === marketing.number &&
          other.origin === origin &&
          other.departure.slice(0, 10) === departure.slice(0, 10),
      )
      return same ? [{ id, status: same.status }] : []
    })
}
