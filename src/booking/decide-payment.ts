import type { EpochMs } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import type { AuthoriseOutcome, FindPaymentOutcome, MoveOutcome } from '../payments/port.ts'
import type { BookedPayment, BookedRefund, Booking } from './booking.ts'
import { decideGiveUp, isLastTry, mayBeReserved, mayTryAgain, stuckReasons } from './decide-rules.ts'
import type { BookingEvent } from './events.ts'
import { failureOf } from './failures.ts'
import { actionPauseMs, checkPauseMs, checksMax, retryPauseMs } from './saga.ts'

/** What an outcome means for a payment or a refund at the gateway. */

export function authorised(
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
      // it did not get there this time, but may have before: only the gateway's own word ends it
      if (mayTryAgain(outcome.fault) && mayBeReserved(booking, payment))
        return [postponedPayment(payment, 'authorise', outcome.fault, now)]
      return paymentFailed(booking, payment, outcome.fault)
    case 'unknown':
      return [{ kind: 'payment-in-doubt', paymentId, doubt: 'authorise', since: now }]
  }
}

export function paymentFailed(
  booking: Booking,
  { id }: Pick<BookedPayment, 'id'>,
  fault: Fault,
): readonly BookingEvent[] {
  const failed: BookingEvent = { kind: 'payment-failed', paymentId: id, fault }
  if (booking.goal.kind !== 'book') return [failed]
  return [failed, ...decideGiveUp(booking, failureOf('authorise', fault))]
}

export function captured(payment: BookedPayment, outcome: MoveOutcome, now: EpochMs): readonly BookingEvent[] {
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
export function voided(payment: BookedPayment, outcome: MoveOutcome, now: EpochMs): readonly BookingEvent[] {
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
  if (isLastTry(payment, step)) return { kind: 'payment-stuck', paymentId, reason: stuckReasons[step], at: now }
  return { kind: 'payment-postponed', paymentId, notBefore: now + retryPauseMs(step, payment.tries), fault }
}

export function refunded(refund: BookedRefund, outcome: MoveOutcome, now: EpochMs): readonly BookingEvent[] {
  const refundId = refund.id
  switch (outcome.kind) {
    case 'done':
      return [{ kind: 'refund-paid', refundId }]
    case 'unknown':
      return [{ kind: 'refund-in-doubt', refundId, since: now }]
    case 'refused': {
      if (!mayTryAgain(outcome.fault)) return [{ kind: 'refund-in-doubt', refundId, since: now }]
      if (isLastTry(refund, 'refund')) return [{ kind: 'refund-stuck', refundId, reason: stuckReasons.refund, at: now }]
      const notBefore = now + retryPauseMs('refund', refund.tries)
      return [{ kind: 'refund-postponed', refundId, notBefore, fault: outcome.fault }]
    }
  }
}

export function paymentSeen(
  booking: Booking,
  payment: BookedPayment,
  outcome: FindPaymentOutcome,
  now: EpochMs,
): readonly BookingEvent[] {
  const paymentId = payment.id
  if (outcome.kind === 'failed') return [checkedPayment(payment, outcome.fault, now)]
  if (outcome.kind === 'absent') {
    return payment.doubt === 'authorise' ? [didNotHappen(payment, now)] : [checkedPayment(payment, null, now)]
  }
  const { gatewayPaymentId, status, action } = outcome.payment
  switch (status) {
    case 'authorised':
      if (payment.doubt === 'capture' || payment.doubt === 'void') return [didNotHappen(payment, now)]
      return [{ kind: 'payment-authorised', paymentId, gatewayPaymentId }]
    case 'captured':
      return [{ kind: 'payment-captured', paymentId }]
    case 'voided':
      return [{ kind: 'payment-voided', paymentId }]
    case 'declined':
      return paymentFailed(booking, payment, declinedLater)
    case 'requires-action':
      if (payment.doubt === 'authorise' && action)
        return [
          { kind: 'payment-action-required', paymentId, gatewayPaymentId, action, notBefore: now + actionPauseMs },
        ]
      if (payment.doubt) return [didNotHappen(payment, now)]
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

function didNotHappen(payment: BookedPayment, now: EpochMs): BookingEvent {
  const step = payment.doubt ?? 'authorise'
  if (isLastTry(payment, step))
    return { kind: 'payment-stuck', paymentId: payment.id, reason: stuckReasons[step], at: now }
  return { kind: 'payment-doubt-cleared', paymentId: payment.id }
}

function checkedPayment(payment: BookedPayment, fault: Fault | null, now: EpochMs): BookingEvent {
  const paymentId = payment.id
  if (payment.doubt && payment.checks + 1 >= checksMax) {
    return { kind: 'payment-stuck', paymentId, reason: stuckReasons[payment.doubt], at: now }
  }
  return { kind: 'payment-checked', paymentId, notBefore: now + checkPauseMs(payment.checks), fault }
}

export function refundSeen(refund: BookedRefund, outcome: FindPaymentOutcome, now: EpochMs): readonly BookingEvent[] {
  const refundId = refund.id
  if (outcome.kind === 'found') {
    const back = outcome.payment.refunded.amountMinor - refund.refundedBefore.amountMinor
    if (back >= refund.amount.amountMinor) return [{ kind: 'refund-paid', refundId }]
    if (isLastTry(refund, 'refund')) return [{ kind: 'refund-stuck', refundId, reason: stuckReasons.refund, at: now }]
    return [{ kind: 'refund-doubt-cleared', refundId }]
  }
  if (refund.checks + 1 >= checksMax) return [{ kind: 'refund-stuck', refundId, reason: stuckReasons.refund, at: now }]
  const fault = outcome.kind === 'failed' ? outcome.fault : null
  return [{ kind: 'refund-checked', refundId, notBefore: now + checkPauseMs(refund.checks), fault }]
}
