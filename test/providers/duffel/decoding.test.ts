import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { SupplierOrder } from '../../../src/core/order.ts'
import { decode } from '../../../src/providers/duffel/wire/decode.ts'
import { decodeOrder, openOrderReading } from '../../../src/providers/duffel/wire/order.ts'
import { askedIds } from '../../../src/providers/duffel/wire/passengers.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { batch, bytesOf, offer, offerFor, order, rider, segment, type Tree } from './wire-messages.ts'

const read = (tree: unknown): ReturnType<typeof decode> => decode(bytesOf(tree))
const one = (tree: Tree): SupplierOffer => read({ data: tree }).offers[0]!
const sliceOf = (...segments: readonly Tree[]): Tree => ({ fare_brand_name: null, segments })

describe('prices', () => {
  test('for one passenger all of it is exact', () => {
    const { passengers, base, taxes, fees, total } = one(offer())
    expect([base, taxes, fees, total].map(money => money.amountMinor)).toEqual([10000, 2050, 0, 12050])
    expect(passengers).toEqual([
      {
        ids: ['pax_1'],
        type: 'ADT',
        count: 1,
        each: { base, taxes: [{ code: 'XT', amount: taxes }], fees: [], total },
      },
    ])
  })

  test('passengers of a type have one price, and what is left over goes to one who is alone of a type', () => {
    const { passengers } = one(offerFor(['adult', 'adult', 'child']))
    expect(passengers.map(({ type, count, each }) => [type, count, each.total.amountMinor])).toEqual([
      ['ADT', 2, 4381],
      ['CHD', 1, 3288],
    ])
  })

  test('where nobody is alone of a type the first has a price of his own', () => {
    const { passengers } = one(offerFor(['adult', 'adult'], { total_amount: '120.51', base_amount: '100.01' }))
    expect(passengers.map(({ ids, each }) => [ids, each.base.amountMinor])).toEqual([
      [['pax_1'], 5001],
      [['pax_2'], 5000],
    ])
  })

  test('parts sum to the whole, whoever travels and whatever it costs', () => {
    const types = fc.array(fc.constantFrom('adult', 'child', 'infant_without_seat'), { minLength: 1, maxLength: 9 })
    const minor = fc.integer({ min: 0, max: 9_999_999 })
    const text = (amount: number): string => (amount / 100).toFixed(2)
    fc.assert(
      fc.property(types, minor, minor, fc.integer({ min: -500, max: 500 }), (who, base, tax, gap) => {
        const found = one(
          offerFor(who, { base_amount: text(base), tax_amount: text(tax), total_amount: text(base + tax + gap) }),
        )
        expectSums(found)
        expect(found.total.amountMinor).toBe(base + tax + gap)
        expect(found.passengers.flatMap(({ ids }) => ids)).toHaveLength(who.length)
      }),
      { numRuns: 300 },
    )
  })

  test('the stated total wins over base and tax, with a warning', () => {
    const reply = read({ data: offer({ total_amount: '120.49' }) })
    expect(reply.offers[0]!.passengers[0]!.each.fees).toEqual([
      { code: 'rounding', amount: { amountMinor: -1, currency: 'GBP' } },
    ])
    expect(reply.warnings).toMatchObject([{ code: 'total-mismatch', at: '/data/total_amount' }])
  })

  test.each([
    ['no tax', { tax_amount: null, tax_currency: null }, 10000, 2050, []],
    ['no base', { base_amount: null, base_currency: null }, 10000, 2050, []],
    ['neither', { base_amount: null, tax_amount: null }, 12050, 0, []],
    ['a base in another currency', { base_amount: '130.00', base_currency: 'USD' }, 10000, 2050, ['other-currency']],
  ])('%s is made up from the others', (_, more, base, tax, warned) => {
    const reply = read({ data: offer(more) })
    expectSums(reply.offers[0]!)
    expect([reply.offers[0]!.base.amountMinor, reply.offers[0]!.taxes.amountMinor]).toEqual([base, tax])
    expect(reply.warnings.map(warning => warning.code)).toEqual(warned)
  })

  test('currencies without and with three decimals keep theirs', () => {
    const yen = { total_amount: '12050', base_amount: '10000', tax_amount: '2050' }
    const currencies = { total_currency: 'JPY', base_currency: 'JPY', tax_currency: 'JPY' }
    expect(one(offer({ ...yen, ...currencies })).total).toEqual({ amountMinor: 12050, currency: 'JPY' })
    const dinar = { total_currency: 'KWD', base_currency: 'KWD', tax_currency: 'KWD' }
    expect(one(offer(dinar)).total).toEqual({ amountMinor: 120500, currency: 'KWD' })
  })

  test('parts that were apportioned are announced once a message', () => {
    const offers = [offerFor(['adult', 'child']), offerFor(['adult', 'child'], { id: 'off_2' })]
    expect(read({ data: { id: 'orq_1', offers } }).warnings.map(warning => warning.code)).toEqual(['price-apportioned'])
  })
})

