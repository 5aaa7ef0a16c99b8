import { type Fault, type FaultKind, fault } from '../../core/fault.ts'
import { codeOf, mayHaveLeft } from '../../core/http-client.ts'

/** What Stripe says went wrong, as docs.stripe.com/api/errors has it. */
export type ApiError = {
  readonly type: string
  readonly code: string | null
  readonly declineCode: string | null
  readonly param: string | null
  readonly status: number
  /** Stripe's own, for its support. */
  readonly requestId: string | null
  /** The payment intent as it stands now, where Stripe sends it along. */
  readonly payment: { readonly id: string; readonly status: string; readonly amount_received?: number } | null
  readonly retryAfterMs: number | null
}

type Meaning = { readonly kind: FaultKind; readonly text: string; readonly mayHaveBooked?: true }

const declined = { kind: 'payment-declined', text: 'The card was declined.' } as const
const unconfirmed = { kind: 'payment-declined', text: 'The traveller did not confirm the payment.' } as const
const unknownMethod = {
  kind: 'payment-declined',
  text: 'This payment method is not known or has been used up.',
} as const

/** By `decline_code`, else by `code`, else by `type`; what is not listed follows from the HTTP status. A lost or stolen card is
 *  declined in the same words as any other: whoever holds it is not told. */
const meanings: Readonly<Record<string, Meaning>> = {
  insufficient_funds: { kind: 'payment-declined', text: 'The card has not enough funds.' },
  expired_card: { kind: 'payment-declined', text: 'The card has expired.' },
  incorrect_cvc: { kind: 'payment-declined', text: 'The security code of the card is wrong.' },
  authentication_required: unconfirmed,
  payment_intent_authentication_failure: unconfirmed,
  payment_method_unactivated: unknownMethod,
  payment_method_unexpected_state: unknownMethod,
  card_error: declined,
  // nothing was done: another request holds the object, or there were too many
  lock_timeout: { kind: 'rate-limited', text: 'The payment gateway is busy with this payment.' },
  rate_limit: { kind: 'rate-limited', text: 'The payment gateway takes no more requests for the moment.' },
  // of a first request under the same key nobody knows here what became of it
  idempotency_key_in_use: {
    kind: 'supplier-error',
    text: 'The payment gateway is still working on it.',
    mayHaveBooked: true,
  },
  idempotency_error: {
    kind: 'duplicate',
    text: 'The payment gateway knows this request with other contents.',
    mayHaveBooked: true,
  },
  resource_missing: { kind: 'not-found', text: 'The payment gateway does not know this payment.' },
  payment_intent_unexpected_state: { kind: 'refused', text: 'The payment is not in a state that allows this.' },
  charge_expired_for_capture: { kind: 'refused', text: 'The authorisation has expired.' },
  charge_already_captured: { kind: 'refused', text: 'The payment was collected before.' },
  charge_already_refunded: { kind: 'refused', text: 'The payment was refunded before.' },
  charge_disputed: { kind: 'refused', text: 'The traveller has disputed this payment.' },
  amount_too_large: { kind: 'refused', text: 'The amount is too large.' },
  amount_too_small: { kind: 'refused', text: 'The amount is too small for a card payment.' },
  authentication_error: { kind: 'authentication', text: 'The payment gateway does not accept our key.' },
  invalid_request_error: { kind: 'invalid-request', text: 'The payment gateway does not accept the request.' },
  api_error: { kind: 'supplier-error', text: 'The payment gateway failed.', mayHaveBooked: true },
}

/** `mayHaveBooked`: nobody can say whether money moved. */
export function faultOfError(error: ApiError): Fault {
  const { kind, text, mayHaveBooked } = meaningOf(error)
  const code = error.declineCode ?? error.code ?? error.type
  return fault(kind, text, { code, mayHaveBooked: mayHaveBooked ?? false, retryAfterMs: error.retryAfterMs })
}

function meaningOf({ type, code, declineCode, param, status }: ApiError): Meaning {
  if (status >= 500) return meanings.api_error!
  if (type === 'idempotency_error' && status !== 409) return meanings.idempotency_error!
  if (code === 'resource_missing' && param === 'payment_method') return unknownMethod
  for (const word of [declineCode, code]) {
    const meaning = word === null ? undefined : meanings[word]
    if (meaning) return meaning
  }
  if (status === 409) return meanings.idempotency_key_in_use!
  if (status === 429) return meanings.rate_limit!
  if (status === 401 || status === 403) return meanings.authentication_error!
  if (status === 402) return declined
  return type === 'api_error' ? meanings.api_error! : (meanings[type] ?? meanings.invalid_request_error!)
}

/** What cannot be charged to the last digit is refused before anything is sent. */
export const notChargeable = fault('invalid-request', 'This amount cannot be charged in its currency.', {
  code: 'amount',
})

export function malformed(): Fault {
  return fault('malformed-reply', "The payment gateway's answer is not understood.", { mayHaveBooked: true })
}

/** From what the transport threw. `mayHaveBooked`: the request may have been carried out. */
export function faultOfTransport(error: unknown, aborted: boolean): Fault {
  const code = codeOf(error)
  if (aborted) return fault('timeout', 'The payment gateway did not answer in time.', { code, mayHaveBooked: true })
  if (code === null) return malformed()
  return fault('connection', 'The payment gateway could not be reached.', {
    code,
    mayHaveBooked: mayHaveLeft(code),
  })
}
