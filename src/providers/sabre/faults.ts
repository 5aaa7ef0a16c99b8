import { type Fault, type FaultKind, fault } from '../../core/fault.ts'

/** What Sabre's own words mean. `mayHaveBooked` counts where an order was being made: whether a PNR may stand although
 *  the answer is an error without a locator. */
type Row = { readonly match: RegExp; readonly kind: FaultKind; readonly mayHaveBooked?: true }

/** Booking Management: error types of its published lists (Create, Get, Cancel Booking; Check, Void, Refund, Fulfill
 *  Flight Tickets). First match wins. */
const bookingTypes: readonly Row[] = [
  { match: /^UNABLE_TO_BOOK_FLIGHTS_WRONG_STATUS_CODE$/, kind: 'sold-out' },
  { match: /^UNABLE_TO_BOOK_FLIGHTS_CHECK_DATES$/, kind: 'offer-gone' },
  { match: /^UNABLE_TO_BOOK_FLIGHTS_DUPLICATE/, kind: 'duplicate' },
  { match: /DUPLICATE/, kind: 'duplicate' },
  { match: /^UNABLE_TO_BOOK/, kind: 'refused' },
  { match: /PRICE_COMPARISON|PRICE_DIFFERENCE|PRICE_CHANGED/, kind: 'price-changed' },
  { match: /^UNABLE_TO_PRICE|PRICING_FAILED|NO_FARE/, kind: 'offer-gone' },
  { match: /^(BOOKING|TICKET|ORDER)_NOT_FOUND$/, kind: 'not-found' },
  { match: /TRAVELER|PASSENGER|NAME_|IDENTITY_DOCUMENT|SECURE_FLIGHT/, kind: 'passenger-data' },
  {
    match: /^(UNABLE_TO_VOID|NO_TICKETS_VOIDED|UNABLE_TO_REFUND|AUTOMATED_REFUNDS|UNABLE_TO_CANCEL)/,
    kind: 'not-cancellable',
  },
  {
    match: /^(NO_ITEMS_CANCELLED|CANCEL_OPERATION|BOOKING_NOT_FULFILLED|ORDER_(VOIDED|REFUNDED|NOT_FULFILLED))/,
    kind: 'not-cancellable',
  },
  { match: /FULFILL|TICKETING|UNABLE_TO_ISSUE/, kind: 'ticketing-failed' },
  { match: /PAYMENT_DECLINED|CREDIT_CARD/, kind: 'payment-declined' },
  { match: /^(UNAUTHORIZED|SECURITY_TOKEN|ATH_TOKEN|UNAUTHORIZED_ACCESS)/, kind: 'authentication' },
  { match: /^(MANDATORY_DATA_MISSING|INVALID_|TOO_MANY_DOCUMENTS)/, kind: 'invalid-request' },
  { match: /TIMEOUT|SLOW_DOWN/, kind: 'supplier-error', mayHaveBooked: true },
  {
    match: /END_TRANSACTION|DOWNLINE|FAULT_RESPONSE|INTERNAL_SERVER|UNABLE_TO_RETRIEVE/,
    kind: 'supplier-error',
    mayHaveBooked: true,
  },
]

const bookingCategories: ReadonlyMap<string, FaultKind> = new Map([
  ['BAD_REQUEST', 'invalid-request'],
  ['INVALID_DATA', 'invalid-request'],
  ['REQUEST_NOT_ALLOWED', 'refused'],
  ['RESOURCE_NOT_FOUND', 'not-found'],
  ['RESOURCE_RESTRICTED', 'authentication'],
  ['UNAUTHORIZED', 'authentication'],
  ['CANCELLATION_ERROR', 'not-cancellable'],
  ['CHECK_ERROR', 'not-cancellable'],
])

