import type { EpochMs } from '../core/clock.ts'
import { add, isZero, subtract } from '../core/money.ts'
import {
  type BookedOrder,
  awaitsReview,
  type Booking,
  findOpenWorkItem,
  getPayment,
  type PaymentRisk,
  type WorkItem,
} from './booking.ts'
import { afterPart } from './cancelled-parts.ts'
import type { BookingEvent, OrderEvent, PaymentEvent, RefundEvent } from './events.ts'
import { ordered, withSegments } from './evolve-order.ts'
import { paid, refunded } from './evolve-payment.ts'
import { isUnavailable } from './failures.ts'

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
    workItems: [],
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
    case 'order-reminded':
      return onOrder(booking, event)
    case 'order-passengers-cancelled':
      return afterPart(onOrder(booking, event))
    case 'order-stuck':
      return withWorkItem(onOrder(booking, event), event.orderId, event)
    case 'payment-requested':
      return { ...booking, payments: [...booking.payments, event.payment] }
    case 'payment-authorised': {
      const authorised = onPayment(booking, event)
      const { risk, ...payment } = getPayment(authorised, event.paymentId)
      if (!risk || !awaitsReview({ ...payment, risk })) return authorised
      return withWorkItem(authorised, risk.id, { reason: reviewReason(risk), at: risk.at })
    }
    case 'payment-scored':
    case 'payment-reviewed':
    case 'payment-action-required':
    case 'payment-failed':
    case 'payment-captured':
    case 'payment-voided':
    case 'payment-in-doubt':
    case 'payment-doubt-cleared':
    case 'payment-postponed':
    case 'payment-checked':
      return onPayment(booking, event)
    case 'payment-stuck':
      return withWorkItem(onPayment(booking, event), event.paymentId, event)
    case 'payment-disputed': {
      const { id, status, reason, at } = event.dispute
      const disputed = onPayment(booking, event)
      return status === 'opened' ? withWorkItem(disputed, id, { reason: disputeReason(reason), at }) : disputed
    }
    case 'refund-requested':
      return { ...booking, refunds: [...booking.refunds, event.refund] }
    case 'refund-paid':
      return afterPart(onRefund(booking, event))
    case 'refund-in-doubt':
    case 'refund-doubt-cleared':
    case 'refund-postponed':
    case 'refund-checked':
      return onRefund(booking, event)
    case 'refund-stuck':
      return withWorkItem(onRefund(booking, event), event.refundId, event)
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
    case 'work-item-resolved':
      return resolved(booking, event)
    case 'personal-data-forgotten':
      return booking
  }
}

function reviewReason({ score, factors }: PaymentRisk): string {
  const rules = factors.map(({ rule }) => rule).join(', ')
  return `The payment has a fraud score of ${score} (${rules}): nothing is ordered before a person approves it.`
}

function disputeReason(reason: string): string {
  return `The card's holder disputes the payment (${reason}); answer it at the gateway.`
}

/** The same target may need a person more than once; each time is an item of its own. */
function withWorkItem(
  booking: Booking,
  target: string,
  { reason, at }: { readonly reason: string; readonly at: EpochMs },
): Booking {
  if (findOpenWorkItem(booking, target)) return booking
  const nth = booking.workItems.filter(item => item.target === target).length + 1
  const id: WorkItem['id'] = `wit_${target.slice(target.indexOf('_') + 1)}-${nth}`
  const item: WorkItem = { id, target, reason, openedAt: at, resolvedAt: null, resolution: null }
  return { ...booking, workItems: [...booking.workItems, item] }
}

/** The machine may go on: what is in doubt is still so, and is looked at first. */
function resolved(booking: Booking, event: BookingEvent & { readonly kind: 'work-item-resolved' }): Booking {
  const { workItemId, target, resolution, was, at } = event
  const freed = { stuck: null, tries: 0, checks: 0, notBefore: null }
  const free = <T extends { readonly id: string }>(items: readonly T[]): readonly T[] =>
    items.some(({ id }) => id === target) ? replace(items, target, item => ({ ...item, ...freed })) : items
  // whatever a person gave before was not it
  const locatorsOf = ({ provider, doubt, locators }: BookedOrder): BookedOrder['locators'] => {
    if (resolution.kind === 'found') return [{ owner: provider, locator: resolution.locator }]
    return doubt === 'create' ? [] : locators
  }
  const orders = free(booking.orders).map(order =>
    order.id === target ? { ...order, locators: locatorsOf(order) } : order,
  )
  return {
    ...booking,
    orders: booking.orders.some(({ id }) => id === target) ? orders : booking.orders,
    payments: free(booking.payments),
    refunds: free(booking.refunds),
    workItems: replace(booking.workItems, workItemId, item => ({
      ...item,
      resolvedAt: at,
      resolution: resolution.kind,
      ...(was ? { was } : {}),
    })),
  }
}

function onPayment(booking: Booking, event: Exclude<PaymentEvent, { readonly kind: 'payment-requested' }>): Booking {
  return { ...booking, payments: replace(booking.payments, event.paymentId, payment => paid(payment, event)) }
}

function onOrder(booking: Booking, event: OrderEvent): Booking {
  return { ...booking, orders: replace(booking.orders, event.orderId, order => ordered(order, event)) }
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

function replace<T extends { readonly id: string }>(
  items: readonly T[],
  id: string,
  make: (item: T) => T,
): readonly T[] {
  if (!items.some(item => item.id === id)) throw new Error(`the booking has no ${id}`)
  return items.map(item => (item.id === id ? make(item) : item))
}
