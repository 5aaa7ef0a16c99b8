import type { Fault } from '../../core/fault.ts'
import { zero } from '../../core/money.ts'
import type { GatewayPayment } from '../port.ts'
import { moneyOf } from './amount.ts'
import type { PaymentIntent } from './client.ts'
import { faultOfError } from './faults.ts'

/** Undefined where its state says nothing certain: to be looked at again. */
export function gatewayPayment(intent: PaymentIntent): GatewayPayment | undefined {
  const amount = moneyOf(intent.amount, intent.currency)
  const status = statusOf(intent)
  const refunded = moneyOf(refundedOf(intent) ?? 0, intent.currency)
  if (!amount || !status || !refunded) return undefined
  return {
    gatewayPaymentId: intent.id,
    status,
    amount,
    refunded: refunded.amountMinor === 0 ? zero(amount.currency) : refunded,
    action: actionOf(intent),
  }
}

function statusOf(intent: PaymentIntent): GatewayPayment['status'] | undefined {
  switch (intent.status) {
    case 'requires_action':
      return actionOf(intent) ? 'requires-action' : undefined
    case 'requires_capture':
      return 'authorised'
    case 'requires_payment_method':
      return 'declined'
    case 'canceled':
      return 'voided'
    case 'succeeded': {
      const refunded = refundedOf(intent)
      if (refunded === undefined) return undefined
      if (refunded === 0) return 'captured'
      return refunded >= intent.amount_received ? 'refunded' : 'partially-refunded'
    }
    default:
      return undefined
  }
}

/** `latest_charge` must have been expanded. */
function refundedOf({ latest_charge: charge }: PaymentIntent): number | undefined {
  if (charge === null) return 0
  return typeof charge === 'string' ? undefined : charge.amount_refunded
}

export function actionOf({ next_action: next }: PaymentIntent): GatewayPayment['action'] {
  const url = next?.redirect_to_url?.url
  return url ? { type: 'redirect', url } : null
}

/** A payment intent without a payment method had one that was declined. */
export function declineOf({ last_payment_error: error }: PaymentIntent): Fault {
  return faultOfError({
    type: 'card_error',
    code: error?.code ?? null,
    declineCode: error?.decline_code ?? null,
    param: null,
    status: 402,
    requestId: null,
    payment: null,
    retryAfterMs: null,
  })
}
