import type { TravelDocument } from '../core/order.ts'
import { type BookedOrder, type Booking, noProgress } from './booking.ts'
import type { OrderEvent, OrderFacts } from './events.ts'

/** An order after what happened to it. */
export function ordered(order: BookedOrder, event: OrderEvent): BookedOrder {
  switch (event.kind) {
    case 'order-seen': {
      const { status, locators, ticketBy, total, documents } = event.facts
      return { ...order, ...noProgress, status, locators, ticketBy, total, documents }
    }
    case 'order-absent':
      return { ...order, ...noProgress, status: 'absent' }
    case 'order-cancelled':
      return { ...order, ...noProgress, status: 'cancelled', documents: given(order, event) }
    case 'order-passengers-cancelled': {
      const cancelledPassengerIds = [...(order.cancelledPassengerIds ?? []), ...event.passengerIds]
      return { ...order, ...noProgress, total: event.total, documents: given(order, event), cancelledPassengerIds }
    }
    case 'order-in-doubt':
      return { ...order, doubt: event.doubt, doubtSince: event.since, checks: 0, notBefore: null }
    case 'order-postponed':
      return { ...order, doubt: null, doubtSince: null, tries: order.tries + 1, notBefore: event.notBefore }
    case 'order-checked':
      return { ...order, checks: order.checks + 1, notBefore: event.notBefore }
    case 'order-reminded':
      return { ...order, remindedAt: event.at }
    case 'order-stuck':
      return { ...order, stuck: event.reason }
  }
}

function given(
  { documents }: BookedOrder,
  event: { readonly documents: readonly Pick<TravelDocument, 'number' | 'status'>[] },
): BookedOrder['documents'] {
  const statuses = new Map(event.documents.map(({ number, status }) => [number, status]))
  return documents.map(document => ({ ...document, status: statuses.get(document.number) ?? document.status }))
}

/** As the supplier has the flights now. */
export function withSegments(booking: Booking, { segments }: OrderFacts): Booking {
  const statuses = new Map(segments.map(segment => [segment.id, segment.status]))
  const changed = booking.segments.some(segment => (statuses.get(segment.id) ?? segment.status) !== segment.status)
  if (!changed) return booking
  return {
    ...booking,
    segments: booking.segments.map(segment => {
      const status = statuses.get(segment.id) ?? segment.status
      return status === segment.status ? segment : { ...segment, status }
    }),
  }
}