describe('flights', () => {
  test('ids in the order of travel, numbers without zeros, zones, durations, connections', () => {
    const onward = segment({
      origin: { iata_code: 'LGA' },
      destination: { iata_code: 'BOS' },
      departing_at: '2027-03-11T07:00:00',
      arriving_at: '2027-03-11T08:15:00',
      duration: null,
    })
    const back = segment({ departing_at: '2027-03-20T08:20:00', arriving_at: '2027-03-20T12:20:00' })
    const { slices } = one(offer({ slices: [sliceOf(segment(), onward), sliceOf(back)] }))
    expect(slices.map(slice => slice.segments.map(({ id }) => id))).toEqual([['seg_1', 'seg_2'], ['seg_3']])
    expect(slices[0]!.segments[0]).toMatchObject({
      marketing: { carrier: 'BA', number: '117' },
      departureZone: 'Europe/London',
      durationMinutes: 480,
    })
    expect(slices[0]!.segments[1]!.durationMinutes).toBe(75)
    expect(slices[0]!.connections).toMatchObject([{ airport: 'JFK', airportChange: true, overnight: true }])
  })

  test('local times and zones win over a stated duration that they contradict', () => {
    const reply = read({ data: offer({ slices: [sliceOf(segment({ duration: 'PT02H26M' }))] }) })
    expect(reply.offers[0]!.slices[0]!.durationMinutes).toBe(480)
    expect(reply.warnings).toMatchObject([{ code: 'duration-mismatch' }])
  })

  test('an airport that our tables do not have lies in the zone that the message says', () => {
    const nowhere = { iata_code: 'XQX', time_zone: 'Asia/Kolkata' }
    const found = one(
      offer({ slices: [sliceOf(segment({ destination: nowhere, arriving_at: '2027-03-10T22:20:00' }))] }),
    )
    expect(found.slices[0]!.segments[0]).toMatchObject({ arrivalZone: 'Asia/Kolkata', durationMinutes: 510 })
  })

  test.each([
    ['nobody named', null, null, { carrier: 'BA', number: '117', name: null }],
    ['a name without a code', { iata_code: null, name: 'Mesa' }, '44', { carrier: null, number: '44', name: 'Mesa' }],
    [
      'another airline',
      { iata_code: 'AA', name: 'American' },
      '0100',
      { carrier: 'AA', number: '100', name: 'American' },
    ],
    ['another without a number', { iata_code: 'AA', name: 'A' }, null, { carrier: 'AA', number: null, name: 'A' }],
  ])('operated by %s', (_, carrier, number, operating) => {
    const flight = segment({ operating_carrier: carrier, operating_carrier_flight_number: number })
    expect(one(offer({ slices: [sliceOf(flight)] })).slices[0]!.segments[0]!.operating).toEqual(operating)
  })

  test('a landing on the way is a technical stop', () => {
    const stops = [{ id: 'sto_1', duration: 'PT1H5M', airport: { iata_code: 'KEF' } }]
    const { slices } = one(offer({ slices: [sliceOf(segment({ stops }))] }))
    expect(slices[0]!.segments[0]!.stops).toEqual([{ airport: 'KEF', minutes: 65 }])
  })
})

