import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { SupplierOrder } from '../../../src/core/order.ts'
import { money } from '../../../src/core/money.ts'
import { decodeCancellation, encodeCancellation } from '../../../src/providers/duffel/wire/cancellation.ts'
import { decodeChangeOffer, encodeChangeOffer } from '../../../src/providers/duffel/wire/change.ts'
import { decode } from '../../../src/providers/duffel/wire/decode.ts'
import { encodeData, encodePage } from '../../../src/providers/duffel/wire/envelope.ts'
import { encodeOffer } from '../../../src/providers/duffel/wire/offer-encode.ts'
import { encodeOrder } from '../../../src/providers/duffel/wire/order-encode.ts'
import { decodePaymentRequest, encodePaymentRequest } from '../../../src/providers/duffel/wire/payment.ts'
import { durationText, minutesOf, type JsonObject, Warnings } from '../../../src/providers/duffel/wire/read.ts'
import { decodeSearch, encodeSearch } from '../../../src/providers/duffel/wire/search.ts'
import { encodeSeatMap } from '../../../src/providers/duffel/wire/seat-map.ts'
import type { DecodedMessage, ShopQuery } from '../../../src/providers/port.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { bytesOf, offer, order, rider, segment, type Tree } from './wire-messages.ts'

const createdAt = '2027-01-05T10:00:00Z'
const read = (tree: unknown): DecodedMessage => decode(bytesOf(tree))

/** In the order of the message, which is not that of the groups. */
function passengersOf({ supplierContext }: SupplierOffer | SupplierOrder): readonly [string, `pax_${string}`][] {
  return Object.entries(supplierContext.passengers as Record<string, `pax_${string}`>)
}

function writeOffer(found: SupplierOffer): JsonObject {
  return encodeOffer(found, {
    id: String(found.supplierContext.offerId),
    createdAt,
    passengers: passengersOf(found).map(([wireId, id]) => ({ wireId, id, age: null })),
    distancesKm: [],
  })
}

function writeOrder(found: SupplierOrder): JsonObject {
  const nothing = money(0, found.total!.currency)
  const unsaid = { allowed: null, fee: null }
  return encodeOrder(found, {
    id: String(found.supplierContext.orderId),
    offerId: null,
    owner: found.locators[1]!.owner,
    createdAt,
    cancelledAt: found.status === 'cancelled' ? createdAt : null,
    paidAt: found.status === 'held' ? null : createdAt,
    paymentRequiredBy: found.ticketBy,
    voidUntil: null,
    refund: null,
    base: nothing,
    tax: nothing,
    conditions: { change: unsaid, refund: unsaid },
    passengers: passengersOf(found).map(([wireId]) => ({
      wireId,
      infantWireId: null,
      title: 'ms',
      gender: 'f',
      bornOn: '1990-12-10',
    })),
    distancesKm: [],
  })
}

const word = fc
  .array(fc.constantFrom(...'ABCDEFGHKLMNOPRSTUXYZ0123456789'), { minLength: 2, maxLength: 8 })
  .map(a => a.join(''))
const airport = fc.constantFrom('LHR', 'JFK', 'CDG', 'DXB', 'KTM', 'SYD')
const clockTime = fc.tuple(fc.integer({ min: 1, max: 27 }), fc.nat(23), fc.nat(59)).map(parts => {
  const [day, hour, minute] = parts.map(part => String(part).padStart(2, '0'))
  return `2027-03-${day}T${hour}:${minute}:00`
})
const carrier = fc.constantFrom({ iata_code: 'BA', name: 'British Airways' }, { iata_code: 'U2', name: 'easyJet' })

const anyRider = fc.record({
  cabin_class: fc.constantFrom('economy', 'premium_economy', 'business', 'first'),
  fare_basis_code: fc.option(word),
  baggages: fc.constantFrom(
    [],
    [{ type: 'checked', quantity: 2 }],
    [
      { type: 'checked', quantity: 0 },
      { type: 'carry_on', quantity: 1 },
    ],
  ),
})

