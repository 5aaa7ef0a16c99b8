import { type EpochMs, type Instant, parseInstant } from '../core/clock.ts'
import {
  awaitsReview,
  type Attempt,
  type BookedOrder,
  type BookedPayment,
  type Booking,
  type Failure,
  findOpenAttempt,
  findQuote,
  getPayment,
  isLive,
  type Progress,
} from './booking.ts'
import { isGone } from './cancelled-parts.ts'
import { mayBeReserved } from './decide-rules.ts'
import { holdMarginMs, paymentWindowMs, releaseMarginMs, remindersMs, type StepName } from './saga.ts'

/** Pure: what a booking needs now. */
export type Action =
  | { readonly kind: 'perform'; readonly step: StepName; readonly target: string }
  /** Nothing before `until`. */
  | { readonly kind: 'wait'; readonly until: EpochMs }
  /** Whoever made this call is gone, or its answer is. */
  | { readonly kind: 'lose'; readonly attempt: Attempt }
  | { readonly kind: 'give-up'; readonly failure: Failure }
  /** To be said that this held order must be paid. */
  | { readonly kind: 'remind'; readonly order: BookedOrder; readonly ticketBy: Instant }
  /** The end, or a state that only a person or a caller moves on. */
  | { readonly kind: 'rest' }

const rest: Action = { kind: 'rest' }

export function next(booking: Booking, now: EpochMs): Action {
  const open = findOpenAttempt(booking)
  if (open) return now >= open.until ? { kind: 'lose', attempt: open } : { kind: 'wait', until: open.until }
  return clearUp(booking, now) ?? pursue(booking, now)
}

/** While anything is in doubt nothing else is done: neither money nor seats are released blindly. */
function clearUp(booking: Booking, now: EpochMs): Action | undefined {
  for (const order of booking.orders) {
    if (order.doubt) return due(order, now, 'check-order') ?? rest
  }
  for (const payment of booking.payments) {
    if (payment.doubt) return due(payment, now, 'check-payment') ?? rest
  }
  for (const refund of booking.refunds) {
    if (refund.doubt) return due(refund, now, 'check-refund') ?? rest
  }
  return undefined
}

function pursue(booking: Booking, now: EpochMs): Action {
  switch (booking.goal.kind) {
    case 'hold':
      return hold(booking, now)
    case 'book':
      return book(booking, getPayment(booking, booking.goal.paymentId), now)
    case 'undo':
      return undo(booking, now)
    case 'cancel':
      return cancel(booking, booking.goal.quoteId, now)
  }
}

function hold(booking: Booking, now: EpochMs): Action {
  const pending = booking.orders.find(order => order.status === 'pending')
  if (pending) return due(pending, now, 'create-order') ?? rest
  // of a payment that did not come about
  const leftover = booking.payments.find(payment => isHeld(payment) && !payment.stuck)
  if (leftover) return due(leftover, now, 'void') ?? rest
  for (const order of booking.orders) {
    const action = order.status === 'held' ? whileHeld(booking, order, now) : undefined
    if (action) return action
  }
  return rest
}

/** Reminders, then the release in good time, and where the supplier would not, a look after the limit. */
function whileHeld({ createdAt }: Booking, order: BookedOrder, now: EpochMs): Action | undefined {
  const limit = order.ticketBy === null ? undefined : parseInstant(order.ticketBy)
  if (limit === undefined) return undefined
  if (now >= limit + holdMarginMs) return due(order, now, 'check-order')
  const releaseAt = limit - releaseMarginMs(limit - createdAt)
  if (now >= releaseAt) return due(order, now, 'cancel-order') ?? { kind: 'wait', until: limit + holdMarginMs }
  const since = order.remindedAt ?? createdAt
  const reminders = remindersMs.map(ms => limit - ms).filter(at => at > since)
  // of several that were slept through the last one is enough
  if (reminders.some(at => at <= now)) return { kind: 'remind', order, ticketBy: order.ticketBy! }
  return { kind: 'wait', until: Math.min(releaseAt, ...reminders) }
}

