import type { EpochMs } from '../core/clock.ts'
import { type Booking, getOrder, getPayment, getRefund } from './booking.ts'
import { cancelled } from './decide-cancellation.ts'
import { created, orderSeen, ticketed } from './decide-order.ts'
import { authorised, captured, paymentSeen, refunded, refundSeen, voided } from './decide-payment.ts'
import type { BookingEvent } from './events.ts'
import type { Report } from './report.ts'

/** Pure: what a report means for the booking. Refused is definite; unknown is a doubt, cleared up before anything else. */
export function decide(booking: Booking, report: Report, now: EpochMs): readonly BookingEvent[] {
  switch (report.step) {
    case 'authorise':
      return authorised(booking, getPayment(booking, report.target), report.outcome, now)
    case 'capture':
      return captured(getPayment(booking, report.target), report.outcome, now)
    case 'void':
      return voided(getPayment(booking, report.target), report.outcome, now)
    case 'refund':
      return refunded(getRefund(booking, report.target), report.outcome, now)
    case 'create-order':
      return created(getOrder(booking, report.target), report.outcome, now)
    case 'issue-tickets':
      return ticketed(getOrder(booking, report.target), report.outcome, now)
    case 'cancel-order':
      return cancelled(booking, getOrder(booking, report.target), report.outcome, now)
    case 'check-payment':
      return paymentSeen(booking, getPayment(booking, report.target), report.outcome, now)
    case 'check-refund':
      return refundSeen(getRefund(booking, report.target), report.outcome, now)
    case 'check-order':
      return orderSeen(booking, getOrder(booking, report.target), report.outcome, now)
  }
}
