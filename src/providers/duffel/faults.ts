import { type Fault, type FaultKind, fault } from '../../core/fault.ts'

/** Duffel's error codes and what they mean to us. `mayHaveBooked`: what an order or payment request that was answered so
 *  may have left behind. Sources: the vendor's list of errors, its notes on order creation (`order_not_created` and 503
 *  promise that nothing was made; 500, 502 and 504 promise nothing), domain.md 3.2. */
type Row = { readonly kind: FaultKind; readonly mayHaveBooked: boolean }

const no = (kind: FaultKind): Row => ({ kind, mayHaveBooked: false })
const perhaps = (kind: FaultKind): Row => ({ kind, mayHaveBooked: true })

const codes: ReadonlyMap<string, Row> = new Map([
  // who we are
  ['access_token_not_found', no('authentication')],
  ['expired_access_token', no('authentication')],
  ['insufficient_permissions', no('authentication')],
  ['invalid_authorization_header', no('authentication')],
  ['missing_authorization_header', no('authentication')],
  ['rate_limit_exceeded', no('rate-limited')],
  // what we ask
  ['not_found', no('not-found')],
  ['unavailable_feature', no('not-supported')],
  ['unsupported_action', no('not-supported')],
  ['invalid_order_create_type', no('not-supported')],
  ['order_type_not_eligible_for_payment', no('not-supported')],
  ['payments_not_allowed_for_order_type', no('invalid-request')],
  ['services_not_allowed_for_order_type', no('invalid-request')],
  // the offer
  ['offer_no_longer_available', no('offer-gone')],
  ['offer_expired', no('offer-gone')],
  ['ancillary_service_not_available', no('offer-gone')],
  ['price_changed', no('price-changed')],
  ['payment_amount_does_not_match_order_amount', no('price-changed')],
  ['payment_currency_does_not_match_order_currency', no('price-changed')],
  // who travels
  ['duplicate_passenger_name', no('passenger-data')],
  ['duplicate_passenger_names', no('passenger-data')],
  ['invalid_email_address', no('passenger-data')],
  ['invalid_loyalty_card', no('passenger-data')],
  ['invalid_passenger_name', no('passenger-data')],
  ['invalid_passenger_title', no('passenger-data')],
  ['invalid_phone_number', no('passenger-data')],
  ['order_passengers_incompatible_with_offer', no('passenger-data')],
  // money
  ['insufficient_balance', no('payment-declined')],
  ['payment_declined', no('payment-declined')],
  ['high_fraud_risk', no('payment-declined')],
  // the order
  ['order_not_created', no('refused')],
  ['duplicate_booking', perhaps('duplicate')],
  ['offer_request_already_booked', perhaps('duplicate')],
  ['order_creation_already_attempted', perhaps('duplicate')],
  ['booking_already_attempted', perhaps('duplicate')],
  ['already_cancelled', no('not-cancellable')],
  ['order_not_cancellable', no('not-cancellable')],
  ['order_cancellation_stale', no('offer-gone')],
  ['already_paid', perhaps('refused')],
  ['past_payment_required_by_date', no('offer-gone')],
  ['schedule_changed', no('refused')],
  ['modified_externally', no('refused')],
  // out of order
  ['service_unavailable', no('supplier-error')],
  ['airline_internal', perhaps('supplier-error')],
  ['airline_unknown', perhaps('supplier-error')],
  ['internal_server_error', perhaps('supplier-error')],
  ['gateway_timeout', perhaps('supplier-error')],
])

const types: ReadonlyMap<string, Row> = new Map([
  ['authentication_error', no('authentication')],
  ['rate_limit_error', no('rate-limited')],
  ['invalid_request_error', no('invalid-request')],
  ['validation_error', no('invalid-request')],
  ['invalid_state_error', no('refused')],
  ['airline_error', perhaps('supplier-error')],
  ['api_error', perhaps('supplier-error')],
])

/** The code of an offer that is gone does not say why; its words may. */
const soldOut = /sold out|no (longer any )?seats|not enough seats|fully booked/i

export type Complaint = {
  readonly type: string | null
  readonly code: string | null
  readonly title: string | null
  readonly message: string | null
  /** Of the request: `/passengers/0/born_on`. */
  readonly pointer: string | null
}

export function faultOf(complaint: Complaint, retryAfterMs: number | null = null): Fault {
  const row = rowOf(complaint)
  return fault(row.kind, textOf(complaint, row.kind), {
    code: complaint.code ?? complaint.type,
    mayHaveBooked: row.mayHaveBooked,
    retryAfterMs: row.kind === 'rate-limited' ? retryAfterMs : null,
  })
}

function rowOf({ code, type, message, pointer }: Complaint): Row {
  const known = (code !== null && codes.get(code)) || (type !== null && types.get(type)) || perhaps('supplier-error')
  if (known.kind === 'offer-gone' && soldOut.test(message ?? '')) return no('sold-out')
  const aboutPeople = pointer?.includes('/passengers') === true
  return known.kind === 'invalid-request' && aboutPeople ? no('passenger-data') : known
}

const textMax = 300

/** Complaints about passengers may quote what was typed: there the title and the place must do. */
function textOf({ code, title, message, pointer }: Complaint, kind: FaultKind): string {
  const words = [title, kind === 'passenger-data' ? null : message].filter(Boolean).join(': ')
  return `${words || `Duffel answered ${code ?? 'an error'}`}${pointer === null ? '' : ` (${pointer})`}`.slice(
    0,
    textMax,
  )
}

/** Where there is a status and nothing that can be read. */
export function statusFault(status: number, retryAfterMs: number | null = null): Fault {
  const code = String(status)
  if (status === 401 || status === 403)
    return fault('authentication', 'Duffel does not accept the access token', { code })
  if (status === 404) return fault('not-found', 'Duffel has no such thing', { code })
  if (status === 429) return fault('rate-limited', 'Duffel asks for fewer requests', { code, retryAfterMs })
  if (status >= 500) return fault('supplier-error', `Duffel answered ${status}`, { code, mayHaveBooked: true })
  return fault('invalid-request', `Duffel answered ${status}`, { code })
}