function anySegment(riders: number): fc.Arbitrary<Tree> {
  return fc
    .record({
      origin: airport,
      destination: airport,
      departing_at: clockTime,
      arriving_at: clockTime,
      duration: fc.constant(null),
      marketing_carrier: carrier,
      marketing_carrier_flight_number: fc.integer({ min: 1, max: 9999 }).map(String),
      operating_carrier: fc.oneof(carrier, fc.constant({ iata_code: null, name: 'Mesa' })),
      operating_carrier_flight_number: fc.option(fc.constantFrom('12', '3400')),
      origin_terminal: fc.option(fc.constantFrom('5', '2E')),
      aircraft: fc.option(fc.constantFrom({ iata_code: '77W' }, { iata_code: '320' })),
      stops: fc.constantFrom([], [{ duration: 'PT45M', airport: { iata_code: 'KEF' } }]),
      riders: fc.array(anyRider, { minLength: riders, maxLength: riders }),
    })
    .map(({ riders: own, origin, destination, ...rest }) =>
      segment({
        ...rest,
        origin: { iata_code: origin },
        destination: { iata_code: destination },
        passengers: own.map((more, i) => rider(`pas_${i + 1}`, more)),
      }),
    )
}

const condition = fc.constantFrom(
  null,
  { allowed: false, penalty_amount: null, penalty_currency: null },
  { allowed: true, penalty_amount: null, penalty_currency: null },
  { allowed: true, penalty_amount: '25.00', penalty_currency: 'GBP' },
)

