import { type Booking, findQuote, getPayment, isLive } from './booking.ts'
import { doneParts } from './cancelled-parts.ts'
import { isHeld } from './next.ts'
import type { BookingStatus } from './port.ts'

/** The states of all documents in the one word that a front end shows. */
export function statusOf(booking: Booking): BookingStatus {
  if (isUncertain(booking)) return 'outcome-unknown'
  switch (booking.goal.kind) {
    case 'hold':
      return holdStatus(booking)
    case 'book':
      return bookStatus(booking, booking.goal.paymentId)
    case 'undo':
      return booking.orders.some(isLive) || booking.payments.some(isHeld) ? 'pending' : 'failed'
    case 'cancel':
      return cancelStatus(booking, booking.goal.quoteId)
  }
}

/** Something was asked and nobody knows yet whether it was done, or no machine can finish it. */
function isUncertain({ orders, payments, refunds }: Booking): boolean {
  return [...orders, ...payments, ...refunds].some(item => item.doubt !== null || item.stuck !== null)
}

/** For the front end: why a booking is not finished. */
export function uncertainty({ orders, payments, refunds }: Booking): string | null {
  for (const item of [...orders, ...payments, ...refunds]) {
    if (item.stuck) return item.stuck
    if (item.doubt) return reasons[item.doubt]
  }
  return null
}

const reasons = {
  create: 'The supplier has not said whether the order was made; we are finding out.',
  ticket: 'The supplier has not said whether the tickets were issued; we are finding out.',
  cancel: 'The supplier has not said whether the order was cancelled; we are finding out.',
  authorise: 'The payment gateway has not said whether the payment was accepted; we are finding out.',
  capture: 'The payment gateway has not said whether the payment was collected; we are finding out.',
  void: 'The payment gateway has not said whether the payment was let go; we are finding out.',
  refund: 'The payment gateway has not said whether the refund was paid; we are finding out.',
} as const

function holdStatus({ orders, payments }: Booking): BookingStatus {
  if (orders.every(order => order.status === 'held')) return 'held'
  // a payment that did not come about is let go first
  return orders.every(order => order.status === 'cancelled') && !payments.some(isHeld) ? 'cancelled' : 'pending'
}

function bookStatus(booking: Booking, paymentId: string): BookingStatus {
  const payment = getPayment(booking, paymentId)
  switch (payment.status) {
    case 'action-required':
      return 'action-required'
    case 'pending':
      // being paid: not to be paid or cancelled beside it
      return 'pending'
    case 'voided':
    case 'failed':
      return booking.orders.every(order => order.status === 'held') ? 'held' : 'pending'
    case 'authorised':
      return booking.orders.every(isLive) ? 'confirmed' : 'pending'
    case 'captured':
    case 'partially-refunded':
    case 'refunded':
      return booking.orders.every(order => order.status === 'ticketed') ? 'ticketed' : 'confirmed'
  }
}

function cancelStatus(booking: Booking, quoteId: string): BookingStatus {
  const unfinished =
    booking.orders.some(isLive) ||
    booking.payments.some(isHeld) ||
    booking.refunds.some(refund => refund.status === 'pending')
  if (unfinished) return 'pending'
  const quotes = [...doneParts(booking), findQuote(booking, quoteId)]
  return quotes.some(quote => quote?.kind === 'refund') ? 'refunded' : 'cancelled'
}

/** Nothing moves it on but a caller, and a replay of its answer stays true. */
export function isSettled(status: BookingStatus): boolean {
  switch (status) {
    case 'held':
    case 'ticketed':
    case 'failed':
    case 'cancelled':
    case 'refunded':
      return true
    case 'pending':
    case 'confirmed':
    case 'action-required':
    case 'outcome-unknown':
      return false
  }
}
