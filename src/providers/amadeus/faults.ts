import { type Fault, type FaultKind, fault } from '../../core/fault.ts'

/** Amadeus' codes and what they mean to us. `mayHaveBooked`: what an order request that was answered so may have left
 *  behind. A 4xx is a definite no; a system error says nothing about what was done before it.
 *  Sources: the vendor's tables per operation and guide; domain.md 3.1. */
type Row = { readonly kind: FaultKind; readonly mayHaveBooked: boolean }

const no = (kind: FaultKind): Row => ({ kind, mayHaveBooked: false })
const perhaps = (kind: FaultKind): Row => ({ kind, mayHaveBooked: true })

const codes: ReadonlyMap<string, Row> = new Map([
  // who we are
  ['38187', no('authentication')], // invalid parameters of the token request
  ['38188', no('authentication')],
  ['38190', no('authentication')], // invalid access token
  ['38191', no('authentication')], // invalid HTTP header
  ['38192', no('authentication')], // access token expired
  ['38193', no('authentication')],
  ['38197', no('authentication')], // forbidden
  ['39683', no('authentication')],
  ['39686', no('authentication')],
  // how much we ask
  ['38194', no('rate-limited')], // too many requests
  ['38195', no('rate-limited')], // quota
  // where we ask
  ['38196', no('not-supported')], // resource not found: a wrong path, not a missing order
  ['1797', no('not-found')],
  // what we ask
  ['425', no('invalid-request')], // invalid date
  ['477', no('invalid-request')], // invalid format
  ['572', no('invalid-request')], // invalid option
  ['2668', no('invalid-request')], // parameter combination
  ['2781', no('invalid-request')], // invalid length
  ['4926', no('invalid-request')], // invalid data received
  ['10661', no('invalid-request')], // maximum number of occurrences exceeded
  ['32171', no('invalid-request')], // mandatory data missing
  // nothing to sell
  ['866', no('no-offers')], // no fare found for the requested itinerary
  ['931', no('no-offers')], // no itinerary found
  ['977', no('no-offers')], // no available flight found
  ['996', no('no-offers')], // no journey found
  ['6003', no('no-offers')],
  // booking
  ['1304', no('payment-declined')], // credit card not accepted
  ['9112', no('ticketing-failed')],
  ['34107', no('offer-gone')], // not applicable fare
  ['34651', no('sold-out')], // segment sell failure
  ['34733', no('payment-declined')], // virtual card creation failed
  ['36870', perhaps('refused')], // booking failed: it does not say at which step
  ['37200', no('price-changed')],
  ['38034', no('sold-out')], // one or more services are not available
  // SOAP services
  ['390', no('refused')],
  ['911', no('offer-gone')], // no ticketable validating carrier
  ['920', no('invalid-request')], // past date or time
  ['1929', no('not-found')], // invalid record locator
  // out of order
  ['141', perhaps('supplier-error')],
  ['38189', perhaps('supplier-error')],
])

/** 4926 and 477 say little by themselves; their detail does. */
const wordings: readonly { readonly pattern: RegExp; readonly kind: FaultKind }[] = [
  { pattern: /could not sell|not enough seats|no availability|unable to satisfy/i, kind: 'sold-out' },
  { pattern: /no fare applicable|fare is not available|not applicable fare|no longer available/i, kind: 'offer-gone' },
  { pattern: /ticketed|already issued|cannot be cancell?ed/i, kind: 'not-cancellable' },
  { pattern: /name|date ?of ?birth|document|passport|e-?mail|phone|traveler/i, kind: 'passenger-data' },
]

export type Complaint = {
  readonly status: number | null
  readonly code: string | null
  readonly title: string | null
  readonly detail: string | null
  /** Of the request: JSON pointer or parameter. */
  readonly source: string | null
  readonly retryAfterMs?: number | null
}

export function faultOf(complaint: Complaint): Fault {
  const row = rowOf(complaint)
  return fault(row.kind, textOf(complaint, row.kind), {
    code: complaint.code,
    mayHaveBooked: row.mayHaveBooked,
    retryAfterMs: complaint.retryAfterMs ?? null,
  })
}

function rowOf({ code, status, title, detail }: Complaint): Row {
  const known = code === null ? undefined : codes.get(code.replace(/^0+(?=.)/, ''))
  if (known && known.kind !== 'invalid-request') return known
  const wording = wordings.find(({ pattern }) => pattern.test(`${title ?? ''} ${detail ?? ''}`))
  if (wording) return no(wording.kind)
  return known ?? byStatus(status)
}

function byStatus(status: number | null): Row {
  if (status === null) return perhaps('supplier-error')
  if (status === 401 || status === 403) return no('authentication')
  if (status === 404) return no('not-found')
  if (status === 429) return no('rate-limited')
  if (status >= 400 && status < 500) return no('refused')
  return perhaps('supplier-error')
}

const textMax = 300

/** What a traveller typed may stand in the detail of a complaint about passengers: there the title must do. */
function textOf({ code, title, detail, source }: Complaint, kind: FaultKind): string {
  const words = [title, kind === 'passenger-data' ? null : detail].filter(Boolean).join(': ')
  const text = words || `Amadeus answered with code ${code ?? 'unknown'}`
  return `${text}${source === null ? '' : ` (${source})`}`.slice(0, textMax)
}
