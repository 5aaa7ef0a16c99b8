import { awaitsReview, type Booking } from './booking.ts'
import type { Announcement } from './booking-store.ts'
import type { BookingEvent } from './events.ts'
import type { BookingStatus } from './port.ts'

/** What others are told of a change: that the booking has another status now, that a hold must be paid, that some passengers
 *  were taken out of it, that a person is needed. Ids and times only. */
export function announcementsOf(
  { id, reference, version, payments }: Booking,
  status: { readonly before: BookingStatus | null; readonly after: BookingStatus },
  events: readonly BookingEvent[],
): readonly Announcement[] {
  const common = { bookingId: id, reference, version, status: status.after }
  const told: Announcement[] = []
  if (status.before !== status.after)
    told.push({ type: `booking.${status.after}`, payload: { ...common, previousStatus: status.before } })
  for (const event of events) {
    if (event.kind === 'order-reminded')
      told.push({ type: 'booking.payment-due', payload: { ...common, ticketBy: event.ticketBy } })
  }
  for (const event of events) {
    if (event.kind === 'order-passengers-cancelled')
      told.push({ type: 'booking.passengers-cancelled', payload: { ...common, passengerIds: event.passengerIds } })
  }
  for (const event of events) {
    if (event.kind === 'payment-disputed') {
      const { id: disputeId, status: dispute } = event.dispute
      const { paymentId } = event
      told.push({ type: 'booking.payment-disputed', payload: { ...common, paymentId, disputeId, dispute } })
    }
  }
  if (events.some(needsPerson) || awaitsPerson(payments, events))
    told.push({ type: 'booking.work-needed', payload: common })
  return told
}

function awaitsPerson(payments: Booking['payments'], events: readonly BookingEvent[]): boolean {
  return events.some(
    event =>
      event.kind === 'payment-authorised' && payments.some(one => one.id === event.paymentId && awaitsReview(one)),
  )
}

function needsPerson(event: BookingEvent): boolean {
  return event.kind.endsWith('-stuck') || (event.kind === 'payment-disputed' && event.dispute.status === 'opened')
}
