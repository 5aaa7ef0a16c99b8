/** Why a supplier or gateway did not do what it was asked. One permanent word per kind of failure; suppliers map
 *  their own codes and wording to it in `faults.ts`. */
export type FaultKind =
  | 'timeout' // nothing came back in time
  | 'connection' // refused, reset, cut off, DNS
  | 'circuit-open' // we did not ask: the breaker is open
  | 'rate-limited' // 429, quota, or our own budget for this supplier
  | 'authentication' // our credentials
  | 'invalid-request' // the supplier says that what we sent is wrong
  | 'malformed-reply' // what came back cannot be understood: HTML, cut JSON, missing parts
  | 'supplier-error' // 5xx, SYSTEM ERROR
  | 'not-supported' // this supplier cannot do that
  | 'no-offers' // understood and empty; for a search this is an answer, not a failure
  | 'offer-gone' // expired or no longer sold
  | 'price-changed'
  | 'sold-out'
  | 'not-found' // the order or offer is not there
  | 'passenger-data' // names, documents, dates that the supplier refuses
  | 'payment-declined'
  | 'ticketing-failed'
  | 'not-cancellable'
  | 'duplicate' // the supplier thinks that this order exists already
  | 'cancelled' // the caller left, or nobody waits any more
  | 'refused' // a definite no of any other sort

export type Fault = {
  readonly kind: FaultKind
  /** The supplier's own code, as on the wire ("38194", "NO FARES"). */
  readonly code: string | null
  /** Fit for the API: what happened, in a sentence, without personal data, tokens or stack traces. */
  readonly text: string
  /** Whether an order (or a charge) may exist although no good answer came. Decides between refused and unknown. */
  readonly mayHaveBooked: boolean
  readonly retryAfterMs: number | null
}

export function fault(
  kind: FaultKind,
  text: string,
  more: { readonly code?: string | null; readonly mayHaveBooked?: boolean; readonly retryAfterMs?: number | null } = {},
): Fault {
  return {
    kind,
    code: more.code ?? null,
    text,
    mayHaveBooked: more.mayHaveBooked ?? false,
    retryAfterMs: more.retryAfterMs ?? null,
  }
}

/** Faults that say something about the supplier's health, and so count for its breaker. */
export function isOutage(kind: FaultKind): boolean {
  switch (kind) {
    case 'timeout':
    case 'connection':
    case 'malformed-reply':
    case 'supplier-error':
    case 'authentication':
      return true
    case 'circuit-open':
    case 'rate-limited':
    case 'invalid-request':
    case 'not-supported':
    case 'no-offers':
    case 'offer-gone':
    case 'price-changed':
    case 'sold-out':
    case 'not-found':
    case 'passenger-data':
    case 'payment-declined':
    case 'ticketing-failed':
    case 'not-cancellable':
    case 'duplicate':
    case 'cancelled':
    case 'refused':
      return false
  }
}
