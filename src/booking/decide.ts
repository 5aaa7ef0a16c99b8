import type { EpochMs } from '../core/clock.ts'
import { type Fault, isOutage } from '../core/fault.ts'
import { isZero } from '../core/money.ts'
import type { DocumentStatus } from '../core/order.ts'
import type { AuthoriseOutcome, FindPaymentOutcome, MoveOutcome } from '../payments/port.ts'
import {
  type BookedOrder,
  type BookedPayment,
  type BookedRefund,
  type Booking,
  type CancellationQuote,
  type Failure,
  findQuote,
  getOrder,
  getPayment,
  getRefund,
  isLive,
  noProgress,
} from './booking.ts'
import type { BookingEvent, OrderFacts } from './events.ts'
import { failureOf } from './failures.ts'
import { actionPauseMs, checkPauseMs, checksMax, retryPauseMs, saga, type StepName } from './saga.ts'

/** What came back from a step, freed of names and of what only the supplier understands. */
export type Report =
  | { readonly step: 'authorise'; readonly target: string; readonly outcome: AuthoriseOutcome }
  | { readonly step: 'capture' | 'void' | 'refund'; readonly target: string; readonly outcome: MoveOutcome }
  | { readonly step: 'create-order'; readonly target: string; readonly outcome: OrderOutcome }
  | {
      readonly step: 'issue-tickets'
      readonly target: string
      readonly outcome: OrderOutcome & { readonly retryable?: boolean }
    }
  | { readonly step: 'cancel-order'; readonly target: string; readonly outcome: CancelledOutcome }
  | { readonly step: 'check-payment' | 'check-refund'; readonly target: string; readonly outcome: FindPaymentOutcome }
  | { readonly step: 'check-order'; readonly target: string; readonly outcome: SightOutcome }

export type OrderOutcome =
  | { readonly kind: 'done'; readonly facts: OrderFacts }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }

export type CancelledOutcome =
  | { readonly kind: 'cancelled'; readonly documents: Documents }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }

type Documents = readonly { readonly number: string; readonly status: DocumentStatus }[]

export type SightOutcome =
  /** `settled`: the supplier's settle time has passed, so what is not there now will not come. */
  | { readonly kind: 'live'; readonly facts: OrderFacts; readonly settled: boolean }
  | { readonly kind: 'cancelled'; readonly documents: Documents; readonly settled: boolean }
  | { readonly kind: 'absent'; readonly settled: boolean }
  /** More than one live order bears our reference. */
  | { readonly kind: 'several' }
  | { readonly kind: 'failed'; readonly fault: Fault }

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

/** The end of an attempt to book; for a held booking only of its payment. */
export function decideGiveUp(booking: Booking, failure: Failure): readonly BookingEvent[] {
  const heldFor = failure.problem === 'payment-declined' || failure.problem === 'unavailable'
  const backToHold = booking.sale.hold && heldFor && booking.orders.every(order => order.status === 'held')
  return [{ kind: 'goal-changed', goal: backToHold ? { kind: 'hold' } : { kind: 'undo', failure } }]
}

function authorised(
  booking: Booking,
  payment: BookedPayment,
  outcome: AuthoriseOutcome,
  now: EpochMs,
): readonly BookingEvent[] {
  const paymentId = payment.id
  switch (outcome.kind) {
    case 'authorised':
      return [{ kind: 'payment-authorised', paymentId, gatewayPaymentId: outcome.gatewayPaymentId }]
    case 'requires-action': {
      const { gatewayPaymentId, action } = outcome
      const notBefore = now + actionPauseMs
      return [{ kind: 'payment-action-required', paymentId, gatewayPaymentId, action, notBefore }]
    }
    case 'declined':
      return paymentFailed(booking, payment, outcome.fault)
    case 'unknown':
      return [{ kind: 'payment-in-doubt', paymentId, doubt: 'authorise', since: now }]
  }
}

function paymentFailed(booking: Booking, { id }: BookedPayment, fault: Fault): readonly BookingEvent[] {
  const failed: BookingEvent = { kind: 'payment-failed', paymentId: id, fault }
  if (booking.goal.kind !== 'book') return [failed]
  return [failed, ...decideGiveUp(booking, failureOf('authorise', fault))]
}

function captured(payment: BookedPayment, outcome: MoveOutcome, now: EpochMs): readonly BookingEvent[] {
  const paymentId = payment.id
  switch (outcome.kind) {
    case 'done':
      return [{ kind: 'payment-captured', paymentId }]
    case 'unknown':
      return [{ kind: 'payment-in-doubt', paymentId, doubt: 'capture', since: now }]
    case 'refused':
      if (mayTryAgain(outcome.fault)) return [postponedPayment(payment, 'capture', outcome.fault, now)]
      // tickets without money: they are given back
      return [{ kind: 'goal-changed', goal: { kind: 'undo', failure: failureOf('capture', outcome.fault) } }]
  }
}

