import { type EpochMs, parseInstant } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import { isZero } from '../core/money.ts'
import {
  type BookedOrder,
  type BookedRefund,
  type Booking,
  type CancellationQuote,
  findQuote,
  isLive,
  noProgress,
} from './booking.ts'
import { isLastTry, mayTryAgain, stuckReasons } from './decide-rules.ts'
import type { BookingEvent, OrderFacts } from './events.ts'
import { failureOf } from './failures.ts'
import type { CancelledOutcome, Documents, OrderOutcome, SightOutcome } from './report.ts'
import { checkPauseMs, checksMax, holdMarginMs, retryPauseMs } from './saga.ts'

/** What an outcome means for an order at a supplier. */

export function created({ id }: BookedOrder, outcome: OrderOutcome, now: EpochMs): readonly BookingEvent[] {
  switch (outcome.kind) {
    case 'done':
      return seen(id, outcome.facts, now)
    case 'refused':
      return [
        { kind: 'order-absent', orderId: id, fault: outcome.fault },
        { kind: 'goal-changed', goal: { kind: 'undo', failure: failureOf('create-order', outcome.fault) } },
      ]
    case 'unknown':
      return [{ kind: 'order-in-doubt', orderId: id, doubt: 'create', since: now }]
  }
}

function seen(orderId: BookedOrder['id'], facts: OrderFacts, now: EpochMs): readonly BookingEvent[] {
  const event: BookingEvent = { kind: 'order-seen', orderId, facts }
  if (facts.status !== 'partly-ticketed') return [event]
  return [event, { kind: 'order-stuck', orderId, reason: stuckReasons['partly-ticketed'], at: now }]
}

export function ticketed(
  order: BookedOrder,
  outcome: OrderOutcome & { readonly retryable?: boolean },
  now: EpochMs,
): readonly BookingEvent[] {
  const orderId = order.id
  switch (outcome.kind) {
    case 'done':
      if (outcome.facts.status === 'held') return [{ kind: 'order-in-doubt', orderId, doubt: 'ticket', since: now }]
      return seen(orderId, outcome.facts, now)
    case 'unknown':
      return [{ kind: 'order-in-doubt', orderId, doubt: 'ticket', since: now }]
    case 'refused': {
      const again = outcome.retryable === true || mayTryAgain(outcome.fault)
      return again ? ticketAgain(order, outcome.fault, now) : ticketingRefused(outcome.fault)
    }
  }
}

function ticketAgain(order: BookedOrder, fault: Fault | null, now: EpochMs): readonly BookingEvent[] {
  if (isLastTry(order, 'issue-tickets')) return ticketingRefused(fault)
  const notBefore = now + retryPauseMs('issue-tickets', order.tries)
  return [{ kind: 'order-postponed', orderId: order.id, notBefore, fault }]
}

function ticketingRefused(fault: Fault | null): readonly BookingEvent[] {
  return [{ kind: 'goal-changed', goal: { kind: 'undo', failure: failureOf('issue-tickets', fault) } }]
}

export function cancelled(
  booking: Booking,
  order: BookedOrder,
  outcome: CancelledOutcome,
  now: EpochMs,
): readonly BookingEvent[] {
  const orderId = order.id
  switch (outcome.kind) {
    case 'cancelled':
      return orderCancelled(booking, order, outcome.documents)
    case 'unknown':
      return [{ kind: 'order-in-doubt', orderId, doubt: 'cancel', since: now }]
    case 'refused': {
      const { goal } = booking
      if (goal.kind === 'cancel') return [{ kind: 'cancellation-refused', quoteId: goal.quoteId, fault: outcome.fault }]
      if (goal.kind === 'hold') return [notReleased(order, outcome.fault, now)]
      if (!mayTryAgain(outcome.fault) || isLastTry(order, 'cancel-order'))
        return [{ kind: 'order-stuck', orderId, reason: stuckReasons['cancel-order'], at: now }]
      const notBefore = now + retryPauseMs('cancel-order', order.tries)
      return [{ kind: 'order-postponed', orderId, notBefore, fault: outcome.fault }]
    }
  }
}

/** A hold that the supplier does not give back runs out by itself. */
function notReleased(order: BookedOrder, fault: Fault, now: EpochMs): BookingEvent {
  const limit = (order.ticketBy === null ? undefined : parseInstant(order.ticketBy)) ?? now
  const again = mayTryAgain(fault) && !isLastTry(order, 'cancel-order')
  const notBefore = again ? now + retryPauseMs('cancel-order', order.tries) : Math.max(now, limit + holdMarginMs)
  return { kind: 'order-postponed', orderId: order.id, notBefore, fault }
}

/** Gone at the supplier; in a cancellation the money goes back as quoted. */
export function orderCancelled(booking: Booking, order: BookedOrder, documents: Documents): readonly BookingEvent[] {
  const gone: BookingEvent = { kind: 'order-cancelled', orderId: order.id, documents }
  if (booking.goal.kind !== 'cancel') return [gone]
  const quote = findQuote(booking, booking.goal.quoteId)
  return [gone, ...(quote ? moneyBack(booking, quote) : [])]
}