describe('passengers and their fares', () => {
  test('entries of a segment are found by id, whatever their order', () => {
    const passengers = [rider('pas_2', { fare_basis_code: 'CHILD' }), rider('pas_1', { fare_basis_code: 'ADULT' })]
    const tree = offerFor(['adult', 'child'], { slices: [sliceOf(segment({ passengers }))] })
    expect(one(tree).slices[0]!.segments[0]!.fares.map(fare => fare.fareBasis)).toEqual(['ADULT', 'CHILD'])
  })

  test('an id that is nobody’s stands for the passenger at its place, with a warning', () => {
    const passengers = [rider('passenger_0', { fare_basis_code: 'A' }), rider('pas_2', { fare_basis_code: 'B' })]
    const reply = read({ data: offerFor(['adult', 'child'], { slices: [sliceOf(segment({ passengers }))] }) })
    expect(reply.offers[0]!.slices[0]!.segments[0]!.fares.map(fare => fare.fareBasis)).toEqual(['A', 'B'])
    expect(reply.warnings).toContainEqual({
      code: 'dangling-reference',
      at: '/data/slices/0/segments/0/passengers/0/passenger_id',
      text: expect.stringContaining('passenger_0'),
    })
  })

  test('passengers of one type on different fares are two entries, each with its fare', () => {
    const passengers = [rider('pas_1'), rider('pas_2', { fare_basis_code: 'OTHER' })]
    const tree = offerFor(['adult', 'adult'], { slices: [sliceOf(segment({ passengers }))] })
    expect(one(tree).passengers).toHaveLength(2)
    expect(one(tree).slices[0]!.segments[0]!.fares.map(fare => fare.fareBasis)).toEqual(['OLX9R', 'OTHER'])
  })

  test.each([
    [{ type: 'adult' }, 'ADT'],
    [{ type: 'child', age: 8 }, 'CHD'],
    [{ type: 'infant_without_seat' }, 'INF'],
    [{ type: null, age: 1 }, 'INF'],
    [{ type: null, age: 11 }, 'CHD'],
    [{ age: 14 }, 'ADT'],
    [{ type: 'adult', age: 14 }, 'ADT'],
    [{ type: 'adult', fare_type: 'student' }, 'STU'],
  ])('%j travels as %s', (passenger, type) => {
    expect(one(offer({ passengers: [{ id: 'pas_1', ...passenger }] })).passengers[0]!.type).toBe(type)
  })

  test.each([
    ['a bag', [{ type: 'checked', quantity: 2 }], 2, 0],
    ['hand baggage only', [{ type: 'carry_on', quantity: 1 }], 0, 1],
    ['an explicit none', [{ type: 'checked', quantity: 0 }], 0, 0],
    ['an empty list, which says nothing', [], null, null],
    ['no list', undefined, null, null],
  ])('%s', (_, baggages, checked, cabin) => {
    const passengers = [rider('pas_1', { baggages })]
    const [fare] = one(offer({ slices: [sliceOf(segment({ passengers }))] })).slices[0]!.segments[0]!.fares
    expect([fare!.baggage.checked?.pieces ?? null, fare!.baggage.cabin?.pieces ?? null]).toEqual([checked, cabin])
  })

  test('ids of ours are tied to theirs by type and age, by place where both say nothing', () => {
    const asked = [
      { id: 'pax_a', type: 'ADT', age: 34 },
      { id: 'pax_b', type: 'CHD', age: 8 },
      { id: 'pax_c', type: 'CHD', age: 10 },
    ] as const
    const rider = (type: 'ADT' | 'CHD', age: number | null) => ({ wireId: 'x', type, age })
    expect(askedIds(asked)([rider('CHD', 10), rider('CHD', 8), rider('ADT', null)])).toEqual([
      'pax_c',
      'pax_b',
      'pax_a',
    ])
    expect(askedIds(asked)([rider('ADT', null), rider('CHD', null), rider('CHD', null)])).toEqual([
      'pax_a',
      'pax_b',
      'pax_c',
    ])
  })
})

