import { isId, type PaymentId } from '../../core/ids.ts'
import type { GatewayNews, NewsOutcome } from '../port.ts'
import { moneyOf } from './amount.ts'
import type { StripeEvent } from './client.ts'

/** What an event means for us. Its contents are never believed, only what it is about; a dispute, which nobody can be asked
 *  about in time, excepted. */
export function readNews(event: StripeEvent | undefined): NewsOutcome {
  if (!event) return { kind: 'refused', reason: 'The signature is missing, too old or not made with our secret.' }
  if (typeof event.id !== 'string' || typeof event.type !== 'string')
    return { kind: 'unreadable', reason: 'The body is no event.' }
  return { kind: 'news', id: event.id, about: aboutOf(event) }
}

function aboutOf(event: StripeEvent): GatewayNews {
  const other = { kind: 'other', type: event.type } as const
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled':
    case 'payment_intent.succeeded': {
      const paymentId = event.data.object.metadata?.paymentId
      return isPaymentId(paymentId) ? { kind: 'payment', paymentId } : other
    }
    case 'charge.dispute.created':
    case 'charge.dispute.closed': {
      const { id, payment_intent: intent, status, reason, amount, currency } = event.data.object
      const gatewayPaymentId = typeof intent === 'string' ? intent : intent?.id
      const money = moneyOf(amount, currency)
      if (!gatewayPaymentId || !money) return other
      const state = event.type === 'charge.dispute.created' ? 'opened' : status === 'lost' ? 'lost' : 'won'
      return { kind: 'dispute', gatewayPaymentId, disputeId: id, status: state, reason, amount: money }
    }
    default:
      return other
  }
}

function isPaymentId(text: string | undefined): text is PaymentId {
  return text !== undefined && isId('pay', text)
}