/** As quoted and accepted, from the payment that was captured. */
function moneyBack(booking: Booking, quote: CancellationQuote): readonly BookingEvent[] {
  const payment = booking.payments.find(({ status }) => status === 'captured' || status === 'partially-refunded')
  if (!payment || isZero(quote.refund)) return []
  const refund: BookedRefund = {
    ...noProgress,
    id: `rfd_${quote.id.slice('cnq_'.length)}`,
    paymentId: payment.id,
    quoteId: quote.id,
    amount: quote.refund,
    refundedBefore: payment.refunded,
    status: 'pending',
  }
  return [{ kind: 'refund-requested', refund }]
}

export function orderSeen(
  booking: Booking,
  order: BookedOrder,
  outcome: SightOutcome,
  now: EpochMs,
): readonly BookingEvent[] {
  const orderId = order.id
  if (outcome.kind === 'failed') {
    const hopeless = outcome.fault.kind === 'not-supported'
    return [checkedOrder(order, outcome.fault, now, hopeless)]
  }
  if (outcome.kind === 'several')
    return [{ kind: 'order-stuck', orderId, reason: stuckReasons['several-orders'], at: now }]
  switch (order.doubt) {
    case 'create':
      return creationSeen(order, outcome, now)
    case 'ticket':
      return ticketsSeen(booking, order, outcome, now)
    case 'cancel':
      return cancellationSeen(booking, order, outcome, now)
    case null:
      return stillThere(booking, order, outcome, now)
  }
}

type Sight = Exclude<SightOutcome, { readonly kind: 'failed' | 'several' }>

/** Found: ours. Absence is no proof before the settle time has passed. */
function creationSeen(order: BookedOrder, sight: Sight, now: EpochMs): readonly BookingEvent[] {
  if (sight.kind === 'live') return seen(order.id, sight.facts, now)
  if (sight.kind === 'absent' && order.locators.length > 0)
    return [{ kind: 'order-stuck', orderId: order.id, reason: stuckReasons['no-such-order'], at: now }]
  if (!sight.settled) return [checkedOrder(order, null, now)]
  const failure = failureOf('create-order', null)
  return [
    { kind: 'order-absent', orderId: order.id, fault: neverMade },
    { kind: 'goal-changed', goal: { kind: 'undo', failure } },
  ]
}

const neverMade: Fault = {
  kind: 'timeout',
  code: null,
  text: 'The supplier did not answer, and has not made the order.',
  mayHaveBooked: false,
  retryAfterMs: null,
}

function ticketsSeen(booking: Booking, order: BookedOrder, sight: Sight, now: EpochMs): readonly BookingEvent[] {
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight.documents)
  if (sight.kind === 'absent') return [checkedOrder(order, null, now)]
  if (sight.facts.status !== 'held') return seen(order.id, sight.facts, now)
  if (!sight.settled) return [checkedOrder(order, null, now)]
  // it is known to have no tickets: while it stayed in doubt it was looked at for ever
  if (isLastTry(order, 'issue-tickets')) return [...seen(order.id, sight.facts, now), ...ticketingRefused(null)]
  return ticketAgain(order, null, now)
}

function cancellationSeen(booking: Booking, order: BookedOrder, sight: Sight, now: EpochMs): readonly BookingEvent[] {
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight.documents)
  if (sight.kind === 'absent')
    return sight.settled ? orderCancelled(booking, order, []) : [checkedOrder(order, null, now)]
  if (isLastTry(order, 'cancel-order'))
    return [{ kind: 'order-stuck', orderId: order.id, reason: stuckReasons['cancel-order'], at: now }]
  return [
    {
      kind: 'order-postponed',
      orderId: order.id,
      notBefore: now + retryPauseMs('cancel-order', order.tries),
      fault: null,
    },
  ]
}

/** A hold past its time limit: gone at the supplier, or not yet. */
function stillThere(booking: Booking, order: BookedOrder, sight: Sight, now: EpochMs): readonly BookingEvent[] {
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight.documents)
  if (sight.kind === 'absent') return isLive(order) ? orderCancelled(booking, order, []) : []
  if (sight.facts.status !== order.status) return seen(order.id, sight.facts, now)
  return [checkedOrder(order, null, now)]
}

/** `hopeless`: asking again cannot help. */
function checkedOrder(order: BookedOrder, fault: Fault | null, now: EpochMs, hopeless = false): BookingEvent {
  const orderId = order.id
  if ((order.doubt && hopeless) || order.checks + 1 >= checksMax) {
    const steps = { create: 'create-order', ticket: 'issue-tickets', cancel: 'cancel-order' } as const
    // a hold past its time limit is not called held any longer than that
    return { kind: 'order-stuck', orderId, reason: stuckReasons[order.doubt ? steps[order.doubt] : 'hold'], at: now }
  }
  return { kind: 'order-checked', orderId, notBefore: now + checkPauseMs(order.checks), fault }
}