export function bookingFault(category: string | null, type: string | null, description: string | null): Fault {
  if (/ticketingPolicy/.test(description ?? '')) return fault('not-supported', sentence(description!), { code: type })
  const row = type === null ? undefined : bookingTypes.find(entry => entry.match.test(type))
  const kind = row?.kind ?? (category === null ? undefined : bookingCategories.get(category)) ?? 'supplier-error'
  const doubtful = row?.mayHaveBooked === true || (!row && kind === 'supplier-error')
  return fault(kind, sentence(description ?? type ?? category ?? 'an error without words'), {
    code: type ?? category,
    mayHaveBooked: doubtful,
  })
}

/** The platform in front of every service: `errorCode` (ERR.2SG…, WARN.RAF…) and OAuth's `error`. */
const platformCodes: readonly Row[] = [
  { match: /^WARN\.RAF\.APPLICATION/, kind: 'no-offers' },
  {
    match:
      /SEC\.|INVALID_CREDENTIALS|SECURITY_TOKEN|NOT_AUTHORIZED|^invalid_client|^invalid_grant|^unauthorized|AUTHENTICATION/i,
    kind: 'authentication',
  },
  { match: /TOO_MANY|THROTTL|RATE|QUOTA|CONNECTOR_IS_BUSY|USG_IS_BUSY/i, kind: 'rate-limited' },
  { match: /TIMEOUT/i, kind: 'supplier-error', mayHaveBooked: true },
  { match: /INVALID_REQUEST|VALIDATION|BAD_REQUEST|ERR\.2SG\.CLIENT|^invalid_request/i, kind: 'invalid-request' },
  { match: /NOT_FOUND/i, kind: 'not-found' },
  { match: /GATEWAY|PROVIDER|INTERNAL|RAF/i, kind: 'supplier-error', mayHaveBooked: true },
]

export function platformFault(code: string | null, text: string | null): Fault {
  const row = code === null ? undefined : platformCodes.find(entry => entry.match.test(code))
  return fault(row?.kind ?? 'supplier-error', sentence(text ?? code ?? 'an error without words'), {
    code,
    mayHaveBooked: row ? row.mayHaveBooked === true : true,
  })
}

/** Shopping: an error message beside no itineraries. NAV is "no availability", MIP and PROCESS speak of fares. */
const shoppingCodes: readonly Row[] = [
  {
    match: /^NAV|NO AVAIL|NO FARE|NO COMBINABLE|NO ITIN|NO SCHEDULE|NO FLIGHT|NO SOLUTION|NO PRIVATE FARES/i,
    kind: 'no-offers',
  },
  { match: /TIMEOUT|COMMUNICATION|SYSTEM|INTERNAL/i, kind: 'supplier-error' },
  { match: /INVALID|FORMAT|MISSING|MANDATORY/i, kind: 'invalid-request' },
  { match: /^(MIP|PROCESS|GSI|IF2)$/, kind: 'no-offers' },
]

export function shoppingFault(code: string | null, text: string | null): Fault {
  const row = shoppingCodes.find(entry => entry.match.test(code ?? '') || entry.match.test(text ?? ''))
  return fault(row?.kind ?? 'supplier-error', sentence(text ?? code ?? 'an error without words'), { code })
}

/** By HTTP status where the body says nothing that is known. */
export function statusFault(status: number, retryAfterMs: number | null): Fault {
  if (status === 429) return fault('rate-limited', 'Sabre asks for fewer requests', { code: '429', retryAfterMs })
  const code = String(status)
  if (status === 401 || status === 403)
    return fault('authentication', 'Sabre does not accept our credentials', { code })
  if (status === 404) return fault('not-found', 'Sabre has no such thing', { code })
  if (status >= 500) return fault('supplier-error', `Sabre answered ${status}`, { code, mayHaveBooked: true })
  return fault('invalid-request', `Sabre answered ${status}`, { code })
}

/** Descriptions quote what was sent: names and numbers after a colon or in quotes are cut off. */
function sentence(text: string): string {
  return text.replace(/["'`][^"'`]*["'`]/g, '…').slice(0, 200)
}
