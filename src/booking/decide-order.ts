import type { EpochMs } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import { type BookedOrder, type Booking, isLive } from './booking.ts'
import { cancellationSeen, orderCancelled } from './decide-cancellation.ts'
import { checkedOrder, isLastTry, mayTryAgain, type Sight, stuckReasons } from './decide-rules.ts'
import type { BookingEvent, OrderFacts } from './events.ts'
import { failureOf } from './failures.ts'
import type { OrderOutcome, SightOutcome } from './report.ts'
import { retryPauseMs } from './saga.ts'

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
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight)
  if (sight.kind === 'absent') return [checkedOrder(order, null, now)]
  if (sight.facts.status !== 'held') return seen(order.id, sight.facts, now)
  if (!sight.settled) return [checkedOrder(order, null, now)]
  // it is known to have no tickets: while it stayed in doubt it was looked at for ever
  if (isLastTry(order, 'issue-tickets')) return [...seen(order.id, sight.facts, now), ...ticketingRefused(null)]
  return ticketAgain(order, null, now)
}

/** A hold past its time limit: gone at the supplier, or not yet. */
function stillThere(booking: Booking, order: BookedOrder, sight: Sight, now: EpochMs): readonly BookingEvent[] {
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight)
  if (sight.kind === 'absent') return isLive(order) ? orderCancelled(booking, order, { documents: [] }) : []
  if (sight.facts.status !== order.status) return seen(order.id, sight.facts, now)
  return [checkedOrder(order, null, now)]
}
