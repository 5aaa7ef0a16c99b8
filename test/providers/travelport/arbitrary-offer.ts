import fc from 'fast-check'
import { toInstant as instantText } from '../../../src/core/clock.ts'
import type { Baggage, PassengerType, Segment, SegmentFare, Slice } from '../../../src/core/itinerary.ts'
import { money, sum, times } from '../../../src/core/money.ts'
import type { Charge, Condition, PassengerFare, SupplierOffer } from '../../../src/core/offer.ts'
import { assembleSlice, zoneOf } from '../../../src/reference/assemble.ts'
import { toInstant, toLocal } from '../../../src/reference/zones.ts'

/** Offers that messages of the Universal API can carry: `search` without cabin bags, which only prices tell. */

const airports = ['LHR', 'JFK', 'CDG', 'DXB', 'KTM', 'SYD', 'NRT', 'GRU'] as const
const minuteMs = 60_000

const word = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'ABCDEFGHKLMNOPQRSTUVXYZ0123456789'), { minLength: min, maxLength: max })
    .map(letters => letters.join(''))

const bag = (withPounds: boolean): fc.Arbitrary<Baggage | null> =>
  fc.option(
    fc.oneof(
      fc.record({ pieces: fc.nat(3), weightKg: fc.constant(null), weightLb: fc.constant(null) }),
      fc.record({
        pieces: fc.integer({ min: 1, max: 3 }),
        weightKg: fc.constantFrom(23, 32),
        weightLb: fc.constant(null),
      }),
      fc.record({ pieces: fc.constant(null), weightKg: fc.integer({ min: 5, max: 40 }), weightLb: fc.constant(null) }),
      fc.record({
        pieces: withPounds ? fc.constantFrom(null, 1) : fc.constant(null),
        weightKg: fc.constant(null),
        weightLb: fc.integer({ min: 20, max: 70 }),
      }),
    ),
  )

const brand = fc.option(
  fc.oneof(
    word(1, 8).map(code => ({ code, name: `Brand ${code} & co` })),
    word(1, 8).map(name => ({ code: null, name })),
  ),
)

const bookingClass = fc.constantFrom('Y', 'B', 'J', 'O')

type Fare = Omit<SegmentFare, 'passengerType'>

const fare = (cabinBags: boolean): fc.Arbitrary<Fare> =>
  fc.record({
    fareBasis: fc.option(fc.oneof(word(1, 8), fc.constant('SNN0NPCE/CH25'))),
    // a price names the class on the segment too, where it stands for whoever has none
    bookingClass: cabinBags ? bookingClass : fc.option(bookingClass),
    cabin: fc.option(fc.constantFrom('economy', 'premium-economy', 'business', 'first')),
    brand,
    baggage: fc.record({ checked: bag(true), cabin: cabinBags ? bag(false) : fc.constant(null) }),
  })

const operating: fc.Arbitrary<'own' | Segment['operating']> = fc.oneof(
  fc.constant<'own'>('own'),
  fc.record({
    carrier: fc.constantFrom('AA', 'QF'),
    number: fc.constantFrom(null, '7', '4321'),
    name: fc.constantFrom(null, 'SKY JETS <INTL>'),
  }),
  fc.constant({ carrier: null, number: null, name: 'MESA AIRLINES' }),
)

type Flight = {
  readonly carrier: string
  readonly destination: string
  readonly minutes: number
  readonly ground: number
  readonly terminals: readonly [string | null, string | null]
  readonly aircraft: string | null
  readonly operating: 'own' | Segment['operating']
  readonly stops: readonly { readonly airport: string; readonly minutes: number | null }[]
  readonly marriageGroup: string | null
  readonly fares: readonly Fare[]
}

const terminal: fc.Arbitrary<string | null> = fc.option(word(1, 2))

const flight = (cabinBags: boolean): fc.Arbitrary<Flight> =>
  fc.record<Flight>({
    carrier: fc.constantFrom('BA', 'A3', '9W'),
    destination: fc.constantFrom(...airports),
    minutes: fc.integer({ min: 400, max: 1200 }),
    ground: fc.integer({ min: 30, max: 1500 }),
    terminals: fc.tuple(terminal, terminal),
    aircraft: fc.constantFrom(null, '77W', '320'),
    operating,
    stops: fc.array(
      fc.record({ airport: fc.constantFrom('KEF', 'GUM'), minutes: fc.option(fc.integer({ min: 30, max: 90 })) }),
      { maxLength: 2 },
    ),
    marriageGroup: fc.constantFrom(null, '1', '2'),
    fares: fc.array(fare(cabinBags), { minLength: 3, maxLength: 3 }),
  })

const charges = (codes: readonly string[], max: number): fc.Arbitrary<readonly (readonly [string, number])[]> =>
  fc.uniqueArray(fc.tuple(fc.constantFrom(...codes), fc.integer({ min: 1, max })), {
    selector: one => one[0],
    maxLength: 3,
  })

type Party = {
  readonly type: PassengerType
  readonly count: number
  readonly base: number
  readonly taxes: readonly (readonly [string, number])[]
  readonly fees: readonly (readonly [string, number])[]
}

const party = (type: PassengerType): fc.Arbitrary<Party> =>
  fc.record({
    type: fc.constant(type),
    count: fc.integer({ min: 1, max: 3 }),
    base: fc.nat(500_000),
    taxes: charges(['GB', 'UB', 'YQ', 'US', 'XT'], 90_000),
    fees: charges(['OB', 'service'], 5_000),
  })

const condition: fc.Arbitrary<{ readonly allowed: boolean | null; readonly each: number | null }> = fc.oneof(
  fc.constant({ allowed: null, each: null }),
  fc.constant({ allowed: false, each: null }),
  fc.record({ allowed: fc.constant(true), each: fc.option(fc.nat(20_000)) }),
)