/** A definite no may mean that it is gone already: looked at before it is asked again or left to a person. */
function voided(payment: BookedPayment, outcome: MoveOutcome, now: EpochMs): readonly BookingEvent[] {
  const paymentId = payment.id
  switch (outcome.kind) {
    case 'done':
      return [{ kind: 'payment-voided', paymentId }]
    case 'unknown':
      return [{ kind: 'payment-in-doubt', paymentId, doubt: 'void', since: now }]
    case 'refused':
      if (mayTryAgain(outcome.fault)) return [postponedPayment(payment, 'void', outcome.fault, now)]
      return [{ kind: 'payment-in-doubt', paymentId, doubt: 'void', since: now }]
  }
}

function postponedPayment(
  payment: BookedPayment,
  step: 'capture' | 'void' | 'authorise',
  fault: Fault,
  now: EpochMs,
): BookingEvent {
  const paymentId = payment.id
  if (isLastTry(payment, step)) return { kind: 'payment-stuck', paymentId, reason: stuckReasons[step] }
  return { kind: 'payment-postponed', paymentId, notBefore: now + retryPauseMs(step, payment.tries), fault }
}

function refunded(refund: BookedRefund, outcome: MoveOutcome, now: EpochMs): readonly BookingEvent[] {
  const refundId = refund.id
  switch (outcome.kind) {
    case 'done':
      return [{ kind: 'refund-paid', refundId }]
    case 'unknown':
      return [{ kind: 'refund-in-doubt', refundId, since: now }]
    case 'refused': {
      if (!mayTryAgain(outcome.fault)) return [{ kind: 'refund-in-doubt', refundId, since: now }]
      if (isLastTry(refund, 'refund')) return [{ kind: 'refund-stuck', refundId, reason: stuckReasons.refund }]
      const notBefore = now + retryPauseMs('refund', refund.tries)
      return [{ kind: 'refund-postponed', refundId, notBefore, fault: outcome.fault }]
    }
  }
}

function created({ id }: BookedOrder, outcome: OrderOutcome, now: EpochMs): readonly BookingEvent[] {
  switch (outcome.kind) {
    case 'done':
      return seen(id, outcome.facts)
    case 'refused':
      return [
        { kind: 'order-absent', orderId: id, fault: outcome.fault },
        { kind: 'goal-changed', goal: { kind: 'undo', failure: failureOf('create-order', outcome.fault) } },
      ]
    case 'unknown':
      return [{ kind: 'order-in-doubt', orderId: id, doubt: 'create', since: now }]
  }
}

function seen(orderId: BookedOrder['id'], facts: OrderFacts): readonly BookingEvent[] {
  const event: BookingEvent = { kind: 'order-seen', orderId, facts }
  if (facts.status !== 'partly-ticketed') return [event]
  return [event, { kind: 'order-stuck', orderId, reason: 'Some passengers have tickets and some have not.' }]
}

function ticketed(
  order: BookedOrder,
  outcome: OrderOutcome & { readonly retryable?: boolean },
  now: EpochMs,
): readonly BookingEvent[] {
  const orderId = order.id
  switch (outcome.kind) {
    case 'done':
      if (outcome.facts.status === 'held') return [{ kind: 'order-in-doubt', orderId, doubt: 'ticket', since: now }]
      return seen(orderId, outcome.facts)
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

function cancelled(
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
      if (!mayTryAgain(outcome.fault) || isLastTry(order, 'cancel-order'))
        return [{ kind: 'order-stuck', orderId, reason: stuckReasons['cancel-order'] }]
      const notBefore = now + retryPauseMs('cancel-order', order.tries)
      return [{ kind: 'order-postponed', orderId, notBefore, fault: outcome.fault }]
    }
  }
}

