import { type Fault, isOutage } from '../core/fault.ts'
import type { EpochMs } from '../core/clock.ts'
import type { BookedOrder, Booking, Failure } from './booking.ts'
import type { BookingEvent } from './events.ts'
import type { SightOutcome } from './report.ts'
import { checkPauseMs, checksMax, saga, type StepName } from './saga.ts'

/** What decisions about orders and about money share. */

/** The end of an attempt to book; for a held booking only of its payment. */
export function decideGiveUp(booking: Booking, failure: Failure): readonly BookingEvent[] {
  const heldFor = failure.problem === 'payment-declined' || failure.problem === 'unavailable'
  const backToHold = booking.sale.hold && heldFor && booking.orders.every(order => order.status === 'held')
  return [{ kind: 'goal-changed', goal: backToHold ? { kind: 'hold' } : { kind: 'undo', failure } }]
}

/** It did not reach them, or they were too busy: nothing happened. */
export function mayTryAgain(fault: Fault): boolean {
  return (
    (isOutage(fault.kind) || fault.kind === 'circuit-open' || fault.kind === 'rate-limited') && !fault.mayHaveBooked
  )
}

/** An answer to its authorisation was lost: money may be reserved at the gateway, or come to be. */
export function mayBeReserved({ attempts }: Booking, { id }: { readonly id: string }): boolean {
  return attempts.some(({ step, target, outcome }) => step === 'authorise' && target === id && outcome === 'unknown')
}

export function isLastTry({ tries }: { readonly tries: number }, step: StepName): boolean {
  return tries + 1 >= saga[step].triesMax
}

/** For the front end and for whoever finishes it. */
export const stuckReasons = {
  authorise: 'The payment gateway does not say whether the payment was accepted; a person looks into it.',
  capture: 'The payment could not be collected; a person looks into it.',
  void: 'The payment could not be let go; a person looks into it.',
  refund: 'The refund could not be paid; a person looks into it.',
  'create-order': 'The supplier does not say whether the order was made; a person looks into it.',
  'issue-tickets': 'The supplier does not say whether the tickets were issued; a person looks into it.',
  'cancel-order': 'The supplier did not cancel the order; a person looks into it.',
  hold: 'The time limit of the hold is over, and the supplier does not say that it is gone; a person looks into it.',
  'partly-ticketed': 'Some passengers have tickets and some have not.',
  'several-orders': 'The supplier has several orders with our reference.',
  'more-cancelled':
    'The supplier has cancelled the whole order, or others than the passengers who were asked for; a person looks into it.',
  'no-such-order': 'The supplier has no order of ours under that locator.',
} as const

/** What was seen of an order. */
export type Sight = Exclude<SightOutcome, { readonly kind: 'failed' | 'several' }>

/** `hopeless`: asking again cannot help. */
export function checkedOrder(order: BookedOrder, fault: Fault | null, now: EpochMs, hopeless = false): BookingEvent {
  const orderId = order.id
  if ((order.doubt && hopeless) || order.checks + 1 >= checksMax) {
    const steps = { create: 'create-order', ticket: 'issue-tickets', cancel: 'cancel-order' } as const
    // a hold past its time limit is not called held any longer than that
    return { kind: 'order-stuck', orderId, reason: stuckReasons[order.doubt ? steps[order.doubt] : 'hold'], at: now }
  }
  return { kind: 'order-checked', orderId, notBefore: now + checkPauseMs(order.checks), fault }
}
