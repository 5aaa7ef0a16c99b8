import { type EpochMs, parseInstant } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import { isZero, type Money, subtract } from '../core/money.ts'
import {
  type Attempt,
  type BookedOrder,
  type BookedRefund,
  type Booking,
  type CancellationQuote,
  findQuote,
  noProgress,
} from './booking.ts'
import { capturedFor, type PartQuote, partUnderWay } from './cancelled-parts.ts'
import { checkedOrder, isLastTry, mayTryAgain, type Sight, stuckReasons } from './decide-rules.ts'
import type { BookingEvent } from './events.ts'
import type { CancelledOutcome, Documents } from './report.ts'
import { holdMarginMs, retryPauseMs } from './saga.ts'

/** What an outcome of a cancellation means for an order, and for the money. */

export function cancelled(
  booking: Booking,
  order: BookedOrder,
  outcome: CancelledOutcome,
  now: EpochMs,
): readonly BookingEvent[] {
  const orderId = order.id
  switch (outcome.kind) {
    case 'cancelled':
      return orderCancelled(booking, order, outcome)
    case 'unknown':
      return [{ kind: 'order-in-doubt', orderId, doubt: 'cancel', since: now }]
    case 'refused': {
      const { goal } = booking
      // one before it that was not answered may be carried out yet
      if (goal.kind === 'cancel' && wasLost(booking, order))
        return [{ kind: 'order-in-doubt', orderId, doubt: 'cancel', since: now }]
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

type Given = { readonly documents: Documents; readonly total?: Money | null }

/** Gone at the supplier, or those are whom it was asked for; in a cancellation the money goes back as quoted. */
export function orderCancelled(
  booking: Booking,
  order: BookedOrder,
  { documents, total = null }: Given,
): readonly BookingEvent[] {
  const orderId = order.id
  const part = partUnderWay(booking)
  if (part) {
    const { passengerIds } = part
    const gone: BookingEvent = { kind: 'order-passengers-cancelled', orderId, passengerIds, documents, total }
    return [gone, ...moneyBack(booking, part)]
  }
  const gone: BookingEvent = { kind: 'order-cancelled', orderId, documents }
  if (booking.goal.kind !== 'cancel') return [gone]
  const quote = findQuote(booking, booking.goal.quoteId)
  return [gone, ...(quote ? moneyBack(booking, quote) : [])]
}

/** The supplier has cancelled the whole order where some were to stay: nothing was quoted to these, they get all of theirs back. */
export function allCancelled(
  booking: Booking,
  order: BookedOrder,
  part: PartQuote,
  documents: Documents,
): readonly BookingEvent[] {
  const gone: BookingEvent = { kind: 'order-cancelled', orderId: order.id, documents }
  return [gone, ...moneyBack(booking, part, subtract(capturedFor(booking), part.penalty))]
}

/** As quoted and accepted, from the payment that was captured. */
function moneyBack(booking: Booking, quote: CancellationQuote, amount = quote.refund): readonly BookingEvent[] {
  const payment = booking.payments.find(({ status }) => status === 'captured' || status === 'partially-refunded')
  if (!payment || isZero(amount)) return []
  const refund: BookedRefund = {
    ...noProgress,
    id: `rfd_${quote.id.slice('cnq_'.length)}`,
    paymentId: payment.id,
    quoteId: quote.id,
    amount,
    refundedBefore: payment.refunded,
    status: 'pending',
  }
  return [{ kind: 'refund-requested', refund }]
}

/** What became of a cancellation whose answer was lost. */
export function cancellationSeen(
  booking: Booking,
  order: BookedOrder,
  sight: Sight,
  now: EpochMs,
): readonly BookingEvent[] {
  const part = partUnderWay(booking)
  if (part) return partSeen(booking, order, { part, sight }, now)
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight)
  if (sight.kind === 'absent')
    return sight.settled ? orderCancelled(booking, order, { documents: [] }) : [checkedOrder(order, null, now)]
  return stillLive(booking, order, sight, now)
}

type LiveSight = Extract<Sight, { readonly kind: 'live' }>

/** Asked again; refused after an answer was lost, it is refused once nothing can come any more. */
function stillLive(booking: Booking, order: BookedOrder, sight: LiveSight, now: EpochMs): readonly BookingEvent[] {
  const { goal } = booking
  const refusal = callsToCancel(booking, order).at(-1)
  if (goal.kind !== 'cancel' || refusal?.outcome !== 'refused' || !refusal.fault) return cancelAgain(order, now)
  if (!sight.settled) return [checkedOrder(order, null, now)]
  // done by half: tickets given back, seats not
  if (sight.facts.status !== order.status)
    return [{ kind: 'order-stuck', orderId: order.id, reason: stuckReasons['cancel-order'], at: now }]
  return [
    { kind: 'order-seen', orderId: order.id, facts: sight.facts },
    { kind: 'cancellation-refused', quoteId: goal.quoteId, fault: refusal.fault },
  ]
}

function wasLost(booking: Booking, order: BookedOrder): boolean {
  return callsToCancel(booking, order).some(({ outcome }) => outcome === 'unknown')
}

/** With nothing else in between. */
function callsToCancel({ attempts }: Booking, { id }: BookedOrder): readonly Attempt[] {
  return attempts.slice(attempts.findLastIndex(one => one.step !== 'cancel-order' || one.target !== id) + 1)
}

type PartSight = { readonly part: PartQuote; readonly sight: Sight }

/** An order that is gone as a whole is for a person, since the others paid for their seats; of a hold there is no more to it. */
function partSeen(
  booking: Booking,
  order: BookedOrder,
  { part, sight }: PartSight,
  now: EpochMs,
): readonly BookingEvent[] {
  const stuck = (reason: string): BookingEvent => ({ kind: 'order-stuck', orderId: order.id, reason, at: now })
  if (sight.kind === 'absent' && !sight.settled) return [checkedOrder(order, null, now)]
  if (sight.kind !== 'live') {
    const documents = sight.kind === 'cancelled' ? sight.documents : []
    if (part.kind !== 'release')
      return [stuck(stuckReasons[sight.kind === 'absent' ? 'no-such-order' : 'more-cancelled'])]
    return [
      { kind: 'order-cancelled', orderId: order.id, documents },
      { kind: 'goal-changed', goal: { kind: 'hold' } },
    ]
  }
  const { cancelledPassengerIds = [], documents, total } = sight.facts
  if (!part.passengerIds.every(id => cancelledPassengerIds.includes(id))) return stillLive(booking, order, sight, now)
  const known = [...part.passengerIds, ...(order.cancelledPassengerIds ?? [])]
  // a ticket of who stays may be gone without the seat
  if (cancelledPassengerIds.some(id => !known.includes(id)) || sight.facts.status !== order.status)
    return [stuck(stuckReasons['more-cancelled'])]
  const theirs = documents.filter(({ passengerId }) => passengerId !== null && part.passengerIds.includes(passengerId))
  return orderCancelled(booking, order, { documents: theirs.map(({ number, status }) => ({ number, status })), total })
}

function cancelAgain(order: BookedOrder, now: EpochMs): readonly BookingEvent[] {
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
