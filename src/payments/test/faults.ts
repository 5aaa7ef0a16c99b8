import { type Fault, type FaultKind, fault } from '../../core/fault.ts'
import { codeOf, mayHaveLeft } from '../../core/http-client.ts'

/** The gateway's error codes; what is not listed follows from the HTTP status. All of these are definite: nothing moved. */
const kinds: Readonly<Record<string, FaultKind>> = {
  card_declined: 'payment-declined',
  insufficient_funds: 'payment-declined',
  unknown_token: 'payment-declined',
  action_expired: 'payment-declined',
  action_declined: 'payment-declined',
  authentication_failed: 'authentication',
  invalid_request: 'invalid-request',
  idempotency_conflict: 'invalid-request',
  reference_in_use: 'duplicate',
  payment_not_found: 'not-found',
  not_capturable: 'refused',
  not_voidable: 'refused',
  not_refundable: 'refused',
  amount_too_large: 'refused',
  rate_limited: 'rate-limited',
}

const texts: Partial<Readonly<Record<string, string>>> = {
  card_declined: 'The card was declined.',
  insufficient_funds: 'The card has not enough funds.',
  unknown_token: 'This payment method is not known or has been used up.',
  action_expired: 'The traveller did not confirm the payment in time.',
  action_declined: 'The traveller did not confirm the payment.',
}

/** From a well-formed error answer below 500. */
export function faultOfError(status: number, code: string, retryAfterMs: number | null): Fault {
  const kind = kinds[code] ?? (status === 401 ? 'authentication' : status === 429 ? 'rate-limited' : 'refused')
  return fault(kind, texts[code] ?? `The payment gateway refused (${code}).`, { code, retryAfterMs })
}

/** From what the transport threw. `mayHaveBooked`: the request may have been carried out. */
export function faultOfTransport(error: unknown, aborted: boolean): Fault {
  const code = codeOf(error)
  if (aborted) return fault('timeout', 'The payment gateway did not answer in time.', { code, mayHaveBooked: true })
  const mayHaveBooked = mayHaveLeft(code)
  return fault('connection', 'The payment gateway could not be reached.', { code, mayHaveBooked })
}