function orderCancelled(booking: Booking, order: BookedOrder, documents: Documents): readonly BookingEvent[] {
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

function paymentSeen(
  booking: Booking,
  payment: BookedPayment,
  outcome: FindPaymentOutcome,
  now: EpochMs,
): readonly BookingEvent[] {
  const paymentId = payment.id
  if (outcome.kind === 'failed') return [checkedPayment(payment, outcome.fault, now)]
  if (outcome.kind === 'absent') {
    return payment.doubt === 'authorise' ? [didNotHappen(payment)] : [checkedPayment(payment, null, now)]
  }
  const { gatewayPaymentId, status } = outcome.payment
  switch (status) {
    case 'authorised':
      if (payment.doubt === 'capture' || payment.doubt === 'void') return [didNotHappen(payment)]
      return [{ kind: 'payment-authorised', paymentId, gatewayPaymentId }]
    case 'captured':
      return [{ kind: 'payment-captured', paymentId }]
    case 'voided':
      return [{ kind: 'payment-voided', paymentId }]
    case 'declined':
      return paymentFailed(booking, payment, declinedLater)
    case 'requires-action':
      // asked again with the same key it tells what the traveller must do
      if (payment.doubt) return [didNotHappen(payment)]
      return [
        {
          kind: 'payment-checked',
          paymentId,
          notBefore: now + Math.max(actionPauseMs, checkPauseMs(payment.checks)),
          fault: null,
        },
      ]
    case 'refunded':
    case 'partially-refunded':
      return [checkedPayment(payment, null, now)]
  }
}

const declinedLater: Fault = {
  kind: 'payment-declined',
  code: null,
  text: 'The payment was declined.',
  mayHaveBooked: false,
  retryAfterMs: null,
}

function didNotHappen(payment: BookedPayment): BookingEvent {
  const step = payment.doubt ?? 'authorise'
  if (isLastTry(payment, step)) return { kind: 'payment-stuck', paymentId: payment.id, reason: stuckReasons[step] }
  return { kind: 'payment-doubt-cleared', paymentId: payment.id }
}

function checkedPayment(payment: BookedPayment, fault: Fault | null, now: EpochMs): BookingEvent {
  const paymentId = payment.id
  if (payment.doubt && payment.checks + 1 >= checksMax) {
    return { kind: 'payment-stuck', paymentId, reason: stuckReasons[payment.doubt] }
  }
  return { kind: 'payment-checked', paymentId, notBefore: now + checkPauseMs(payment.checks), fault }
}

function refundSeen(refund: BookedRefund, outcome: FindPaymentOutcome, now: EpochMs): readonly BookingEvent[] {
  const refundId = refund.id
  if (outcome.kind === 'found') {
    const back = outcome.payment.refunded.amountMinor - refund.refundedBefore.amountMinor
    if (back >= refund.amount.amountMinor) return [{ kind: 'refund-paid', refundId }]
    if (isLastTry(refund, 'refund')) return [{ kind: 'refund-stuck', refundId, reason: stuckReasons.refund }]
    return [{ kind: 'refund-doubt-cleared', refundId }]
  }
  if (refund.checks + 1 >= checksMax) return [{ kind: 'refund-stuck', refundId, reason: stuckReasons.refund }]
  const fault = outcome.kind === 'failed' ? outcome.fault : null
  return [{ kind: 'refund-checked', refundId, notBefore: now + checkPauseMs(refund.checks), fault }]
}

function orderSeen(booking: Booking, order: BookedOrder, outcome: SightOutcome, now: EpochMs): readonly BookingEvent[] {
  const orderId = order.id
  if (outcome.kind === 'failed') {
    const hopeless = outcome.fault.kind === 'not-supported'
    return [checkedOrder(order, outcome.fault, hopeless ? 'now' : now)]
  }
  if (outcome.kind === 'several')
    return [{ kind: 'order-stuck', orderId, reason: 'The supplier has several orders with our reference.' }]
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
  if (sight.kind === 'live') return seen(order.id, sight.facts)
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
  if (sight.facts.status !== 'held') return seen(order.id, sight.facts)
  return sight.settled ? ticketAgain(order, null, now) : [checkedOrder(order, null, now)]
}

function cancellationSeen(booking: Booking, order: BookedOrder, sight: Sight, now: EpochMs): readonly BookingEvent[] {
  if (sight.kind === 'cancelled') return orderCancelled(booking, order, sight.documents)
  if (sight.kind === 'absent')
    return sight.settled ? orderCancelled(booking, order, []) : [checkedOrder(order, null, now)]
  if (isLastTry(order, 'cancel-order'))
    return [{ kind: 'order-stuck', orderId: order.id, reason: stuckReasons['cancel-order'] }]
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
  if (sight.facts.status !== order.status) return seen(order.id, sight.facts)
  return [checkedOrder(order, null, now)]
}

function checkedOrder(order: BookedOrder, fault: Fault | null, now: EpochMs | 'now'): BookingEvent {
  const orderId = order.id
  if (order.doubt && (now === 'now' || order.checks + 1 >= checksMax)) {
    const steps = { create: 'create-order', ticket: 'issue-tickets', cancel: 'cancel-order' } as const
    return { kind: 'order-stuck', orderId, reason: stuckReasons[steps[order.doubt]] }
  }
  return { kind: 'order-checked', orderId, notBefore: (now === 'now' ? 0 : now) + checkPauseMs(order.checks), fault }
}

/** It did not reach them, or they were too busy: nothing happened. */
function mayTryAgain(fault: Fault): boolean {
  return (
    (isOutage(fault.kind) || fault.kind === 'circuit-open' || fault.kind === 'rate-limited') && !fault.mayHaveBooked
  )
}

function isLastTry({ tries }: { readonly tries: number }, step: StepName): boolean {
  return tries + 1 >= saga[step].triesMax
}

const stuckReasons = {
  authorise: 'The payment gateway does not say whether the payment was accepted; a person looks into it.',
  capture: 'The payment could not be collected; a person looks into it.',
  void: 'The payment could not be let go; a person looks into it.',
  refund: 'The refund could not be paid; a person looks into it.',
  'create-order': 'The supplier does not say whether the order was made; a person looks into it.',
  'issue-tickets': 'The supplier does not say whether the tickets were issued; a person looks into it.',
  'cancel-order': 'The supplier did not cancel the order; a person looks into it.',
} as const