function book(booking: Booking, payment: BookedPayment, now: EpochMs): Action {
  switch (payment.status) {
    case 'pending':
      if (areSeatsGone(booking) && !mayBeReserved(booking, payment)) return seatsGone()
      // one that may have reached the gateway ends only with the gateway's word
      if (now > payment.startedAt + paymentWindowMs && !mayBeReserved(booking, payment)) return lapsed()
      return due(payment, now, 'authorise') ?? rest
    case 'action-required':
      if (now > payment.startedAt + paymentWindowMs) return lapsed()
      return due(payment, now, 'check-payment') ?? rest
    case 'authorised':
      if (awaitsReview(payment) && !areSeatsGone(booking)) return reviewed(booking, now)
      return bookOrders(booking, payment, now)
    case 'captured':
    case 'partially-refunded':
    case 'refunded':
    case 'voided':
    case 'failed':
      return rest
  }
}

/** Money that is only reserved waits for a person, until the flight leaves. */
function reviewed({ sale }: Booking, now: EpochMs): Action {
  if (now < sale.departsAt) return { kind: 'wait', until: sale.departsAt }
  return giveUp('payment-declined', 'The payment could not be checked in time.')
}

function bookOrders(booking: Booking, payment: BookedPayment, now: EpochMs): Action {
  if (areSeatsGone(booking)) return seatsGone()
  const { orders, sale } = booking
  const unfinished = orders.find(order => order.status !== 'ticketed')
  if (!unfinished) return due(payment, now, 'capture') ?? rest
  if (unfinished.status === 'pending') return due(unfinished, now, 'create-order') ?? rest
  if (unfinished.status === 'partly-ticketed') return rest
  if (now >= sale.departsAt) return giveUp('booking-failed', 'The flight has left before a ticket was issued.')
  return due(unfinished, now, 'issue-tickets') ?? rest
}

/** Seats first, then money: a ticket that cannot be given back keeps its money for a person to decide. */
function undo(booking: Booking, now: EpochMs): Action {
  for (const order of booking.orders) {
    const action = isLive(order) ? due(order, now, 'cancel-order') : undefined
    if (action) return action
  }
  if (booking.orders.some(order => isLive(order) && order.status !== 'held')) return rest
  return letMoneyGo(booking, now)
}

function cancel(booking: Booking, quoteId: string, now: EpochMs): Action {
  const quote = findQuote(booking, quoteId)
  const order = booking.orders.find(one => one.id === quote?.orderId)
  if (quote && order && isLive(order) && !isGone(order, quote)) return due(order, now, 'cancel-order') ?? rest
  const refund = booking.refunds.find(one => one.status === 'pending' && !one.stuck)
  if (refund) return due(refund, now, 'refund') ?? rest
  return letMoneyGo(booking, now)
}

function letMoneyGo(booking: Booking, now: EpochMs): Action {
  const held = booking.payments.find(payment => isHeld(payment) && !payment.stuck)
  return (held && due(held, now, 'void')) ?? rest
}

export function isHeld(payment: BookedPayment): boolean {
  return payment.status === 'authorised' || payment.status === 'action-required'
}

/** Undefined where no machine can go on with it. */
function due(item: Progress<string> & { readonly id: string }, now: EpochMs, step: StepName): Action | undefined {
  if (item.stuck) return undefined
  if (item.notBefore !== null && item.notBefore > now) return { kind: 'wait', until: item.notBefore }
  return { kind: 'perform', step, target: item.id }
}

function areSeatsGone({ orders }: Booking): boolean {
  return orders.some(({ status }) => status === 'absent' || status === 'cancelled')
}

function seatsGone(): Action {
  return giveUp('booking-failed', 'The supplier no longer holds the seats.')
}

function lapsed(): Action {
  return giveUp('payment-declined', 'The payment was not confirmed in time.')
}

function giveUp(problem: Failure['problem'], detail: string): Action {
  return { kind: 'give-up', failure: { problem, detail, fault: null } }
}

/** When to look again without being asked; null: never. */
export function wakeAt(booking: Booking, now: EpochMs): EpochMs | null {
  const action = next(booking, now)
  switch (action.kind) {
    case 'rest':
      return null
    case 'wait':
      return action.until
    case 'perform':
    case 'lose':
    case 'give-up':
    case 'remind':
      return now
  }
}
