import { type Fault, type FaultKind, fault } from '../../core/fault.ts'

/** A refusal as the wire has it: `ErrorInfo` of a SOAP fault, a ResponseMessage, TicketFailureInfo. */
export type WireFault = {
  /** Of the detail; the faultcode where there is none. */
  readonly code: string
  /** `Server.Business`, `Server.Security` …; empty outside SOAP faults. */
  readonly faultCode: string
  readonly service: string
  readonly text: string
}

/** By code, and by wording where a code stands for many things: first match wins. Codes are per service, so the few that
 *  mean one thing everywhere come first. Sources: domain.md 3.4, recorded faults, Universal API help on error codes. */
const byCode: ReadonlyMap<string, FaultKind> = new Map([
  ['345', 'authentication'], // no agreement between the branch and the office
  ['2602', 'no-offers'],
  ['3037', 'sold-out'], // no availability on chosen flights
  ['3029', 'sold-out'], // sell failure beside a record that exists
  ['3003', 'invalid-request'],
  ['3979', 'ticketing-failed'], // the PNR was changed outside: ask again
  ['12008', 'ticketing-failed'], // the host's free text: REFUSE CREDIT …
])

const byWording: readonly (readonly [RegExp, FaultKind])[] = [
  [/no solutions|no (more|later|earlier) .*flights|no flights|no (valid )?fares?\b|unable to fare quote/i, 'no-offers'],
  [/\*0 avail|avail\/wl|sold out|no availability|unable to sell|not available in class|segment sell/i, 'sold-out'],
  [/no agreement|not authori[sz]ed|unauthori[sz]ed|authenticat|invalid (user|credentials|password)/i, 'authentication'],
  [/too many requests|transaction rate|throttl|limit exceeded/i, 'rate-limited'],
  [/immediate ticketing|instant (purchase|ticketing)|hold not (allowed|permitted)/i, 'not-supported'],
  [/price (has )?changed|fare (has )?changed|schedule (has )?changed/i, 'price-changed'],
  [
    /unable to retrieve|(record|reservation|locator|pnr)( .*)? not found|no such (record|pnr)|invalid locator/i,
    'not-found',
  ],
  [
    /already (been )?cancel|not cancel|cannot be cancel|void (not|period|window)|not refundable|nonref/i,
    'not-cancellable',
  ],
  [
    /(first|last|passenger|traveler) name|date of birth|\bdocs?\b|ssr .*(format|invalid)|invalid name/i,
    'passenger-data',
  ],
  [/duplicate/i, 'duplicate'],
  [/refuse credit|ticketing|tkt/i, 'ticketing-failed'],
  [/timed? ?out|timeout/i, 'timeout'],
  [/system error|internal|unavailable|host (error|down)|communication/i, 'supplier-error'],
  [/validation|invalid|missing|required|schema/i, 'invalid-request'],
]

export function kindOf(wire: WireFault): FaultKind {
  if (/security/i.test(wire.faultCode)) return 'authentication'
  const coded = byCode.get(wire.code)
  if (coded) return coded
  for (const [wording, kind] of byWording) if (wording.test(wire.text)) return kind
  if (/validation|client/i.test(wire.faultCode)) return 'invalid-request'
  return /business/i.test(wire.faultCode) ? 'refused' : 'supplier-error'
}

/** `sent`: the message may have made or changed an order, so a failure of the system behind it proves nothing. */
export function toFault(wire: WireFault, sent = false): Fault {
  const kind = kindOf(wire)
  const unsure = kind === 'timeout' || kind === 'supplier-error'
  return fault(kind, publicText(wire), { code: wire.code, mayHaveBooked: sent && unsure })
}

/** Some descriptions carry whole documents: one sentence is enough, and no markup. */
function publicText(wire: WireFault): string {
  const text = wire.text
    .replace(/<[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return (text === '' ? `the supplier answered with error ${wire.code}` : text).slice(0, 240)
}
