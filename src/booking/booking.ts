import type { EpochMs, Instant } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import type { BookingId, CancellationQuoteId, Id, OfferId, PassengerId, PaymentId, SegmentId } from '../core/ids.ts'
import type { PassengerType } from '../core/itinerary.ts'
import type { Money } from '../core/money.ts'
import type { ProviderCode, SupplierOffer } from '../core/offer.ts'
import type { RecordLocator, TravelDocument } from '../core/order.ts'
import type { ProblemType } from '../core/problem.ts'
import type { TenantId } from '../core/tenant.ts'
import type { FraudScore } from './fraud-score.ts'

/** A booking as it stands: what evolve.ts makes of its events. Ids only; who travels, contacts, payment tokens and what a
 *  supplier needs back are in private-data.ts. Each document has a state of its own; status.ts sums them up. */
export type Booking = {
  readonly id: BookingId
  readonly tenant: TenantId
  /** Ours, six characters; written into every supplier order. */
  readonly reference: string
  /** Counts events; every write names the one that it saw. */
  readonly version: number
  readonly createdAt: EpochMs
  readonly goal: Goal
  readonly sale: Sale
  readonly passengers: readonly BookedPassenger[]
  readonly segments: readonly BookedSegment[]
  readonly orders: readonly BookedOrder[]
  readonly payments: readonly BookedPayment[]
  readonly refunds: readonly BookedRefund[]
  readonly quotes: readonly CancellationQuote[]
  readonly attempts: readonly Attempt[]
  readonly workItems: readonly WorkItem[]
}

/** What the saga is working towards, or last worked towards. */
export type Goal =
  /** Seats without payment. */
  | { readonly kind: 'hold' }
  /** Paid and ticketed. */
  | { readonly kind: 'book'; readonly paymentId: PaymentId }
  /** No live order, no money: why is in `failure`. */
  | { readonly kind: 'undo'; readonly failure: Failure }
  /** As quoted; `before` is what to go back to where the supplier refuses. */
  | { readonly kind: 'cancel'; readonly quoteId: CancellationQuoteId; readonly before: Goal }

/** Why a booking failed, as the caller reads it. */
export type Failure = { readonly problem: ProblemType; readonly detail: string; readonly fault: Fault | null }

/** What was sold: never changes. */
export type Sale = {
  readonly offerId: OfferId
  readonly provider: ProviderCode
  /** What the traveller is charged. */
  readonly total: Money
  /** The offer as it was shown (api.md "Offer"). */
  readonly shown: Readonly<Record<string, unknown>>
  /** The supplier's own offer behind it, as last confirmed. */
  readonly net: SupplierOffer
  /** Units of `total`'s currency per unit of the supplier's; null where they are the same. */
  readonly rate: { readonly id: string; readonly value: string; readonly date: string } | null
  readonly hold: boolean
  /** First departure: nothing is ticketed after it. */
  readonly departsAt: EpochMs
}

export type BookedPassenger = {
  readonly id: PassengerId
  readonly type: PassengerType
  readonly adultId: PassengerId | null
}

export type BookedSegment = { readonly id: SegmentId; readonly status: string | null }

/** Where a document stands between two calls. `doubt`: a call that left us had no answer; nothing else is done to the
 *  document until it is cleared up. `stuck`: no machine can finish it. */
export type Progress<Doubt extends string> = {
  readonly doubt: Doubt | null
  readonly doubtSince: EpochMs | null
  /** Of the step at hand. */
  readonly tries: number
  /** Reads since the doubt arose, or while waiting for somebody else. */
  readonly checks: number
  readonly notBefore: EpochMs | null
  readonly stuck: string | null
}

export type BookedOrder = Progress<'create' | 'ticket' | 'cancel'> & {
  readonly id: Id<'ord'>
  readonly provider: ProviderCode
  readonly offerId: OfferId
  readonly segmentIds: readonly SegmentId[]
  /** pending: not asked for yet. absent: refused, or proven never to have been made. */
  readonly status: 'pending' | 'held' | 'ticketed' | 'partly-ticketed' | 'cancelled' | 'absent'
  readonly locators: readonly RecordLocator[]
  readonly ticketBy: Instant | null
  /** When it was last said that a held one is to be paid. */
  readonly remindedAt: EpochMs | null
  /** In the supplier's currency. */
  readonly total: Money | null
  readonly documents: readonly TravelDocument[]
  /** Taken out of it while others stay. Absent: nobody. */
  readonly cancelledPassengerIds?: readonly PassengerId[]
}

export type BookedPayment = Progress<'authorise' | 'capture' | 'void'> & {
  readonly id: PaymentId
  readonly gateway: string
  readonly status:
    | 'pending'
    | 'action-required'
    | 'authorised'
    | 'captured'
    | 'voided'
    | 'partially-refunded'
    | 'refunded'
    | 'failed'
  readonly amount: Money
  readonly refunded: Money
  readonly gatewayPaymentId: string | null
  readonly action: { readonly type: string; readonly url: string } | null
  readonly fault: Fault | null
  readonly startedAt: EpochMs
  /** Absent: it was not scored. */
  readonly risk?: PaymentRisk
  /** Absent: none. */
  readonly disputes?: readonly Dispute[]
}

