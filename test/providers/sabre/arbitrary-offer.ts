import fc from 'fast-check'
import { toInstant } from '../../../src/core/clock.ts'
import type { PassengerId } from '../../../src/core/ids.ts'
import type { Baggage, Brand, Cabin, PassengerType, Segment, SegmentFare } from '../../../src/core/itinerary.ts'
import { money } from '../../../src/core/money.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../../src/core/offer.ts'
import { assembleSlice } from '../../../src/reference/assemble.ts'

/** Offers as Bargain Finder Max can say them: any flights, fares, taxes, baggage and conditions that its format has. */

const airports = ['LHR', 'JFK', 'CDG', 'HND', 'SYD', 'GRU', 'DXB', 'SIN', 'KEF', 'KTM'] as const
const carriers = ['BA', 'AA', 'AF', 'JL', 'QF', 'LA', 'EK', 'SQ', 'FI'] as const
const currencies = ['EUR', 'USD', 'JPY', 'KWD'] as const
const dayMs = 86_400_000

const letter = fc.constantFrom(...'ABCDEFGHJKLMNOPQRSTUVWXYZ')
const code = (length: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength: length, maxLength: length }).map(letters => letters.join(''))

const baggage: fc.Arbitrary<Baggage | null> = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 3 }).map(pieces => ({ pieces, weightKg: null, weightLb: null })),
  fc.integer({ min: 5, max: 40 }).map(weightKg => ({ pieces: null, weightKg, weightLb: null })),
  fc.integer({ min: 5, max: 70 }).map(weightLb => ({ pieces: 1, weightKg: null, weightLb })),
)

const brand: fc.Arbitrary<Brand | null> = fc.option(
  fc.record({ code: code(2), name: fc.constantFrom('ECONOMY LIGHT', 'Classic', 'FLEX +') }),
)

const flight = fc.record({
  carrier: fc.constantFrom(...carriers),
  number: fc.integer({ min: 1, max: 9999 }),
  operating: fc.option(fc.record({ carrier: fc.constantFrom(...carriers), number: fc.integer({ min: 1, max: 999 }) })),
  to: fc.constantFrom(...airports),
  minutes: fc.integer({ min: 40, max: 1000 }),
  ground: fc.integer({ min: 30, max: 1500 }),
  terminals: fc.tuple(fc.option(fc.constantFrom('1', '2E', '5')), fc.option(fc.constantFrom('3', '8'))),
  aircraft: fc.option(fc.constantFrom('77W', '320', '789')),
  stop: fc.option(
    fc.record({ airport: fc.constantFrom(...airports), minutes: fc.option(fc.integer({ min: 20, max: 90 })) }),
  ),
  bookingClass: letter,
  cabin: fc.constantFrom<Cabin>('economy', 'premium-economy', 'business', 'first'),
  checked: baggage,
  carryOn: baggage,
})

const passengerKinds = fc.constantFrom<readonly (readonly [PassengerType, number])[]>(
  [['ADT', 1]],
  [['ADT', 2]],
  [
    ['ADT', 2],
    ['CHD', 1],
  ],
  [
    ['ADT', 3],
    ['CHD', 2],
    ['INF', 1],
  ],
  [
    ['SRC', 1],
    ['YTH', 2],
    ['INS', 1],
  ],
)

const price = fc.record({
  base: fc.integer({ min: 0, max: 5_000_000 }),
  taxes: fc.uniqueArray(
    fc.record({
      code: fc.constantFrom('GB', 'UB', 'YQ', 'YR', 'US', 'XF', 'JP', 'SW'),
      minor: fc.integer({ min: 1, max: 90_000 }),
    }),
    { selector: tax => tax.code, maxLength: 8 },
  ),
  rounding: fc.constantFrom(0, 0, 0, 1, -1),
})

const condition = fc.constantFrom('unknown', 'no', 'free', 'fee')

