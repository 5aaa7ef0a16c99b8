import fc from 'fast-check'
import { toInstant as instantText } from '../../../src/core/clock.ts'
import type { Baggage, PassengerType, Segment, SegmentFare, Slice } from '../../../src/core/itinerary.ts'
import { type Money, money } from '../../../src/core/money.ts'
import type { Charge, Condition, PassengerFare, Requirements, SupplierOffer } from '../../../src/core/offer.ts'
import { assembleSlice, zoneOf } from '../../../src/reference/assemble.ts'
import { toInstant, toLocal } from '../../../src/reference/zones.ts'

/** Offers that an Amadeus message can carry. */

const airports = ['LHR', 'JFK', 'CDG', 'DXB', 'KTM', 'SYD', 'NRT', 'LAX'] as const
const minuteMs = 60_000

type Leg = { readonly destination: string; readonly minutes: number; readonly ground: number }

const leg: fc.Arbitrary<Leg> = fc.record({
  destination: fc.constantFrom(...airports),
  minutes: fc.integer({ min: 35, max: 1200 }),
  ground: fc.integer({ min: 30, max: 1500 }),
})

const baggage: fc.Arbitrary<Baggage | null> = fc.option(
  fc.oneof(
    fc.record({ pieces: fc.nat(3), weightKg: fc.constantFrom(null, 23, 32), weightLb: fc.constant(null) }),
    fc.record({ pieces: fc.constant(null), weightKg: fc.integer({ min: 10, max: 40 }), weightLb: fc.constant(null) }),
    fc.record({
      pieces: fc.constantFrom(null, 1),
      weightKg: fc.constant(null),
      weightLb: fc.integer({ min: 20, max: 70 }),
    }),
  ),
)

const word = (max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'ABCDEFGHKLMNOPQRSTUVXYZ0123456789'), { minLength: 1, maxLength: max })
    .map(a => a.join(''))

const fare: fc.Arbitrary<Omit<SegmentFare, 'passengerType'>> = fc.record({
  fareBasis: fc.option(word(8)),
  bookingClass: fc.option(fc.constantFrom('Y', 'B', 'J', 'O')),
  cabin: fc.option(fc.constantFrom('economy', 'premium-economy', 'business', 'first')),
  brand: fc.option(
    fc
      .record({ code: fc.option(word(10)), name: fc.option(word(12)) })
      .filter(({ code, name }) => code !== null || name !== null),
  ),
  baggage: fc.record({ checked: baggage, cabin: baggage }),
})

const operating: fc.Arbitrary<'own' | Segment['operating']> = fc.oneof(
  fc.constant<'own'>('own'),
  fc.record({
    carrier: fc.constantFrom('AA', 'QF'),
    number: fc.constant(null),
    name: fc.constantFrom(null, 'SKY JETS'),
  }),
  fc.constant({ carrier: null, number: null, name: 'MESA AIRLINES' }),
)

const flight = fc.record({
  carrier: fc.constantFrom('BA', 'IB', 'U2', '9W'),
  number: fc.integer({ min: 1, max: 9999 }).map(String),
  operating,
  terminals: fc.tuple(fc.constantFrom(null, '5', '2E'), fc.constantFrom(null, '8')),
  aircraft: fc.constantFrom(null, '77W', '320'),
  stops: fc.array(
    fc.record({ airport: fc.constantFrom('KEF', 'KGL'), minutes: fc.option(fc.integer({ min: 20, max: 90 })) }),
    {
      maxLength: 2,
    },
  ),
})

const types: fc.Arbitrary<readonly PassengerType[]> = fc.oneof(
  fc.constant<readonly PassengerType[]>(['ADT']),
  fc.shuffledSubarray<PassengerType>(['ADT', 'CHD', 'INS', 'YTH', 'SRC', 'STU'], { minLength: 1 }),
  fc.constant<readonly PassengerType[]>(['ADT', 'CHD', 'INF']),
)