/** The fraud score with what it is made of; no card, name or address is in it. */
export type PaymentRisk = FraudScore & {
  readonly id: Id<'rsk'>
  readonly at: EpochMs
  /** Of one that a person must look at before anything is ordered: what they said. */
  readonly reviewed: 'approved' | 'refused' | null
}

/** The card's holder claims the money back. */
export type Dispute = {
  /** The gateway's. */
  readonly id: string
  readonly status: 'opened' | 'won' | 'lost'
  readonly reason: string
  readonly amount: Money
  readonly at: EpochMs
}

export type BookedRefund = Progress<'refund'> & {
  readonly id: Id<'rfd'>
  readonly paymentId: PaymentId
  readonly quoteId: CancellationQuoteId
  readonly amount: Money
  /** Of the payment, before this one. */
  readonly refundedBefore: Money
  readonly status: 'pending' | 'done'
}

export type CancellationQuote = {
  readonly id: CancellationQuoteId
  readonly orderId: Id<'ord'>
  readonly kind: 'void' | 'refund' | 'release'
  /** Whom it is for. Absent: all who travel still. */
  readonly passengerIds?: readonly PassengerId[]
  /** Of what was captured for them: refund + penalty are all of it. */
  readonly refund: Money
  readonly penalty: Money
  readonly supplierRefund: Money
  readonly supplierPenalty: Money
  readonly expiresAt: EpochMs
  readonly status: 'open' | 'confirmed' | 'refused'
  readonly fault: Fault | null
}

/** A call that may change something outside: recorded before it is made. */
export type Attempt = {
  readonly id: Id<'att'>
  readonly step: string
  /** The order, payment or refund that it is about. */
  readonly target: string
  readonly startedAt: EpochMs
  /** Not heard of by then: the answer is lost. */
  readonly until: EpochMs
  readonly outcome: 'started' | 'done' | 'refused' | 'unknown'
  readonly fault: Fault | null
}

/** What no machine can finish: a person finds out, sees to it, and says what came of it. */
export type WorkItem = {
  readonly id: Id<'wit'>
  /** The order, payment, refund, fraud score or dispute. */
  readonly target: string
  readonly reason: string
  readonly openedAt: EpochMs
  /** Null while it is open. */
  readonly resolvedAt: EpochMs | null
  readonly resolution: Resolution['kind'] | null
  /** What it was about when it was resolved: by now the booking has gone on. Absent while it is open. */
  readonly was?: Matter
}

/** `step`: of the saga, or `fraud-review` or `dispute`. `passengerIds`: for whom, where not for all. */
export type Matter = { readonly step: string; readonly passengerIds: readonly PassengerId[] | null }

/** What came of a work item. */
export type Resolution =
  /** Look, or try, again. */
  | { readonly kind: 'retry' }
  /** It has been done outside: cancelled by telephone, refunded at the gateway's desk. */
  | { readonly kind: 'done' }
  /** It is certain that it was not done, and never will be. */
  | { readonly kind: 'not-done' }
  /** Some were to be cancelled, and the supplier has cancelled everybody. */
  | { readonly kind: 'all-gone' }
  /** The order that nobody could find is this one. */
  | { readonly kind: 'found'; readonly locator: string }

export const noProgress = {
  doubt: null,
  doubtSince: null,
  tries: 0,
  checks: 0,
  notBefore: null,
  stuck: null,
} as const

export function findOpenAttempt(booking: Booking): Attempt | undefined {
  return booking.attempts.find(attempt => attempt.outcome === 'started')
}

export function getOrder(booking: Booking, id: string): BookedOrder {
  return found(
    booking.orders.find(order => order.id === id),
    id,
  )
}

export function getPayment(booking: Booking, id: string): BookedPayment {
  return found(
    booking.payments.find(payment => payment.id === id),
    id,
  )
}

export function getRefund(booking: Booking, id: string): BookedRefund {
  return found(
    booking.refunds.find(refund => refund.id === id),
    id,
  )
}

export function findOpenWorkItem(booking: Booking, target: string): WorkItem | undefined {
  return booking.workItems.find(item => item.target === target && item.resolvedAt === null)
}

export function findQuote(booking: Booking, id: string): CancellationQuote | undefined {
  return booking.quotes.find(quote => quote.id === id)
}

function found<T>(item: T | undefined, id: string): T {
  if (item === undefined) throw new Error(`the booking has no ${id}`)
  return item
}

/** Nothing is ordered for it before a person has looked. */
export function awaitsReview({ risk }: BookedPayment): boolean {
  return risk?.verdict === 'review' && risk.reviewed === null
}

/** Seats are ours at the supplier, with or without tickets. */
export function isLive(order: BookedOrder): boolean {
  return order.status === 'held' || order.status === 'ticketed' || order.status === 'partly-ticketed'
}
