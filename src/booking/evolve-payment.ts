import { type BookedPayment, type BookedRefund, noProgress } from './booking.ts'
import type { PaymentEvent, RefundEvent } from './events.ts'

/** A payment after what happened to it. */
export function paid(
  payment: BookedPayment,
  event: Exclude<PaymentEvent, { readonly kind: 'payment-requested' }>,
): BookedPayment {
  switch (event.kind) {
    case 'payment-authorised': {
      const { gatewayPaymentId } = event
      return { ...payment, ...noProgress, status: 'authorised', gatewayPaymentId, action: null }
    }
    case 'payment-action-required': {
      const { gatewayPaymentId, action, notBefore } = event
      return { ...payment, ...noProgress, status: 'action-required', gatewayPaymentId, action, notBefore }
    }
    case 'payment-failed':
      return { ...payment, ...noProgress, status: 'failed', action: null, fault: event.fault }
    case 'payment-captured':
      return { ...payment, ...noProgress, status: 'captured' }
    case 'payment-voided':
      return { ...payment, ...noProgress, status: 'voided', action: null }
    case 'payment-in-doubt':
      return { ...payment, doubt: event.doubt, doubtSince: event.since, checks: 0, notBefore: null }
    case 'payment-doubt-cleared':
      return { ...payment, doubt: null, doubtSince: null, tries: payment.tries + 1 }
    case 'payment-postponed':
      return { ...payment, doubt: null, doubtSince: null, tries: payment.tries + 1, notBefore: event.notBefore }
    case 'payment-checked':
      return { ...payment, checks: payment.checks + 1, notBefore: event.notBefore }
    case 'payment-stuck':
      return { ...payment, stuck: event.reason }
    case 'payment-scored':
      return { ...payment, risk: event.risk }
    case 'payment-reviewed': {
      const reviewed = event.approved ? ('approved' as const) : ('refused' as const)
      return payment.risk ? { ...payment, risk: { ...payment.risk, reviewed } } : payment
    }
    case 'payment-disputed': {
      const others = (payment.disputes ?? []).filter(({ id }) => id !== event.dispute.id)
      return { ...payment, disputes: [...others, event.dispute] }
    }
  }
}

/** A refund after what happened to it. */
export function refunded(
  refund: BookedRefund,
  event: Exclude<RefundEvent, { readonly kind: 'refund-requested' }>,
): BookedRefund {
  switch (event.kind) {
    case 'refund-paid':
      return { ...refund, ...noProgress, status: 'done' }
    case 'refund-in-doubt':
      return { ...refund, doubt: 'refund', doubtSince: event.since, checks: 0, notBefore: null }
    case 'refund-doubt-cleared':
      return { ...refund, doubt: null, doubtSince: null, tries: refund.tries + 1 }
    case 'refund-postponed':
      return { ...refund, doubt: null, doubtSince: null, tries: refund.tries + 1, notBefore: event.notBefore }
    case 'refund-checked':
      return { ...refund, checks: refund.checks + 1, notBefore: event.notBefore }
    case 'refund-stuck':
      return { ...refund, stuck: event.reason }
  }
}
