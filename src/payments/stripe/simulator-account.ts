import type { EpochMs } from '../../core/clock.ts'
import type { Behaviour } from './simulator-cards.ts'

/** A Stripe account as data: what is kept of it, and pure rules for what may happen to a payment intent. */
export type IntentStatus = 'requires_payment_method' | 'requires_action' | 'requires_capture' | 'succeeded' | 'canceled'

export type SimulatedIntent = {
  readonly id: string
  readonly chargeId: string | null
  readonly status: IntentStatus
  readonly amount: number
  readonly received: number
  readonly refunded: number
  readonly currency: string
  readonly token: string
  readonly description: string | null
  readonly returnUrl: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly lastError: CardError | null
  readonly createdMs: EpochMs
  /** Refunds so far: the first one's answer may be lost. */
  readonly refunds: number
}

export type CardError = { readonly code: string; readonly declineCode: string | null; readonly message: string }

export type ErrorBody = {
  readonly type: 'card_error' | 'invalid_request_error' | 'idempotency_error' | 'api_error'
  readonly message: string
  readonly code?: string
  readonly decline_code?: string
  readonly param?: string
}

export type Refusal = { readonly status: number; readonly error: ErrorBody }

export function refusal(status: number, error: ErrorBody): Refusal {
  return { status, error }
}

export function invalid(message: string, more: Omit<Partial<ErrorBody>, 'type' | 'message'> = {}): Refusal {
  return refusal(400, { type: 'invalid_request_error', message, ...more })
}

export function missing(what: string, id: string): Refusal {
  const message = `No such ${what}: '${id}'`
  return refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message, param: what })
}

/** The bank's word on a card that is confirmed. */
export function confirmed(intent: SimulatedIntent, behaviour: Behaviour, chargeId: string): SimulatedIntent {
  switch (behaviour.kind) {
    case 'works':
    case 'slow':
    case 'breaks':
      return { ...intent, status: 'requires_capture', chargeId }
    case 'three-d-secure':
      return { ...intent, status: 'requires_action' }
    case 'declined': {
      const { code, declineCode, message } = behaviour
      return { ...intent, status: 'requires_payment_method', lastError: { code, declineCode, message } }
    }
  }
}

/** What the traveller said on their bank's page. */
export function answered(intent: SimulatedIntent, approve: boolean, chargeId: string): SimulatedIntent {
  if (approve) return { ...intent, status: 'requires_capture', chargeId }
  const lastError = {
    code: 'payment_intent_authentication_failure',
    declineCode: null,
    message: 'The provided payment method has failed authentication.',
  }
  return { ...intent, status: 'requires_payment_method', lastError }
}

export function captured(intent: SimulatedIntent, amount: number): SimulatedIntent | Refusal {
  if (intent.status !== 'requires_capture') return unexpectedState(intent, 'captured')
  if (amount <= 0 || amount > intent.amount)
    return invalid('The amount to capture must be from 1 to the amount authorised.', {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    })
  return { ...intent, status: 'succeeded', received: amount }
}

export function cancelled(intent: SimulatedIntent): SimulatedIntent | Refusal {
  if (intent.status === 'succeeded' || intent.status === 'canceled') return unexpectedState(intent, 'canceled')
  return { ...intent, status: 'canceled' }
}

export function refunded(intent: SimulatedIntent, amount: number): SimulatedIntent | Refusal {
  if (intent.status !== 'succeeded')
    return invalid('This PaymentIntent does not have a successful charge to refund.', {
      code: 'payment_intent_unexpected_state',
    })
  if (intent.refunded === intent.received)
    return invalid('Charge has already been refunded.', { code: 'charge_already_refunded' })
  if (amount <= 0 || intent.refunded + amount > intent.received)
    return invalid('Refund amount is greater than unrefunded amount on charge.', {
      code: 'amount_too_large',
      param: 'amount',
    })
  return { ...intent, refunded: intent.refunded + amount, refunds: intent.refunds + 1 }
}

function unexpectedState({ status }: SimulatedIntent, what: string): Refusal {
  return invalid(`This PaymentIntent could not be ${what} because it has a status of ${status}.`, {
    code: 'payment_intent_unexpected_state',
  })
}