const anyOffer: fc.Arbitrary<Tree> = fc
  .array(fc.constantFrom('adult', 'child', 'infant_without_seat'), { minLength: 1, maxLength: 4 })
  .chain(types =>
    fc.record({
      passengers: fc.constant(types.map((type, i) => ({ id: `pas_${i + 1}`, type }))),
      slices: fc.array(
        fc.record({
          fare_brand_name: fc.option(word),
          segments: fc.array(anySegment(types.length), { minLength: 1, maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      total_amount: fc.integer({ min: 0, max: 999_999 }).map(minor => (minor / 100).toFixed(2)),
      conditions: fc.record({ refund_before_departure: condition, change_before_departure: condition }),
      passenger_identity_documents_required: fc.boolean(),
      supported_passenger_identity_document_types: fc.constant(['passport']),
      payment_requirements: fc.constantFrom(
        { requires_instant_payment: true, payment_required_by: null },
        { requires_instant_payment: false, payment_required_by: '2027-01-07T10:00:00Z' },
      ),
    }),
  )
  .map(offer)

describe('what is written is read back whole', () => {
  test('offers that the format can carry', () => {
    fc.assert(
      fc.property(fc.array(anyOffer, { minLength: 1, maxLength: 3 }), trees => {
        const first = read({ data: trees }).offers
        expect(first).toHaveLength(trees.length)
        expect(read(encodeData(first.map(writeOffer))).offers).toEqual(first)
      }),
      { numRuns: 150 },
    )
  })

  test('orders: ticketed, held, cancelled', () => {
    const held = { awaiting_payment: true, payment_required_by: '2027-01-07T10:00:00Z', paid_at: null }
    for (const more of [{}, { payment_status: held, documents: [] }, { cancelled_at: createdAt }]) {
      const first = read({ data: order(more) }).order!
      const second = read(encodeData(writeOrder(first))).order!
      expect(second).toEqual(first)
    }
  })

  test('searches', () => {
    const slice = fc.record({
      origin: airport,
      destination: airport,
      departureDate: fc.constant('2027-03-10'),
      departureTime: fc.option(fc.constant({ from: '08:30', to: '11:00' })),
    })
    const passenger = fc.oneof(
      fc.constant({ id: 'pax_1', type: 'ADT', age: null } as const),
      fc.record({
        id: fc.constant('pax_2' as const),
        type: fc.constant('CHD' as const),
        age: fc.integer({ min: 2, max: 11 }),
      }),
      fc.record({ id: fc.constant('pax_3' as const), type: fc.constant('INF' as const), age: fc.nat(1) }),
    )
    const query: fc.Arbitrary<ShopQuery> = fc.record({
      slices: fc.array(slice, { minLength: 1, maxLength: 6 }),
      passengers: fc.array(passenger, { minLength: 1, maxLength: 9 }),
      cabin: fc.option(fc.constantFrom('economy' as const, 'premium-economy' as const, 'first' as const)),
      currency: fc.constant('EUR'),
      pointOfSale: fc.constant('GB'),
      maxConnections: fc.option(fc.nat(2)),
      carriers: fc.constant({ include: [], exclude: [] }),
      accountCodes: fc.constant([]),
      offersMax: fc.constant(50),
    })
    fc.assert(
      fc.property(query, asked => {
        const taken = decodeSearch(encodeSearch(asked))
        expect(taken.slices).toEqual(asked.slices)
        expect(taken.passengers).toEqual(asked.passengers.map(({ type, age }) => ({ type, age })))
        expect([taken.cabin, taken.maxConnections]).toEqual([asked.cabin, asked.maxConnections])
      }),
    )
  })

  test('payments and cancellations', () => {
    const amount = money(3020, 'GBP')
    expect(decodePaymentRequest(encodePaymentRequest('ord_1', amount, 'arc_bsp_cash'))).toEqual({
      orderId: 'ord_1',
      amount,
      type: 'arc_bsp_cash',
    })
    for (const refund of [amount, null]) {
      const cancellation = {
        id: 'ore_1',
        orderId: 'ord_1',
        refund,
        refundTo: 'balance',
        expiresAt: createdAt,
        confirmedAt: null,
      }
      expect(decodeCancellation(encodeData(encodeCancellation(cancellation, createdAt)))).toEqual(cancellation)
    }
  })

  test('durations', () => {
    fc.assert(
      fc.property(fc.nat(9999), minutes => {
        expect(minutesOf(durationText(minutes))).toBe(minutes)
      }),
    )
    expect(minutesOf('PT02H26M')).toBe(146)
    expect(minutesOf('P1DT2H')).toBe(1560)
    for (const broken of ['P', 'PT', '2H', 'P1W', '', null, 120]) expect(minutesOf(broken)).toBeNull()
  })
})

describeFixtures('recorded replies, read, written and read again, are the same', () => {
  test.each(['offer-request-create-68offers.json', 'offer-show-aa-2seg.json', 'offer-get.json'])('%s', file => {
    const first = decode(readFixture('duffel', file)).offers
    expect(first.length).toBeGreaterThan(0)
    const page = encodePage(first.map(writeOffer), { limit: 200, before: null, after: null })
    expect(read(page).offers).toEqual(first)
  })

  test.each(['order-show-rt.json', 'order-create-instant.json'])('%s', file => {
    const first = decode(readFixture('duffel', file)).order!
    const second = read(encodeData(writeOrder(first))).order!
    expect(second).toEqual(first)
  })

  test('seat maps', () => {
    const first = decode(readFixture('duffel', 'seat-maps-list.json')).seatMaps!
    const ids = { id: 'sea_1', sliceId: 'sli_1', segmentId: 'seg_1' }
    expect(read(encodeData(first.map(map => encodeSeatMap(map, ids)))).seatMaps).toEqual(first)
  })

  test('change offers', () => {
    const { data } = JSON.parse(readFixture('duffel', 'order-change-offers-list.json').toString()) as {
      readonly data: readonly JsonObject[]
    }
    for (const raw of data) {
      const first = decodeChangeOffer(raw, '/data', new Warnings())
      expect(first).toMatchObject({
        change: { amountMinor: 12500 },
        penalty: { amountMinor: 2500 },
        newTotal: { amountMinor: 106779 },
      })
      const again = JSON.parse(JSON.stringify(encodeChangeOffer(first, createdAt))) as JsonObject
      expect(decodeChangeOffer(again, '/data', new Warnings())).toEqual(first)
    }
  })
})
