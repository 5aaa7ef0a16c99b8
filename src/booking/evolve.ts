import { add, isZero, subtract } from '../core/money.ts'
import { type BookedOrder, type BookedPayment, type BookedRefund, type Booking, noProgress } from './booking.ts'
import { isUnavailable } from './failures.ts'
import type { BookingEvent, OrderEvent, OrderFacts, PaymentEvent, RefundEvent } from './events.ts'

/** Pure: a booking and what happened -> the booking now. What an event does not touch stays the same object, so that a
 *  store sees by identity what to write. */
export function evolve(booking: Booking | undefined, event: BookingEvent): Booking {
  if (event.kind === 'booking-started') return started(event)
  if (!booking) throw new Error(`${event.kind} of a booking that has not started`)
  return { ...change(booking, event), version: booking.version + 1 }
}

export function evolveAll(booking: Booking | undefined, events: readonly BookingEvent[]): Booking {
  let now = booking
  for (const event of events) now = evolve(now, event)
  if (!now) throw new Error('no events')
  return now
}

function started(event: BookingEvent & { readonly kind: 'booking-started' }): Booking {
  return {
    id: event.id,
    tenant: event.tenant,
    reference: event.reference,
    version: 1,
    createdAt: event.at,
    goal: event.goal,
    sale: event.sale,
    passengers: event.passengers,
    segments: event.segmentIds.map(id => ({ id, status: null })),
    orders: event.orders,
    payments: event.payments,
    refunds: [],
    quotes: [],
    attempts: [],
  }
}

function change(booking: Booking, event: Exclude<BookingEvent, { readonly kind: 'booking-started' }>): Booking {
  switch (event.kind) {
    case 'attempt-started':
      return { ...booking, attempts: [...booking.attempts, event.attempt] }
    case 'attempt-ended': {
      const { outcome, fault } = event
      const attempts = replace(booking.attempts, event.attemptId, attempt => ({ ...attempt, outcome, fault }))
      return { ...booking, attempts }
    }
    case 'goal-changed':
      return { ...booking, goal: event.goal }
    case 'order-seen':
      return withSegments(onOrder(booking, event), event.facts)
    case 'order-absent':
    case 'order-cancelled':
    case 'order-in-doubt':
    case 'order-postponed':
    case 'order-checked':
    case 'order-stuck':
      return onOrder(booking, event)
    case 'payment-requested':
      return { ...booking, payments: [...booking.payments, event.payment] }
    case 'payment-authorised':
    case 'payment-action-required':
    case 'payment-failed':
    case 'payment-captured':
    case 'payment-voided':
    case 'payment-in-doubt':
    case 'payment-doubt-cleared':
    case 'payment-postponed':
    case 'payment-checked':
    case 'payment-stuck':
      return { ...booking, payments: replace(booking.payments, event.paymentId, payment => paid(payment, event)) }
    case 'refund-requested':
      return { ...booking, refunds: [...booking.refunds, event.refund] }
    case 'refund-paid':
    case 'refund-in-doubt':
    case 'refund-doubt-cleared':
    case 'refund-postponed':
    case 'refund-checked':
    case 'refund-stuck':
      return onRefund(booking, event)
    case 'cancellation-quoted':
      return { ...booking, quotes: [...booking.quotes, event.quote] }
    case 'cancellation-confirmed': {
      const quotes = replace(booking.quotes, event.quoteId, quote => ({
        ...quote,
        status: 'confirmed' as const,
        fault: null,
      }))
      return { ...booking, quotes, goal: { kind: 'cancel', quoteId: event.quoteId, before: booking.goal } }
    }
    case 'cancellation-refused': {
      // it did not reach the supplier: the same quote may be confirmed later
      const status = isUnavailable(event.fault.kind) ? ('open' as const) : ('refused' as const)
      const refused = { status, fault: event.fault }
      const quotes = replace(booking.quotes, event.quoteId, quote => ({ ...quote, ...refused }))
      return { ...booking, quotes, goal: booking.goal.kind === 'cancel' ? booking.goal.before : booking.goal }
    }
    case 'personal-data-forgotten':
      return booking
  }
}

function onOrder(booking: Booking, event: OrderEvent): Booking {
  return { ...booking, orders: replace(booking.orders, event.orderId, order => ordered(order, event)) }
}