export const arbitraryOffer = (kind: 'search' | 'price'): fc.Arbitrary<SupplierOffer> =>
  fc
    .record({
      currency: fc.constantFrom('EUR', 'KRW', 'KWD'),
      parties: fc.tuple(party('ADT'), fc.option(party('CHD')), fc.option(party('INF'))),
      start: fc.integer({ min: Date.UTC(2027, 0, 1), max: Date.UTC(2027, 11, 31) }),
      number: fc.integer({ min: 1, max: 9000 }),
      directions: fc.array(fc.array(flight(kind === 'price'), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 3,
      }),
      change: condition,
      refund: condition,
      validatingCarrier: fc.constantFrom(null, 'BA', 'A3'),
      documents: fc.constantFrom(null, 'optional', 'required'),
      facts: fc.constantFrom(null, true, false),
      instant: fc.boolean(),
      seatsLeft: fc.option(fc.nat(9)),
      ticketBy: fc.option(fc.integer({ min: 1_800_000_000, max: 1_830_000_000 })),
    })
    .map(made => {
      const parties = made.parties.filter(one => one !== null)
      const passengers = parties.map((one, index) => toPassengers(one, index, made.currency))
      const seated = parties.reduce((count, one) => count + (one.type === 'INF' ? 0 : one.count), 0)
      const over = (part: (fare: PassengerFare) => readonly Charge[]) =>
        sum(
          passengers.map(one =>
            times(
              sum(
                part(one).map(c => c.amount),
                made.currency,
              ),
              one.count,
            ),
          ),
          made.currency,
        )
      const ticketBy = made.ticketBy === null ? null : instantText(made.ticketBy * 1000)
      const facts = kind === 'price' ? null : made.facts
      const terms = (one: { allowed: boolean | null; each: number | null }): Condition => ({
        allowed: one.allowed,
        fee: one.each === null ? null : money(one.each * seated, made.currency),
      })
      return {
        provider: 'travelport',
        validatingCarrier: made.validatingCarrier,
        total: over(one => [{ code: '', amount: one.each.total }]),
        base: over(one => [{ code: '', amount: one.each.base }]),
        taxes: over(one => one.each.taxes),
        fees: over(one => one.each.fees),
        passengers,
        slices: toSlices(
          made.directions,
          made.start,
          made.number,
          parties.map(one => one.type),
        ),
        conditions: { change: terms(made.change), refund: terms(made.refund) },
        requirements: {
          documents: kind === 'price' ? null : made.documents,
          gender: facts,
          birthDate: facts,
          instantPayment: made.instant ? true : null,
          holdAllowed: made.instant ? false : ticketBy === null ? null : true,
        },
        seatsLeft: made.seatsLeft,
        ticketBy,
        expiresAt: null,
        supplierContext: {},
      }
    })

function toPassengers(one: Party, index: number, currency: string): PassengerFare {
  const list = (pairs: Party['taxes']): Charge[] =>
    pairs.map(([code, minor]) => ({ code, amount: money(minor, currency) }))
  const taxes = list(one.taxes)
  const fees = list(one.fees)
  const base = money(one.base, currency)
  const total = sum([base, ...[...taxes, ...fees].map(charge => charge.amount)], currency)
  const ids = Array.from({ length: one.count }, (_, at) => `pax_${index * 10 + at + 1}` as const)
  return { ids, type: one.type, count: one.count, each: { base, taxes, fees, total } }
}

/** From one airport to the next, in time; flight numbers never repeat, so that a flight is always the same one. */
function toSlices(
  directions: readonly (readonly Flight[])[],
  start: number,
  number: number,
  types: readonly PassengerType[],
): readonly Slice[] {
  let at = Math.floor(start / minuteMs) * minuteMs
  let from: string = 'LHR'
  let place = 0
  // said of every flight or of none: where a journey comes by twice, a gap would not show which time is meant
  const said = types.map((_, index) => directions.flat().every(one => one.fares[index]!.baggage.cabin !== null))
  return directions.map(flights =>
    assembleSlice(
      flights.map(one => {
        place++
        const destination = one.destination === from ? 'LAX' : one.destination
        const segment = toSegment(
          one,
          { from, destination, at, place, number: String(number * 10 + place) },
          types,
          said,
        )
        at = toInstant(segment.arrival, zoneOf(destination)!) + one.ground * minuteMs
        from = destination
        return segment
      }),
    ),
  )
}

function toSegment(
  one: Flight,
  way: { from: string; destination: string; at: number; place: number; number: string },
  types: readonly PassengerType[],
  said: readonly boolean[],
): Segment {
  const number = way.number.slice(-5)
  return {
    id: `seg_${way.place}`,
    marketing: { carrier: one.carrier, number },
    operating: one.operating === 'own' ? { carrier: one.carrier, number, name: null } : one.operating,
    origin: way.from,
    originTerminal: one.terminals[0],
    destination: way.destination,
    destinationTerminal: one.terminals[1],
    departure: toLocal(way.at, zoneOf(way.from)!),
    departureZone: null,
    arrival: toLocal(way.at + one.minutes * minuteMs, zoneOf(way.destination)!),
    arrivalZone: null,
    durationMinutes: null,
    aircraft: one.aircraft,
    stops: one.stops,
    marriageGroup: one.marriageGroup,
    fares: types.map((passengerType, index) => {
      const { baggage, ...fare } = one.fares[index]!
      const cabin = said[index] ? baggage.cabin : null
      return { passengerType, ...fare, baggage: { checked: baggage.checked, cabin } }
    }),
    status: null,
  }
}
