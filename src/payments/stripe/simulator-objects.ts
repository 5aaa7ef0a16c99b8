import { sha256Hex } from '../../core/ids.ts'
import type { SimulatedIntent } from './simulator-account.ts'

/** Stripe's objects, as its answers and events have them; fields that nothing here uses are left out. */
export function intentJson(
  intent: SimulatedIntent,
  { expand, actionUrl }: { readonly expand: readonly string[]; readonly actionUrl: (id: string) => string },
): Readonly<Record<string, unknown>> {
  const { id, status, chargeId, lastError: error } = intent
  const whole = expand.some(name => name === 'latest_charge' || name === 'data.latest_charge')
  return {
    id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: status === 'requires_capture' ? intent.amount : 0,
    amount_received: intent.received,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'manual',
    confirmation_method: 'automatic',
    created: Math.floor(intent.createdMs / 1000),
    currency: intent.currency,
    description: intent.description,
    last_payment_error: error && {
      type: 'card_error',
      code: error.code,
      ...(error.declineCode === null ? {} : { decline_code: error.declineCode }),
      message: error.message,
    },
    latest_charge: whole && chargeId !== null ? chargeJson(intent, chargeId) : chargeId,
    livemode: false,
    metadata: intent.metadata,
    next_action:
      status === 'requires_action'
        ? { type: 'redirect_to_url', redirect_to_url: { url: actionUrl(id), return_url: intent.returnUrl } }
        : null,
    payment_method: status === 'requires_payment_method' ? null : methodId(intent.token),
    payment_method_types: ['card'],
    status,
  }
}

function chargeJson(intent: SimulatedIntent, id: string): Readonly<Record<string, unknown>> {
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.received,
    amount_refunded: intent.refunded,
    captured: intent.status === 'succeeded',
    created: Math.floor(intent.createdMs / 1000),
    currency: intent.currency,
    paid: true,
    payment_intent: intent.id,
    payment_method_details: { type: 'card', card: { fingerprint: fingerprintOf(intent.token) } },
    refunded: intent.received > 0 && intent.refunded === intent.received,
    status: 'succeeded',
  }
}

export function refundJson(
  intent: SimulatedIntent,
  made: {
    readonly id: string
    readonly amount: number
    readonly atMs: number
    readonly metadata: Readonly<Record<string, string>>
  },
): Readonly<Record<string, unknown>> {
  return {
    id: made.id,
    object: 'refund',
    amount: made.amount,
    charge: intent.chargeId,
    created: Math.floor(made.atMs / 1000),
    currency: intent.currency,
    metadata: made.metadata,
    payment_intent: intent.id,
    reason: null,
    status: 'succeeded',
  }
}

export function disputeJson(intent: SimulatedIntent, atMs: number): Readonly<Record<string, unknown>> {
  return {
    id: `dp_${sha256Hex(intent.id).slice(0, 24)}`,
    object: 'dispute',
    amount: intent.received,
    charge: intent.chargeId,
    created: Math.floor(atMs / 1000),
    currency: intent.currency,
    payment_intent: intent.id,
    reason: 'fraudulent',
    status: 'needs_response',
  }
}

/** Each use of a test card's name is a payment method of its own; the card behind it has one fingerprint. */
export function methodJson(token: string): Readonly<Record<string, unknown>> {
  return {
    id: methodId(token),
    object: 'payment_method',
    billing_details: { address: null, email: null, name: null, phone: null },
    card: { brand: 'visa', country: 'US', funding: 'credit', fingerprint: fingerprintOf(token), last4: '4242' },
    livemode: false,
    metadata: {},
    type: 'card',
  }
}

function methodId(token: string): string {
  return `pm_${sha256Hex(`method ${token}`).slice(0, 24)}`
}

function fingerprintOf(token: string): string {
  return sha256Hex(`card ${token}`).slice(0, 16)
}

export function errorJson(
  error: { readonly type: string } & Readonly<Record<string, unknown>>,
  intent: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> {
  return { error: intent ? { ...error, payment_intent: intent } : error }
}

export function eventJson(
  event: { readonly id: string; readonly type: string; readonly atMs: number },
  object: Readonly<Record<string, unknown>>,
  apiVersion: string,
): Readonly<Record<string, unknown>> {
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: Math.floor(event.atMs / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: event.type,
  }
}