const made = fc.record({
  start: fc.integer({ min: 20_800, max: 21_100 }),
  minute: fc.integer({ min: 0, max: 1439 }),
  from: fc.constantFrom(...airports),
  slices: fc.array(fc.array(flight, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  kinds: passengerKinds,
  prices: fc.array(price, { minLength: 4, maxLength: 4 }),
  bases: fc.array(fc.tuple(code(6), brand), { minLength: 12, maxLength: 12 }),
  currency: fc.constantFrom(...currencies),
  validating: fc.option(fc.constantFrom(...carriers)),
  change: condition,
  refund: condition,
  fee: fc.integer({ min: 1, max: 20_000 }),
  seatsLeft: fc.option(fc.integer({ min: 1, max: 9 })),
  ticketBy: fc.option(fc.integer({ min: 29_000_000, max: 29_900_000 })),
  married: fc.boolean(),
})

type Made = typeof made extends fc.Arbitrary<infer M> ? M : never

export const arbitraryOffer: fc.Arbitrary<SupplierOffer> = made.map(build)

function build(made: Made): SupplierOffer {
  const passengers = passengersOf(made)
  const slices = slicesOf(made)
  const total = (part: (fare: PassengerFare) => number): number =>
    passengers.reduce((sum, fare) => sum + fare.count * part(fare), 0)
  const charges = (list: PassengerFare['each']['taxes']): number =>
    list.reduce((sum, c) => sum + c.amount.amountMinor, 0)
  const { currency } = made
  return {
    provider: 'sabre',
    validatingCarrier: made.validating,
    total: money(
      total(fare => fare.each.total.amountMinor),
      currency,
    ),
    base: money(
      total(fare => fare.each.base.amountMinor),
      currency,
    ),
    taxes: money(
      total(fare => charges(fare.each.taxes)),
      currency,
    ),
    fees: money(
      total(fare => charges(fare.each.fees)),
      currency,
    ),
    passengers,
    slices,
    conditions: { change: conditionOf(made.change, made), refund: conditionOf(made.refund, made) },
    requirements: { documents: null, gender: null, birthDate: true, instantPayment: null, holdAllowed: null },
    seatsLeft: made.seatsLeft,
    ticketBy: made.ticketBy === null ? null : toInstant(made.ticketBy * 60_000),
    expiresAt: null,
    supplierContext: {},
  }
}

function conditionOf(said: string, made: Made): Condition {
  if (said === 'unknown') return { allowed: null, fee: null }
  if (said === 'no') return { allowed: false, fee: null }
  if (said === 'free') return { allowed: true, fee: null }
  const seats = made.kinds.reduce((sum, [type, count]) => sum + (type === 'INF' ? 0 : count), 0)
  return { allowed: true, fee: money(made.fee * seats, made.currency) }
}

function passengersOf(made: Made): readonly PassengerFare[] {
  let id = 0
  return made.kinds.map(([type, count], i) => {
    const { base, taxes, rounding } = made.prices[i]!
    const { currency } = made
    const sum = taxes.reduce((total, tax) => total + tax.minor, base + rounding)
    return {
      ids: Array.from({ length: count }, (): PassengerId => `pax_${++id}`),
      type,
      count,
      each: {
        base: money(base, currency),
        taxes: taxes.map(tax => ({ code: tax.code, amount: money(tax.minor, currency) })),
        fees: rounding === 0 ? [] : [{ code: 'rounding', amount: money(rounding, currency) }],
        total: money(sum, currency),
      },
    }
  })
}

/** Times run on in UTC, so that local times, zones and durations agree whatever airports come up. */
function slicesOf(made: Made): SupplierOffer['slices'] {
  let at = made.start * dayMs + made.minute * 60_000
  let place: string = made.from
  let index = 0
  return made.slices.map((flights, s) => {
    const segments = flights.map((said, f): Segment => {
      const origin = place
      const destination = said.to === origin ? airports.find(code => code !== origin)! : said.to
      const departureMs = at
      const arrivalMs = departureMs + said.minutes * 60_000
      at = arrivalMs + said.ground * 60_000
      place = destination
      index++
      return segmentOf(made, said, {
        origin,
        destination,
        departureMs,
        arrivalMs,
        slice: s,
        last: f === flights.length - 1,
        index,
      })
    })
    at += dayMs
    return assembleSlice(segments)
  })
}

type Place = {
  readonly origin: string
  readonly destination: string
  readonly departureMs: number
  readonly arrivalMs: number
  readonly slice: number
  readonly last: boolean
  readonly index: number
}

function segmentOf(made: Made, said: Made['slices'][number][number], place: Place): Segment {
  const married = made.married && made.slices[place.slice]!.length > 1
  const groups = made.slices.slice(0, place.slice + 1).filter(flights => flights.length > 1).length
  return {
    id: `seg_${place.index}`,
    marketing: { carrier: said.carrier, number: String(said.number) },
    operating: said.operating
      ? { carrier: said.operating.carrier, number: String(said.operating.number), name: null }
      : { carrier: said.carrier, number: String(said.number), name: null },
    origin: place.origin,
    originTerminal: said.terminals[0],
    destination: place.destination,
    destinationTerminal: said.terminals[1],
    departure: local(place.departureMs, place.origin),
    departureZone: null,
    arrival: local(place.arrivalMs, place.destination),
    arrivalZone: null,
    durationMinutes: said.minutes,
    aircraft: said.aircraft,
    stops: said.stop ? [said.stop] : [],
    marriageGroup: married ? String(groups) : null,
    fares: made.kinds.map(([passengerType], i): SegmentFare => fareOf(made, said, passengerType, place, i)),
    status: null,
  }
}

function fareOf(
  made: Made,
  said: Made['slices'][number][number],
  passengerType: PassengerType,
  place: Place,
  kind: number,
): SegmentFare {
  const [fareBasis, brandOfFare] = made.bases[(place.slice * 4 + kind) % made.bases.length]!
  return {
    passengerType,
    fareBasis,
    bookingClass: said.bookingClass,
    cabin: said.cabin,
    brand: brandOfFare,
    baggage: { checked: said.checked, cabin: said.carryOn },
  }
}

function local(ms: number, airport: string): string {
  const zone = zones[airport as keyof typeof zones]
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(ms)
  return parts.replace(' ', 'T')
}

const zones = {
  LHR: 'Europe/London',
  JFK: 'America/New_York',
  CDG: 'Europe/Paris',
  HND: 'Asia/Tokyo',
  SYD: 'Australia/Sydney',
  GRU: 'America/Sao_Paulo',
  DXB: 'Asia/Dubai',
  SIN: 'Asia/Singapore',
  KEF: 'Atlantic/Reykjavik',
  KTM: 'Asia/Kathmandu',
} as const