describe('conditions and requirements', () => {
  const penalty = { allowed: true, penalty_amount: '100.00', penalty_currency: 'GBP' }
  test.each([
    ['a penalty', penalty, { allowed: true, fee: { amountMinor: 10000, currency: 'GBP' } }],
    ['a penalty in the airline’s currency', { ...penalty, penalty_currency: 'USD' }, { allowed: true, fee: null }],
    ['a penalty that nobody knows', { ...penalty, penalty_amount: null }, { allowed: true, fee: null }],
    ['not allowed', { allowed: false, penalty_amount: null }, { allowed: false, fee: null }],
    ['not said', null, { allowed: null, fee: null }],
  ])('%s', (_, condition, expected) => {
    const found = one(offer({ conditions: { refund_before_departure: condition, change_before_departure: null } }))
    expect(found.conditions).toEqual({ refund: expected, change: { allowed: null, fee: null } })
  })

  test('what must be paid at once cannot be held; documents are required, welcome or forbidden', () => {
    const instant = { payment_requirements: { requires_instant_payment: true, payment_required_by: null } }
    expect(one(offer(instant))).toMatchObject({
      ticketBy: null,
      requirements: { instantPayment: true, holdAllowed: false, documents: null },
    })
    const held = {
      payment_requirements: { requires_instant_payment: false, payment_required_by: '2027-01-07T10:00:00Z' },
      passenger_identity_documents_required: false,
      supported_passenger_identity_document_types: ['passport', 'tax_id'],
    }
    expect(one(offer(held))).toMatchObject({
      ticketBy: '2027-01-07T10:00:00Z',
      expiresAt: '2027-01-05T10:30:00.123Z',
      requirements: { instantPayment: false, holdAllowed: true, documents: 'optional' },
    })
    expect(one(offer({ passenger_identity_documents_required: true })).requirements.documents).toBe('required')
  })
})

describe('orders', () => {
  const nowMs = Date.parse('2027-01-10T00:00:00Z')
  const orderOf = (more: Tree): SupplierOrder => decodeOrder(order(more), '/data', openOrderReading(undefined, nowMs))
  const unpaid = { awaiting_payment: true, payment_required_by: '2027-01-07T10:00:00Z', paid_at: null }

  test('locators, reference, documents, status', () => {
    expect(orderOf({})).toMatchObject({
      status: 'ticketed',
      locators: [
        { owner: 'duffel', locator: 'RZPNX8' },
        { owner: 'BA', locator: 'RZPNX8' },
      ],
      reference: 'K7M2QX',
      documents: [{ kind: 'ticket', number: '1252106312810', passengerId: 'pax_1', status: 'issued' }],
    })
  })

  test('each airline’s own locator where the order lists them', () => {
    const references = [
      { carrier: { iata_code: 'AA' }, booking_reference: 'abc123' },
      { carrier: { iata_code: 'BA' }, booking_reference: 'DEF456' },
    ]
    expect(orderOf({ booking_references: references }).locators.slice(1)).toEqual([
      { owner: 'AA', locator: 'ABC123' },
      { owner: 'BA', locator: 'DEF456' },
    ])
  })

  test.each([
    ['waits for its payment', { payment_status: unpaid, documents: [] }, 'held'],
    ['was paid and its tickets are on their way', { documents: [] }, 'held'],
    [
      'was not paid in time, which turns awaiting_payment false too',
      { payment_status: { ...unpaid, awaiting_payment: false }, documents: [] },
      'cancelled',
    ],
    ['was cancelled', { cancelled_at: '2027-01-06T00:00:00Z' }, 'cancelled'],
    ['has documents without owners, one for each', { documents: [{ unique_identifier: '1252106312810' }] }, 'ticketed'],
    [
      'has a ticket for one of two',
      {
        passengers: [
          { id: 'pas_1', type: 'adult', given_name: 'A', family_name: 'X' },
          { id: 'pas_2', type: 'adult', given_name: 'B', family_name: 'X' },
        ],
      },
      'partly-ticketed',
    ],
    [
      'has an EMD only',
      { documents: [{ type: 'electronic_miscellaneous_document_associated', unique_identifier: '1254106312810' }] },
      'held',
    ],
  ])('one that %s', (_, more, status) => {
    const found = orderOf(more)
    expect(found.status).toBe(status)
    const expected = status === 'cancelled' ? 'HX' : 'HK'
    expect(found.slices.flatMap(slice => slice.segments.map(flight => flight.status))).toEqual([expected])
  })

  test('documents of a cancelled order are void inside the window with all of the money, refunded else', () => {
    const cancelled = (refund: string, windowEnds: string): unknown =>
      orderOf({
        cancelled_at: '2027-01-05T12:00:00Z',
        void_window_ends_at: windowEnds,
        cancellation: { refund_amount: refund, refund_currency: 'GBP' },
      }).documents[0]!.status
    expect(cancelled('120.50', '2027-01-06T00:00:00Z')).toBe('void')
    expect(cancelled('100.00', '2027-01-06T00:00:00Z')).toBe('refunded')
    expect(cancelled('120.50', '2027-01-05T11:00:00Z')).toBe('refunded')
  })
})

