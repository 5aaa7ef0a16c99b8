import { type Fault, type FaultKind, fault } from 'fareloom/core/fault.ts'
import type { Complaint } from './wire/complaint.ts'

/** Acme's codes: what kind of failure each is, and whether an order may exist although the answer is no. */
const kinds: Readonly<Record<string, { readonly kind: FaultKind; readonly mayHaveBooked?: boolean }>> = {
  unauthorised: { kind: 'authentication' },
  'bad-request': { kind: 'invalid-request' },
  'too-many-requests': { kind: 'rate-limited' },
  'out-of-order': { kind: 'supplier-error', mayHaveBooked: true },
  gone: { kind: 'offer-gone' },
  'sold-out': { kind: 'sold-out' },
  'not-found': { kind: 'not-found' },
  'host-busy': { kind: 'ticketing-failed' },
  'no-ticket': { kind: 'ticketing-failed' },
  'not-cancellable': { kind: 'not-cancellable' },
  refused: { kind: 'refused' },
}

/** Asked again, these may come to a better end; nothing was done. */
export function isRetryable({ code }: Fault): boolean {
  return code === 'host-busy'
}

export function complaintFault({ code, text }: Complaint, retryAfterMs: number | null): Fault {
  const { kind, mayHaveBooked = false } = kinds[code] ?? { kind: 'refused' }
  return fault(kind, `Acme: ${text}`, { code, mayHaveBooked, retryAfterMs })
}

/** Of a gateway that does not speak the format. */
export function statusFault(status: number, retryAfterMs: number | null): Fault {
  const text = `Acme answered with status ${status}`
  if (status === 401 || status === 403) return fault('authentication', text)
  if (status === 429) return fault('rate-limited', text, { retryAfterMs })
  if (status >= 500) return fault('supplier-error', text, { mayHaveBooked: true })
  return fault('invalid-request', text)
}
