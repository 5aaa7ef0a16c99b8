import type { EpochMs, Instant } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import type { BookingId, Id, PassengerId, PaymentId, SegmentId } from '../core/ids.ts'
import type { Money } from '../core/money.ts'
import type { DocumentStatus, RecordLocator, TravelDocument } from '../core/order.ts'
import type { TenantId } from '../core/tenant.ts'
import type {
  Attempt,
  BookedOrder,
  BookedPassenger,
  BookedPayment,
  BookedRefund,
  CancellationQuote,
  Dispute,
  Goal,
  Matter,
  PaymentRisk,
  Resolution,
  Sale,
} from './booking.ts'

/** What happened to a booking. Kept for good in the audit log, so they hold ids, never names, contacts, passport numbers,
 *  payment tokens or anything opaque of a supplier. Kinds are permanent: add, never rename. */
export type BookingEvent =
  | {
      readonly kind: 'booking-started'
      readonly id: BookingId
      readonly tenant: TenantId
      readonly reference: string
      readonly at: EpochMs
      readonly goal: Goal
      readonly sale: Sale
      readonly passengers: readonly BookedPassenger[]
      readonly segmentIds: readonly SegmentId[]
      readonly orders: readonly BookedOrder[]
      readonly payments: readonly BookedPayment[]
    }
  | { readonly kind: 'attempt-started'; readonly attempt: Attempt }
  | {
      readonly kind: 'attempt-ended'
      readonly attemptId: Id<'att'>
      readonly outcome: 'done' | 'refused' | 'unknown'
      readonly fault: Fault | null
    }
  | { readonly kind: 'goal-changed'; readonly goal: Goal }
  | OrderEvent
  | PaymentEvent
  | RefundEvent
  | { readonly kind: 'cancellation-quoted'; readonly quote: CancellationQuote }
  | { readonly kind: 'cancellation-confirmed'; readonly quoteId: CancellationQuote['id'] }
  | { readonly kind: 'cancellation-refused'; readonly quoteId: CancellationQuote['id']; readonly fault: Fault }
  | {
      readonly kind: 'work-item-resolved'
      readonly workItemId: Id<'wit'>
      readonly target: string
      readonly resolution: Resolution
      /** Absent in older ones. */
      readonly was?: Matter
      readonly at: EpochMs
    }
  | { readonly kind: 'personal-data-forgotten' }

export type OrderEvent =
  /** Made, found, ticketed or seen changed: as the supplier has it now. */
  | { readonly kind: 'order-seen'; readonly orderId: Id<'ord'>; readonly facts: OrderFacts }
  | { readonly kind: 'order-absent'; readonly orderId: Id<'ord'>; readonly fault: Fault }
  | {
      readonly kind: 'order-cancelled'
      readonly orderId: Id<'ord'>
      readonly documents: readonly { readonly number: string; readonly status: DocumentStatus }[]
    }
  /** These are out of it; the others stay. `total`: what the rest costs, where the supplier says so. */
  | {
      readonly kind: 'order-passengers-cancelled'
      readonly orderId: Id<'ord'>
      readonly passengerIds: readonly PassengerId[]
      readonly documents: readonly { readonly number: string; readonly status: DocumentStatus }[]
      readonly total: Money | null
    }
  | {
      readonly kind: 'order-in-doubt'
      readonly orderId: Id<'ord'>
      readonly doubt: 'create' | 'ticket' | 'cancel'
      readonly since: EpochMs
    }
  | {
      readonly kind: 'order-postponed' | 'order-checked'
      readonly orderId: Id<'ord'>
      readonly notBefore: EpochMs
      readonly fault: Fault | null
    }
  /** That it must be paid by `ticketBy`. */
  | { readonly kind: 'order-reminded'; readonly orderId: Id<'ord'>; readonly ticketBy: Instant; readonly at: EpochMs }
  | { readonly kind: 'order-stuck'; readonly orderId: Id<'ord'>; readonly reason: string; readonly at: EpochMs }

export type OrderFacts = {
  readonly status: 'held' | 'ticketed' | 'partly-ticketed'
  readonly locators: readonly RecordLocator[]
  readonly ticketBy: Instant | null
  readonly total: Money | null
  readonly documents: readonly TravelDocument[]
  readonly segments: readonly { readonly id: SegmentId; readonly status: string | null }[]
  /** Who was taken out of it. Absent: nobody. */
  readonly cancelledPassengerIds?: readonly PassengerId[]
}

export type PaymentEvent =
  | { readonly kind: 'payment-requested'; readonly payment: BookedPayment }
  | { readonly kind: 'payment-authorised'; readonly paymentId: PaymentId; readonly gatewayPaymentId: string }
  | {
      readonly kind: 'payment-action-required'
      readonly paymentId: PaymentId
      readonly gatewayPaymentId: string
      readonly action: { readonly type: string; readonly url: string }
      readonly notBefore: EpochMs
    }
  | { readonly kind: 'payment-failed'; readonly paymentId: PaymentId; readonly fault: Fault }
  | { readonly kind: 'payment-captured' | 'payment-voided'; readonly paymentId: PaymentId }
  | {
      readonly kind: 'payment-in-doubt'
      readonly paymentId: PaymentId
      readonly doubt: 'authorise' | 'capture' | 'void'
      readonly since: EpochMs
    }
  /** Found out that what was in doubt did not happen: to be asked again with the same key. */
  | { readonly kind: 'payment-doubt-cleared'; readonly paymentId: PaymentId }
  | {
      readonly kind: 'payment-postponed' | 'payment-checked'
      readonly paymentId: PaymentId
      readonly notBefore: EpochMs
      readonly fault: Fault | null
    }
  | { readonly kind: 'payment-scored'; readonly paymentId: PaymentId; readonly risk: PaymentRisk }
  | { readonly kind: 'payment-reviewed'; readonly paymentId: PaymentId; readonly approved: boolean }
  | { readonly kind: 'payment-disputed'; readonly paymentId: PaymentId; readonly dispute: Dispute }
  | { readonly kind: 'payment-stuck'; readonly paymentId: PaymentId; readonly reason: string; readonly at: EpochMs }

export type RefundEvent =
  | { readonly kind: 'refund-requested'; readonly refund: BookedRefund }
  | { readonly kind: 'refund-paid'; readonly refundId: Id<'rfd'> }
  | { readonly kind: 'refund-in-doubt'; readonly refundId: Id<'rfd'>; readonly since: EpochMs }
  | { readonly kind: 'refund-doubt-cleared'; readonly refundId: Id<'rfd'> }
  | {
      readonly kind: 'refund-postponed' | 'refund-checked'
      readonly refundId: Id<'rfd'>
      readonly notBefore: EpochMs
      readonly fault: Fault | null
    }
  | { readonly kind: 'refund-stuck'; readonly refundId: Id<'rfd'>; readonly reason: string; readonly at: EpochMs }