describe('whatever its wrapper, a message is known by what it holds', () => {
  test.each([
    ['an offer', offer(), 'offer', 1],
    ['an offer in data', { data: offer() }, 'offer', 1],
    ['a page of offers', { data: [offer(), offer({ id: 'off_2' })], meta: { after: null } }, 'offers', 2],
    ['a bare list', [offer()], 'offers', 1],
    ['an offer request', { data: { id: 'orq_1', slices: [], passengers: [], offers: [offer()] } }, 'offer-request', 1],
    ['a partial one', { data: { id: 'prq_1', offers: [offer({ partial: true })] } }, 'partial-offer-request', 1],
    ['a batch', batch(2, [offer()]), 'batch-offer-request', 1],
    ['a batch just created', batch(3, undefined), 'batch-offer-request', 0],
    [
      'offer requests',
      { data: [{ id: 'orq_1', slices: [], passengers: [], cabin_class: 'economy' }] },
      'offer-requests',
      0,
    ],
    ['a log of an exchange', { request: {}, response: { body: { data: offer() } } }, 'offer', 1],
    ['an empty page', { data: [], meta: { after: null } }, 'empty-page', 0],
    ['a cancellation', { data: { id: 'ore_1', order_id: 'ord_1', refund_amount: '1.00' } }, 'order-cancellation', 0],
    ['a payment', { data: { id: 'pay_1', amount: '1.00', currency: 'GBP', type: 'balance' } }, 'payment', 0],
    ['places', { data: [{ id: 'arp_lhr_gb', iata_code: 'LHR' }] }, 'places', 0],
  ])('%s', (_, tree, message, offers) => {
    const found = read(tree)
    expect([found.message, found.offers.length]).toEqual([message, offers])
  })

  test('orders, their lists and notices of them', () => {
    expect(read({ data: order() })).toMatchObject({ message: 'order', order: { status: 'ticketed' } })
    expect(read({ data: [order(), order({ id: 'ord_2' })] })).toMatchObject({
      message: 'orders',
      order: { supplierContext: { orderId: 'ord_1' } },
      warnings: [{ code: 'several-orders' }],
    })
    const event = { id: 'wev_1', api_version: 'v2', type: 'order.updated', data: { object: order() } }
    expect(read(event)).toMatchObject({ message: 'event order.updated', version: 'v2', order: { reference: 'K7M2QX' } })
  })

  test('errors are faults, with a word on whether an order may exist', () => {
    const body = (type: string, code: string) => read({ errors: [{ type, code, title: 'x', message: 'y' }] }).faults
    expect(body('airline_error', 'airline_unknown')).toMatchObject([{ code: 'airline_unknown', mayHaveBooked: true }])
    expect(body('airline_error', 'order_not_created')).toMatchObject([{ kind: 'refused', mayHaveBooked: false }])
    expect(body('validation_error', 'anything_new')).toMatchObject([{ kind: 'invalid-request', mayHaveBooked: false }])
    expect(body('invalid_state_error', 'offer_expired')).toMatchObject([{ kind: 'offer-gone' }])
  })
})
