import { type Fault, type FaultKind, fault } from '../../core/fault.ts'
import type { WireError } from './wire/errors.ts'

/** Codes of NDC errors, the airlines' mostly IATA code set 9845. Source: domain.md 3.5. A code that an airline uses in a way
 *  of its own is caught by the wording below. */
const byCode: ReadonlyMap<string, FaultKind> = new Map([
  ['68', 'invalid-request'], // more than nine passengers with a seat
  ['100', 'no-offers'],
  ['496', 'no-offers'],
  ['102', 'invalid-request'], // departure date
  ['111', 'authentication'],
  ['143', 'passenger-data'], // passenger type
  ['324', 'passenger-data'], // more infants than adults
  ['476', 'invalid-request'], // the same PaxID twice
  ['490', 'offer-gone'], // unable to retrieve the offer
  ['495', 'price-changed'],
  ['708', 'payment-declined'],
  ['724', 'invalid-request'], // more than six origins and destinations
  ['911', 'supplier-error'],
  ['912', 'invalid-request'], // format
  ['913', 'offer-gone'], // expired or used
])

/** First match wins. */
const byWording: readonly (readonly [RegExp, FaultKind])[] = [
  [/no (flights|offers|fares|availab|itinerar|result)|not? .*(flights|offers) (found|available)/i, 'no-offers'],
  [/sold ?out|no (more )?seats|seats? (is|are)? ?(no longer|not) available|unable to sell|class .*closed/i, 'sold-out'],
  [/price (has |was )?(changed|increased)|fare (has )?changed|price discrepancy/i, 'price-changed'],
  [/offer.*(expired|no longer|not found|used|retrieve)|shopping session/i, 'offer-gone'],
  [/instant (payment|purchase)|payment (is )?required|hold (is )?not (allowed|permitted|available)/i, 'not-supported'],
  [/order.*(not found|does not exist|retrieve)|(booking|pnr).*(not found|does not exist)/i, 'not-found'],
  [/authori[sz]|authenticat|credential|api key|access denied/i, 'authentication'],
  [/too many requests|rate limit|throttl|quota/i, 'rate-limited'],
  [/payment|card|declined/i, 'payment-declined'],
  [/already cancel|not (be )?cancel|non-?refundable|refund/i, 'not-cancellable'],
  [/duplicate (booking|order|passenger)/i, 'duplicate'],
  [/passenger|traveller|birth|surname|given name|document/i, 'passenger-data'],
  [/ticket/i, 'ticketing-failed'],
  [/timed? ?out/i, 'timeout'],
  [/technical|internal|system|unavailable|external error|try again|service/i, 'supplier-error'],
  [/invalid|missing|format|mandatory|required|schema/i, 'invalid-request'],
]

export function kindOf(error: WireError): FaultKind {
  const known = byCode.get(error.code.replace(/^0+(?=\d)/, ''))
  if (known) return known
  for (const [wording, kind] of byWording) if (wording.test(error.text)) return kind
  switch (error.type) {
    case 'Unavailable':
    case 'Unknown':
    case 'Retry':
      return 'supplier-error'
    default:
      return 'refused'
  }
}

/** `sent`: the message may have made or changed an order. `NotProcessed` and `Retry` say that nothing was done; `Processed`
 *  and `Unknown`, and any failure of the system behind it, prove nothing (domain.md 3.5). */
export function toFault(error: WireError, sent = false): Fault {
  const kind = kindOf(error)
  const unsure =
    kind === 'timeout' || kind === 'supplier-error' || error.type === 'Unknown' || error.type === 'Processed'
  return fault(kind, publicText(error), {
    code: error.code === '' ? null : error.code,
    mayHaveBooked: sent && unsure && error.type !== 'NotProcessed' && error.type !== 'Retry',
  })
}

/** The supplier says that asking again may help. */
export function isPassing(error: { readonly text: string; readonly type?: string | null }): boolean {
  return error.type === 'Retry' || /busy|try again|retry|simultaneous/i.test(error.text)
}

function publicText({ code, text }: WireError): string {
  const words = text.replace(/\s+/g, ' ').trim()
  return (words === '' ? `the supplier answered with error ${code}` : words).slice(0, 240)
}
