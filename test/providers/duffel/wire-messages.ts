/** Messages of Duffel's, as small as they may be. */

export type Tree = Readonly<Record<string, unknown>>

export function segment(more: Tree = {}): Tree {
  return {
    id: 'seg_1a',
    origin: { iata_code: 'LHR', time_zone: 'Europe/London' },
    destination: { iata_code: 'JFK', time_zone: 'America/New_York' },
    departing_at: '2027-03-10T08:20:00',
    arriving_at: '2027-03-10T11:20:00',
    duration: 'PT8H',
    marketing_carrier: { iata_code: 'BA', name: 'British Airways' },
    marketing_carrier_flight_number: '0117',
    operating_carrier: { iata_code: 'BA', name: 'British Airways' },
    operating_carrier_flight_number: '117',
    aircraft: { iata_code: '77W' },
    stops: [],
    passengers: [rider('pas_1')],
    ...more,
  }
}

export function rider(id: string, more: Tree = {}): Tree {
  return {
    passenger_id: id,
    cabin_class: 'economy',
    fare_basis_code: 'OLX9R',
    baggages: [{ type: 'checked', quantity: 1 }],
    ...more,
  }
}

export function offer(more: Tree = {}): Tree {
  return {
    id: 'off_1',
    owner: { iata_code: 'BA', name: 'British Airways' },
    total_amount: '120.50',
    total_currency: 'GBP',
    base_amount: '100.00',
    base_currency: 'GBP',
    tax_amount: '20.50',
    tax_currency: 'GBP',
    expires_at: '2027-01-05T10:30:00.123456Z',
    passengers: [{ id: 'pas_1', type: 'adult', age: null }],
    slices: [{ id: 'sli_1', fare_brand_name: 'Basic', segments: [segment()] }],
    ...more,
  }
}

/** An offer for these types, all on the same fare. */
export function offerFor(types: readonly string[], more: Tree = {}): Tree {
  const passengers = types.map((type, i) => ({ id: `pas_${i + 1}`, type, age: null }))
  const riders = passengers.map(({ id }) => rider(id))
  return offer({
    passengers,
    slices: [{ fare_brand_name: 'Basic', segments: [segment({ passengers: riders })] }],
    ...more,
  })
}

export function order(more: Tree = {}): Tree {
  return {
    id: 'ord_1',
    booking_reference: 'RZPNX8',
    owner: { iata_code: 'BA' },
    total_amount: '120.50',
    total_currency: 'GBP',
    created_at: '2027-01-05T10:00:00Z',
    cancelled_at: null,
    metadata: { client_ref: 'K7M2QX' },
    payment_status: { awaiting_payment: false, payment_required_by: null, paid_at: '2027-01-05T10:00:00Z' },
    passengers: [{ id: 'pas_1', type: 'adult', given_name: 'Ada', family_name: 'Example' }],
    slices: [{ segments: [segment()] }],
    documents: [{ type: 'electronic_ticket', unique_identifier: '1252106312810', passenger_ids: ['pas_1'] }],
    ...more,
  }
}

export function batch(remaining: number, offers: readonly Tree[] | undefined): Tree {
  const counters = { id: 'orq_1', total_batches: 3, remaining_batches: remaining }
  return { data: offers === undefined ? counters : { ...counters, offers } }
}

export function errors(type: string, code: string, message = 'no'): Tree {
  return { errors: [{ type, code, title: code, message }], meta: { status: 422, request_id: 'r1' } }
}

export function bytesOf(tree: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(tree))
}