function ordered(order: BookedOrder, event: OrderEvent): BookedOrder {
  switch (event.kind) {
    case 'order-seen': {
      const { status, locators, ticketBy, total, documents } = event.facts
      return { ...order, ...noProgress, status, locators, ticketBy, total, documents }
    }
    case 'order-absent':
      return { ...order, ...noProgress, status: 'absent' }
    case 'order-cancelled': {
      const statuses = new Map(event.documents.map(document => [document.number, document.status]))
      const documents = order.documents.map(document => ({
        ...document,
        status: statuses.get(document.number) ?? document.status,
      }))
      return { ...order, ...noProgress, status: 'cancelled', documents }
    }
    case 'order-in-doubt':
      return { ...order, doubt: event.doubt, doubtSince: event.since, checks: 0, notBefore: null }
    case 'order-postponed':
      return { ...order, doubt: null, doubtSince: null, tries: order.tries + 1, notBefore: event.notBefore }
    case 'order-checked':
      return { ...order, checks: order.checks + 1, notBefore: event.notBefore }
    case 'order-stuck':
      return { ...order, stuck: event.reason }
  }
}

function withSegments(booking: Booking, { segments }: OrderFacts): Booking {
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

function paid(payment: BookedPayment, event: PaymentEvent): BookedPayment {
  switch (event.kind) {
    case 'payment-authorised': {
      const { gatewayPaymentId } = event
      return { ...payment, ...noProgress, status: 'authorised', gatewayPaymentId, action: null }
    }
    case 'payment-action-required': {
      const { gatewayPaymentId, action, notBefore } = event
      return { ...payment, ...noProgress, status: 'action-required', gatewayPaymentId, action, notBefore }
    }
    case 'payment-failed':
      return { ...payment, ...noProgress, status: 'failed', action: null, fault: event.fault }
    case 'payment-captured':
      return { ...payment, ...noProgress, status: 'captured' }
    case 'payment-voided':
      return { ...payment, ...noProgress, status: 'voided', action: null }
    case 'payment-in-doubt':
      return { ...payment, doubt: event.doubt, doubtSince: event.since, checks: 0, notBefore: null }
    case 'payment-doubt-cleared':
      return { ...payment, doubt: null, doubtSince: null, tries: payment.tries + 1 }
    case 'payment-postponed':
      return { ...payment, doubt: null, doubtSince: null, tries: payment.tries + 1, notBefore: event.notBefore }
    case 'payment-checked':
      return { ...payment, checks: payment.checks + 1, notBefore: event.notBefore }
    case 'payment-stuck':
      return { ...payment, stuck: event.reason }
    case 'payment-requested':
      return payment
  }
}

function onRefund(booking: Booking, event: Exclude<RefundEvent, { readonly kind: 'refund-requested' }>): Booking {
  const refunds = replace(booking.refunds, event.refundId, refund => refunded(refund, event))
  if (event.kind !== 'refund-paid') return { ...booking, refunds }
  const refund = refunds.find(one => one.id === event.refundId)!
  const payments = replace(booking.payments, refund.paymentId, payment => {
    const sum = add(payment.refunded, refund.amount)
    const whole = isZero(subtract(payment.amount, sum))
    return { ...payment, refunded: sum, status: whole ? ('refunded' as const) : ('partially-refunded' as const) }
  })
  return { ...booking, refunds, payments }
}

function refunded(
  refund: BookedRefund,
  event: Exclude<RefundEvent, { readonly kind: 'refund-requested' }>,
): BookedRefund {
  switch (event.kind) {
    case 'refund-paid':
      return { ...refund, ...noProgress, status: 'done' }
    case 'refund-in-doubt':
      return { ...refund, doubt: 'refund', doubtSince: event.since, checks: 0, notBefore: null }
    case 'refund-doubt-cleared':
      return { ...refund, doubt: null, doubtSince: null, tries: refund.tries + 1 }
    case 'refund-postponed':
      return { ...refund, doubt: null, doubtSince: null, tries: refund.tries + 1, notBefore: event.notBefore }
    case 'refund-checked':
      return { ...refund, checks: refund.checks + 1, notBefore: event.notBefore }
    case 'refund-stuck':
      return { ...refund, stuck: event.reason }
  }
}

function replace<T extends { readonly id: string }>(
  items: readonly T[],
  id: string,
  make: (item: T) => T,
): readonly T[] {
  if (!items.some(item => item.id === id)) throw new Error(`the booking has no ${id}`)
  return items.map(item => (item.id === id ? make(item) : item))
}