export const anyOffer: fc.Arbitrary<SupplierOffer> = fc
  .record({ currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'), types })
  .chain(({ currency, types: wanted }) =>
    fc
      .record({
        start: fc.integer({ min: Date.UTC(2027, 0, 1) / minuteMs, max: Date.UTC(2027, 11, 20) / minuteMs }),
        origin: fc.constantFrom(...airports),
        journeys: fc.array(fc.array(fc.tuple(leg, flight), { minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 3,
        }),
        passengers: fc.tuple(...wanted.map(type => passenger(type, currency))),
        fares: fc.array(fc.tuple(...wanted.map(() => fare)), { minLength: 9, maxLength: 9 }),
        conditions: fc.tuple(condition, condition),
        requirements,
        seatsLeft: fc.option(fc.integer({ min: 1, max: 9 })),
        early: fc.option(fc.integer({ min: 0, max: 30 * 86_400 })),
        validatingCarrier: fc.constantFrom(null, 'BA'),
      })
      .map(parts => build(parts, wanted, currency)),
  )

type PassengerParts = {
  readonly count: number
  readonly base: Money
  readonly taxes: readonly Charge[]
  readonly fees: readonly Charge[]
}

function passenger(type: PassengerType, currency: string): fc.Arbitrary<PassengerParts> {
  const amount = (max: number): fc.Arbitrary<Money> => fc.integer({ min: 1, max }).map(minor => money(minor, currency))
  const charges = (codes: readonly string[]): fc.Arbitrary<readonly Charge[]> =>
    fc
      .subarray([...codes])
      .chain(some => fc.tuple(...some.map(code => amount(90_000).map(sum => ({ code, amount: sum })))))
  return fc.record({
    count: type === 'ADT' ? fc.integer({ min: 1, max: 3 }) : fc.constant(1),
    base: amount(9_000_000),
    taxes: charges(['GB', 'YQ', 'US', 'XT']),
    fees: charges(['ticketing', 'form-of-payment', 'supplier']),
  })
}

type ConditionParts = { readonly allowed: boolean | null; readonly each: number | null }
const condition: fc.Arbitrary<ConditionParts> = fc.oneof(
  fc.constant({ allowed: null, each: null }),
  fc.constant({ allowed: false, each: null }),
  fc.record({ allowed: fc.constant(true), each: fc.option(fc.nat(40_000)) }),
)

const requirements: fc.Arbitrary<Requirements> = fc
  .tuple(
    fc.constantFrom<Pick<Requirements, 'instantPayment' | 'holdAllowed'>>(
      { instantPayment: null, holdAllowed: null },
      { instantPayment: false, holdAllowed: true },
      { instantPayment: true, holdAllowed: false },
      { instantPayment: false, holdAllowed: false },
    ),
    fc.constantFrom<Pick<Requirements, 'documents' | 'gender' | 'birthDate'>>(
      { documents: null, gender: null, birthDate: null },
      { documents: 'required', gender: true, birthDate: true },
      { documents: 'optional', gender: false, birthDate: true },
    ),
  )
  .map(([instant, asked]) => ({ ...asked, ...instant }))

type Parts = {
  readonly start: number
  readonly origin: string
  readonly journeys: readonly (readonly (readonly [Leg, Flown])[])[]
  readonly passengers: readonly PassengerParts[]
  readonly fares: readonly (readonly Omit<SegmentFare, 'passengerType'>[])[]
  readonly conditions: readonly [ConditionParts, ConditionParts]
  readonly requirements: Requirements
  readonly seatsLeft: number | null
  readonly early: number | null
  readonly validatingCarrier: string | null
}
type Flown = typeof flight extends fc.Arbitrary<infer T> ? T : never

function build(parts: Parts, wanted: readonly PassengerType[], currency: string): SupplierOffer {
  const passengers = passengersOf(parts.passengers, wanted, currency)
  const { slices, departs } = slicesOf(parts, wanted)
  const seats = Math.max(
    1,
    passengers.reduce((sum, { type, count }) => sum + (type === 'INF' ? 0 : count), 0),
  )
  const toCondition = ({ allowed, each }: ConditionParts): Condition => ({
    allowed,
    fee: each === null ? null : money(each * seats, currency),
  })
  const total = (part: (each: PassengerFare['each']) => number): Money =>
    money(
      passengers.reduce((sum, { count, each }) => sum + count * part(each), 0),
      currency,
    )
  const sumOf = (charges: readonly Charge[]): number =>
    charges.reduce((sum, charge) => sum + charge.amount.amountMinor, 0)
  return {
    provider: 'amadeus',
    validatingCarrier: parts.validatingCarrier,
    total: total(each => each.total.amountMinor),
    base: total(each => each.base.amountMinor),
    taxes: total(each => sumOf(each.taxes)),
    fees: total(each => sumOf(each.fees)),
    passengers,
    slices,
    conditions: { change: toCondition(parts.conditions[0]), refund: toCondition(parts.conditions[1]) },
    requirements: parts.requirements,
    seatsLeft: parts.seatsLeft,
    ticketBy: parts.early === null ? null : instantText(departs - parts.early * 1000),
    expiresAt: null,
    supplierContext: {},
  }
}

function passengersOf(
  parts: readonly PassengerParts[],
  wanted: readonly PassengerType[],
  currency: string,
): readonly PassengerFare[] {
  let next = 1
  return parts.map(({ count, base, taxes, fees }, i) => {
    const total = [...taxes, ...fees].reduce((sum, { amount }) => sum + amount.amountMinor, base.amountMinor)
    return {
      ids: Array.from({ length: count }, (): `pax_${string}` => `pax_${next++}`),
      type: wanted[i]!,
      count,
      each: { base, taxes, fees, total: money(total, currency) },
    }
  })
}

function slicesOf(
  parts: Parts,
  wanted: readonly PassengerType[],
): { readonly slices: readonly Slice[]; readonly departs: number } {
  let at = parts.start * minuteMs
  let origin = parts.origin
  let place = 0
  const slices = parts.journeys.map(journey =>
    assembleSlice(
      journey.map(([{ destination, minutes, ground }, flown]): Segment => {
        const departs = at
        at += (minutes + ground) * minuteMs
        const segment = segmentOf({ origin, destination, departs, minutes, place, flown })
        origin = destination
        return {
          ...segment,
          fares: wanted.map((passengerType, i) => ({ passengerType, ...parts.fares[place]![i]! })),
          id: `seg_${++place}`,
        }
      }),
    ),
  )
  const first = slices[0]!.segments[0]!
  return { slices, departs: toInstant(first.departure, first.departureZone!) }
}

type Placing = {
  readonly origin: string
  readonly destination: string
  readonly departs: number
  readonly minutes: number
  readonly place: number
  readonly flown: Flown
}

function segmentOf({ origin, destination, departs, minutes, flown }: Placing): Segment {
  const from = zoneOf(origin)!
  const to = zoneOf(destination)!
  const departure = toLocal(departs, from)
  // a local time that occurs twice means the first: what is flown is between the times as they are read
  const real = toInstant(departure, from)
  const arrival = toLocal(real + minutes * minuteMs, to)
  const marketing = { carrier: flown.carrier, number: flown.number }
  return {
    id: 'seg_1',
    marketing,
    operating: flown.operating === 'own' ? { ...marketing, name: null } : flown.operating,
    origin,
    originTerminal: flown.terminals[0],
    destination,
    destinationTerminal: flown.terminals[1],
    departure,
    departureZone: from,
    arrival,
    arrivalZone: to,
    durationMinutes: (toInstant(arrival, to) - real) / minuteMs,
    aircraft: flown.aircraft,
    stops: flown.stops,
    marriageGroup: null,
    fares: [],
    status: null,
  }
}
